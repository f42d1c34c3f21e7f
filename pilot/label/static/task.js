// The labelling page: every input becomes a draft at once, and what is submitted is what is shown.
import { ask, listen, pending, put, state } from "./queue.js";
import { startFields } from "./fields.js";
import { startKeys } from "./keys.js";
import { addCard, startSearch } from "./corpus.js";

const work = document.querySelector("main.work");
const claim = Number(work.dataset.claim);
const $ = (id) => document.getElementById(id);
const cards = () => [...document.querySelectorAll("#cards .candidate")];
const channel = "BroadcastChannel" in window ? new BroadcastChannel("gan-nhan") : null;
let stored = JSON.parse($("draft").textContent), known = Number(work.dataset.revision);
let leaving = false, active = 0, touched = Date.now(), noteTimer = 0;

// ---- what the answer holds: the server's draft, and over it what still waits here

const empty = (value) => value === null || value === "" || value === false;

function merge(draft, changes) {
  const gone = Object.keys(changes).filter((key) => key.startsWith("added:") && empty(changes[key])).map((key) => key.slice(6));
  return Object.fromEntries(Object.entries({ ...draft, ...changes }).filter(
    ([key, value]) => !empty(value) && !(key.includes(":") && gone.includes(key.slice(key.indexOf(":") + 1)))));
}

function draft() {
  return pending().filter((each) => each.claim_id === claim && each.kind === "save").reduce((sum, each) => merge(sum, each.content), stored);
}

function save(content) {
  touched = Date.now();
  put({ kind: "save", claim_id: claim, content });
}

const inputs = () => [...$("answer").elements].filter((input) => input.name);

function render() {
  const now = draft();
  for (const input of inputs()) {
    if (input.type === "radio") input.checked = String(now[input.name] ?? "") === input.value;
    else if (input.type === "checkbox") input.checked = Boolean(now[input.name]);
    else if (input !== document.activeElement || !noteTimer) input.value = now[input.name] ?? "";
  }
  $("second").disabled = Boolean(now.main) && !/^\d/.test(now.main);
  for (const card of cards()) if (card.querySelector(".remove") && !now[`added:${card.dataset.key}`]) card.remove();
  cards().forEach((card, i) => {
    card.querySelector(".place").textContent = i + 1;
    card.classList.toggle("done", now[`grade:${card.dataset.key}`] !== undefined);
  });
  const done = cards().filter((card) => card.classList.contains("done")).length;
  $("graded").textContent = `đã chấm ${done}/${cards().length}`;
  document.dispatchEvent(new CustomEvent("rendered", { detail: now }));
}

async function refetch() {
  try {
    const response = await ask(`/api/claims/${claim}`);
    if (!response.ok) return;
    const found = await response.json();
    if (found.revision < known) return;
    [stored, known] = [found.draft, found.revision];
    found.added.forEach((passage) => addCard(passage));
    render();
  } catch { /* the queue says that the server is away */ }
}

// ---- inputs

function valueOf(input) {
  if (input.type === "checkbox") return input.checked || null;
  if (input.name.startsWith("grade:")) return Number(input.value);
  return input.value || null;
}

document.addEventListener("change", (event) => {
  const input = event.target;
  if (input.id === "note") return saveNote();
  if (!input.name || input.form !== $("answer")) return;
  save({ [input.name]: valueOf(input), ...(input.name === "main" ? secondBeside(input.value) : {}) });
});

function secondBeside(main) { // no second field equal to the main one, none beside a special label
  const second = draft().second;
  return second && (second === main || !/^\d/.test(main)) ? { second: null } : {};
}

function saveNote() {
  clearTimeout(noteTimer);
  noteTimer = 0;
  if (($("note").value || null) !== (draft().note ?? null)) save({ note: $("note").value || null });
}

$("note").addEventListener("input", () => { clearTimeout(noteTimer); noteTimer = setTimeout(saveNote, 500); });
for (const moment of ["pagehide", "blur"]) window.addEventListener(moment, saveNote);
document.addEventListener("visibilitychange", saveNote);

// ---- submitting

function complain(messages) {
  $("faults").replaceChildren(...messages.map((message) => Object.assign(document.createElement("li"), { textContent: message })));
  $("faults").hidden = !messages.length;
}

