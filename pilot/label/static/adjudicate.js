// The adjudication page by keyboard. What is typed lies in this browser until the decision is kept; no question's text.
const form = document.getElementById("decision");
const mains = JSON.parse(document.getElementById("mains").textContent);
const key = `gan-nhan-tham-dinh:${document.body.dataset.user}:${form.dataset.task}`;
const steps = [...form.querySelectorAll(".step")].filter((step) => !step.closest("details.agreed"));
const reason = document.getElementById("reason");

const fields = () => [...form.elements].filter((input) => input.name && input.type !== "hidden");
function keep() {
  const values = fields().filter((input) => input.type !== "radio" || input.checked).map((input) => [input.name, input.value]);
  try { localStorage.setItem(key, JSON.stringify([form.elements.seen.value, Object.fromEntries(values)])); } catch { /* this page only */ }
}
function restore() {
  try {
    const [seen, values] = JSON.parse(localStorage.getItem(key)) ?? [];
    if (!values || !form.dataset.fresh || seen !== form.elements.seen.value) return;
    for (const input of fields()) {
      if (input.type === "radio") input.checked = values[input.name] === input.value;
      else input.value = values[input.name] ?? "";
    }
  } catch { /* nothing kept */ }
}
function forget() { // what was decided, by the number in the address
  const done = new URLSearchParams(location.search).get("xong");
  try { if (done) localStorage.removeItem(`gan-nhan-tham-dinh:${document.body.dataset.user}:${done}`); } catch { /* none */ }
}

let current = steps.find((step) => step.matches(".disputed") || (step.id === "main-step" && new Set(mains).size > 1)) ?? steps[0];
function go(step) {
  if (!step) return;
  current?.classList.remove("current");
  current = step;
  current.classList.add("current");
  if (step.classList.contains("last")) reason.focus({ preventScroll: true }); else step.focus({ preventScroll: true });
  step.scrollIntoView({ block: "nearest" });
}
const move = (by) => go(steps[Math.min(steps.length - 1, Math.max(0, steps.indexOf(current) + by))]);
function choose(name, value) {
  const radio = [...form.elements].find((input) => input.name === name && input.value === String(value));
  if (!radio) return;
  radio.checked = true;
  keep();
  move(1);
}
const nameOf = (step) => step.id === "main-step" ? "main" : step.querySelector("input[type=radio]")?.name;

form.addEventListener("input", keep);
form.addEventListener("focusin", (event) => {
  const step = event.target.closest(".step");
  if (step && step !== current && steps.includes(step)) { current?.classList.remove("current"); current = step; step.classList.add("current"); }
});
form.elements.main_other.addEventListener("change", () => { form.querySelector('input[name="main"][value="other"]').checked = true; keep(); });
let sent = false;
form.addEventListener("submit", (event) => { if (sent) event.preventDefault(); sent = true; });
window.addEventListener("pageshow", () => { sent = false; });
document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.code === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); if (!event.repeat) form.requestSubmit(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.code === "Escape" && event.target.matches("textarea, select")) { event.target.blur(); current?.focus(); return; }
  if (event.target.matches("textarea, select, input[type=text]")) return;
  if (event.code === "ArrowDown" || event.code === "ArrowUp") { event.preventDefault(); move(event.code === "ArrowDown" ? 1 : -1); return; }
  if (event.repeat || event.shiftKey) return;
  const digit = /^(?:Digit|Numpad)([0-3])$/.exec(event.code), letter = /^Key([A-E])$/.exec(event.code);
  if (event.code === "KeyR") { event.preventDefault(); go(steps[steps.length - 1]); }
  else if (digit && current?.matches(".candidate")) { event.preventDefault(); choose(nameOf(current), digit[1]); }
  else if (letter && current && !current.classList.contains("last")) {
    const place = letter[1].charCodeAt(0) - 65;
    const value = current.id === "main-step" ? mains[place] : JSON.parse(current.dataset.votes ?? "[]")[place];
    if (value !== undefined && value !== null) { event.preventDefault(); choose(nameOf(current), value); }
  }
});
forget();
restore();
go(current);
