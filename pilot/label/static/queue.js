// What the expert did and the server has not confirmed yet. It lies in this browser, under the user's number, and
// holds ids, choices and the expert's own note: never a question's text. Log-out clears it.
const user = document.body.dataset.user;
const prefix = `gan-nhan:${user}:`;
const token = document.querySelector('meta[name="csrf-token"]').content;
const listeners = new Set();
const memory = new Map(); // where the browser refuses to store
const RETRY = [1000, 2000, 4000, 8000];
const MOST = 50;
let last = 0, sending = false, failures = 0, timer = 0, atOnce = MOST;
export let state = "ok"; // ok, offline, expired, stale

const storage = {
  set(key, value) { try { localStorage.setItem(key, value); } catch { memory.set(key, value); } },
  remove(key) { memory.delete(key); try { localStorage.removeItem(key); } catch { /* nothing was stored */ } },
  get(key) { return memory.get(key) ?? localStorage.getItem(key); },
  keys() {
    const stored = [];
    try { for (let i = 0; i < localStorage.length; i++) stored.push(localStorage.key(i)); } catch { /* none */ }
    return [...stored, ...memory.keys()].filter((key) => key.startsWith(prefix)).sort();
  },
};

export function name() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function pending() {
  return storage.keys().flatMap((key) => {
    try { return [{ key, ...JSON.parse(storage.get(key)) }]; } catch { return []; }
  });
}

export function listen(listener) { listeners.add(listener); }

function tell(event) { for (const listener of listeners) listener(event); }

export function put(operation) {
  const keys = storage.keys();
  const newest = keys.length ? Number(keys[keys.length - 1].slice(prefix.length).split("-")[0]) : 0;
  last = Math.max(Date.now(), last + 1, newest + 1);
  const save_id = name();
  storage.set(`${prefix}${String(last).padStart(15, "0")}-${save_id}`, JSON.stringify({ save_id, ...operation }));
  tell({ kind: "changed" });
  schedule(0);
}

export function clear() { for (const key of storage.keys()) storage.remove(key); }

function schedule(delay) {
  clearTimeout(timer);
  timer = setTimeout(flush, delay);
}

function become(next) {
  state = next;
  tell({ kind: "changed" });
}

export async function ask(path, body) {
  const options = { credentials: "same-origin", headers: { "X-CSRF-Token": token, Accept: "application/json" } };
  if (body) Object.assign(options, { method: "POST", body: JSON.stringify(body) }).headers["Content-Type"] = "application/json";
  return fetch(path, options);
}

export async function flush() {
  if (sending) return;
  const batch = pending().slice(0, atOnce);
  if (!batch.length) {
    if (state === "offline") become("ok");
    return;
  }
  sending = true;
  let response = null;
  try {
    response = await ask("/api/sync", { operations: batch.map(({ key, ...operation }) => operation) });
    if (response.ok) {
      const { outcomes } = await response.json();
      failures = 0;
      atOnce = MOST;
      batch.forEach(({ key }) => storage.remove(key));
      state = "ok";
      batch.forEach((operation, i) => tell({ kind: "outcome", operation, outcome: outcomes[i] }));
      tell({ kind: "changed" });
    }
  } catch { response = null; } finally { sending = false; }
  if (response?.ok) return schedule(0);
  if (response?.status === 401) return become("expired");
  if (response?.status === 403 || response?.status === 409) return become("stale");
  if (response?.status === 422 || response?.status === 413) {
    if (batch.length > 1) { atOnce = 1; return schedule(0); }
    storage.remove(batch[0].key);
    tell({ kind: "outcome", operation: batch[0], outcome: { status: "rejected", messages: ["Máy chủ không nhận thay đổi vừa rồi. Trang đã cập nhật lại."] } });
    return schedule(0);
  }
  become("offline");
  schedule(RETRY[Math.min(failures++, RETRY.length - 1)]);
}

window.addEventListener("online", () => schedule(0));
window.addEventListener("storage", (event) => { if (event.key?.startsWith(prefix)) tell({ kind: "changed" }); });
