// Choosing the main field: suggestions by digit, search without diacritics, the rest of the list by arrow keys.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase().trim();
const $ = (id) => document.getElementById(id);

export function startFields({ draft, save, cards, focusCard }) {
  const find = $("find"), labels = [...document.querySelectorAll("#fields label")];
  const suggestions = [...document.querySelectorAll(".suggestions button")];
  const radio = (label) => label.querySelector("input");
  let best = null; // what Enter chooses
  const shown = () => labels.filter((label) => !label.hidden);

  function choose(value) {
    const second = draft().second;
    save({ main: value, ...(second && (second === value || !/^\d/.test(value)) ? { second: null } : {}) });
    find.value = "";
    filter();
    collapse();
    const next = cards().find((card) => !card.classList.contains("done"));
    if (next) focusCard(next); else $("submit").focus();
  }

  function filter() {
    const words = plain(find.value), every = (text) => words.split(/\s+/).every((word) => text.includes(word));
    const subjects = (label) => label.dataset.subjects.split("|");
    const ways = [(label) => every(label.dataset.name), (label) => subjects(label).some(every), (label) => every(`${label.dataset.name} ${label.dataset.group}`)];
    const fitting = new Set(ways.map((way) => labels.filter(way)).find((found) => found.length) ?? []);
    for (const label of labels) label.hidden = !fitting.has(label);
    best = !words ? null : shown().find((label) => label.dataset.name.startsWith(words))
      ?? shown().find((label) => subjects(label).some((name) => name.startsWith(words))) ?? shown()[0] ?? null;
    document.querySelector(".suggestions")?.toggleAttribute("hidden", Boolean(words));
    for (const group of document.querySelectorAll("#fields fieldset")) group.hidden = [...group.querySelectorAll("label")].every((label) => label.hidden);
    for (const label of labels) label.classList.toggle("first", label === best);
    $("found").textContent = find.value ? `${fitting.size} lĩnh vực phù hợp${best ? `; Enter để chọn ${best.textContent.trim()}` : ""}` : "";
    $("fields").scrollTop = best ? best.offsetTop - $("fields").offsetTop - 30 : 0;
  }

  function collapse() {
    const main = draft().main, chosen = main && labels.find((label) => radio(label).value === main);
    $("chosen").hidden = !chosen;
    $("choose").hidden = Boolean(chosen);
    if (chosen) $("chosen").querySelector(".name").textContent = chosen.textContent.trim();
  }

  function open() {
    $("choose").hidden = false;
    find.focus();
  }

  find.addEventListener("input", filter);
  find.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const digit = /^(?:Digit|Numpad)([1-5])$/.exec(event.code);
    if (digit && !find.value && suggestions[digit[1] - 1]) {
      event.preventDefault();
      choose(suggestions[digit[1] - 1].dataset.label);
    } else if (event.code === "Enter" || event.code === "NumpadEnter") {
      event.preventDefault();
      if (!event.ctrlKey && !event.metaKey && best) choose(radio(best).value);
    } else if (event.code === "ArrowDown" && shown()[0]) {
      event.preventDefault();
      radio(best ?? shown()[0]).focus();
    }
  });
  for (const button of suggestions) button.addEventListener("click", () => choose(button.dataset.label));
  $("fields").addEventListener("keydown", (event) => {
    if ((event.code === "Enter" || event.code === "NumpadEnter") && !event.ctrlKey && event.target.type === "radio") {
      event.preventDefault();
      choose(event.target.value);
    }
  });
  $("fields").addEventListener("click", (event) => { // a pointer's click closes the list; arrow keys only move the choice
    if (event.target.type === "radio" && event.detail > 0) choose(event.target.value);
  });
  $("chosen").querySelector("button").addEventListener("click", open);
  document.addEventListener("rendered", () => { if (!$("choose").contains(document.activeElement)) collapse(); });
  document.addEventListener("open-fields", open);
  collapse();
  if (!draft().main && !matchMedia("(pointer: coarse)").matches) find.focus({ preventScroll: true });
}