function submit() {
  if (leaving) return;
  saveNote();
  const now = draft(), open = cards().find((card) => !card.classList.contains("done"));
  if (!now.main) { complain(["Chưa chọn lĩnh vực chính."]); $("find").focus(); return; }
  if (open) { complain([`Còn ${cards().filter((card) => !card.classList.contains("done")).length} phương án chưa chấm.`]); focusCard(open); return; }
  complain([]);
  leave({ kind: "submit", claim_id: claim, content: now, seconds: active });
}

function leave(operation) {
  leaving = true;
  $("answer").inert = true;
  $("saved").textContent = "Đang nộp…";
  put(operation);
}

function stay(messages) {
  leaving = false;
  $("answer").inert = false;
  complain(messages);
}

async function goOn() {
  const batch = new URLSearchParams(location.search).get("lo");
  if (work.dataset.status === "submitted") { location.href = "/da-lam"; return; }
  try {
    const response = await ask("/api/next", { batch });
    const next = response.ok ? (await response.json()).claim_id : null;
    if (!response.ok && response.status !== 401) throw new Error("not now");
    location.href = next ? `/viec/${next}${batch ? `?lo=${encodeURIComponent(batch)}` : ""}` : "/viec?het=1";
  } catch { setTimeout(goOn, 2000); }
}

listen((event) => {
  if (event.kind === "outcome" && event.operation.claim_id === claim) {
    const { operation, outcome } = event;
    if (operation.kind === "save" && outcome.status !== "rejected") {
      stored = merge(stored, operation.content);
      if (outcome.revision !== known + 1) refetch();
      known = Math.max(known, outcome.revision);
      channel?.postMessage(claim);
      if (Object.keys(operation.content).some((key) => key.startsWith("added:"))) refetch();
    } else if (outcome.status === "ok") { goOn(); return; }
    if (outcome.status !== "ok") { stay(outcome.messages); refetch(); }
  }
  if (event.kind === "changed") render(); // also when another tab sent what waited here
  const waiting = pending().length;
  $("saved").textContent = waiting ? (state === "ok" ? "Đang lưu…" : `${waiting} thay đổi chờ gửi`) : known ? `Đã lưu lúc ${new Date().toLocaleTimeString("vi-VN")}` : $("saved").textContent;
});
channel?.addEventListener("message", (event) => { if (event.data === claim) refetch(); });

$("answer").addEventListener("submit", (event) => event.preventDefault());
$("submit").addEventListener("click", submit);
$("zero").addEventListener("click", () => zero());
function zero() {
  const now = draft();
  const rest = cards().filter((card) => now[`grade:${card.dataset.key}`] === undefined).map((card) => [`grade:${card.dataset.key}`, 0]);
  if (rest.length) save(Object.fromEntries(rest));
}
$("skip-form").addEventListener("submit", () => {
  const reason = $("skip-form").elements.reason.value, note = $("skip-note").value.trim();
  if (reason === "khac" && !note) { complain(["Lý do khác cần ghi rõ."]); return; }
  leave({ kind: "skip", claim_id: claim, content: { reason, ...(note ? { note } : {}) } });
});

// ---- long texts, cards, time

function prepare(card) {
  const text = card.querySelector(".text"), button = card.querySelector(".unfold");
  button.hidden = text.scrollHeight <= text.clientHeight + 4;
  button.addEventListener("click", () => unfold(card));
  card.querySelector(".remove")?.addEventListener("click", () => save({ [`added:${card.dataset.key}`]: null }));
}

function unfold(card) {
  const button = card.querySelector(".unfold");
  if (button.hidden) return;
  const open = card.classList.toggle("open");
  button.setAttribute("aria-expanded", open);
  button.textContent = open ? "Thu gọn" : "Xem toàn văn";
}

function focusCard(card) {
  card.focus({ preventScroll: true });
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  card.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
}

setInterval(() => { if (!document.hidden && Date.now() - touched < 60000) active += 1; }, 1000);
for (const moment of ["keydown", "pointerdown", "scroll"]) document.addEventListener(moment, () => { touched = Date.now(); }, { capture: true, passive: true });

cards().forEach(prepare);
startFields({ draft, save, cards, focusCard });
startSearch({ save, on: work.dataset.on, cards, prepare, focusCard });
startKeys({ cards, focusCard, unfold, submit, zero });
render();
