// The keyboard. Keys are told by their place (event.code), so input methods and layouts do not matter; what an
// input method is still composing is left alone.
const $ = (id) => document.getElementById(id);
const SWITCH = "gan-nhan-phim";

export function startKeys({ cards, focusCard, unfold, submit, zero }) {
  let current = null;
  const lettersOn = () => $("letters").checked;
  try { $("letters").checked = localStorage.getItem(SWITCH) !== "tat"; } catch { /* stays on */ }
  $("letters").addEventListener("change", () => { try { localStorage.setItem(SWITCH, lettersOn() ? "bat" : "tat"); } catch { /* this page only */ } });

  document.addEventListener("focusin", (event) => {
    const card = event.target.closest?.("#cards .candidate");
    if (!card && event.target.closest?.("dialog")) return;
    current?.classList.remove("current");
    current = card;
    current?.classList.add("current");
  });

  const open = (id) => { if (!$(id).open) { $(id).showModal(); $(id).scrollTop = 0; } };
  for (const button of document.querySelectorAll("[data-open]")) button.addEventListener("click", () => open(button.dataset.open));
  for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
  $("skip")?.addEventListener("click", () => open("skip-box"));
  const none = document.querySelector('input[name="none_right"]');
  none.addEventListener("change", () => { if (none.checked) open("search-box"); });

  function step(by) {
    const all = cards(), at = all.indexOf(current);
    const next = at < 0 ? all[by > 0 ? 0 : all.length - 1] : all[at + by];
    if (next) focusCard(next);
    else if (by > 0) $("submit").focus();
  }

  function grade(value) {
    const card = current ?? cards().find((each) => !each.classList.contains("done"));
    if (!card) return;
    if (card !== current) focusCard(card);
    card.querySelector(`.grades input[value="${value}"]`).click();
    step(1);
  }

  const mark = (kind) => current?.querySelector(`input[name^="${kind}:"]`).click();
  const LETTERS = {
    KeyL: () => document.dispatchEvent(new Event("open-fields")), KeyP: () => $("second").focus(), KeyN: () => $("note").focus(),
    KeyH: () => mark("stale"), KeyD: () => mark("privacy"), KeyZ: zero, KeyK: () => none.click(), KeyT: () => open("search-box"),
    KeyB: () => $("skip")?.click(), KeyG: () => open("guide-box"), Slash: (event) => event.shiftKey && open("help-box"),
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    const enter = event.code === "Enter" || event.code === "NumpadEnter";
    if (enter && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (!event.repeat) submit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target, typing = target.matches("textarea, select, input[type=search], input[type=text]");
    if (event.code === "Escape" && typing) { target.blur(); const first = current ?? cards()[0]; if (first) focusCard(first); return; }
    if (typing) return;
    const onRadio = target.matches("input[type=radio]");
    if ((event.code === "ArrowDown" || event.code === "ArrowUp") && !onRadio && !target.closest(".asked")) {
      event.preventDefault();
      step(event.code === "ArrowDown" ? 1 : -1);
      return;
    }
    if (enter && target === current) { event.preventDefault(); unfold(current); return; }
    if (event.repeat || !lettersOn()) return;
    const digit = /^(?:Digit|Numpad)([0-3])$/.exec(event.code);
    if (digit && !event.shiftKey && (current || $("choose").hidden)) { event.preventDefault(); grade(digit[1]); return; }
    if (LETTERS[event.code] && (event.code === "Slash" || !event.shiftKey)) { event.preventDefault(); LETTERS[event.code](event); }
  });
}
