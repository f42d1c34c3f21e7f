// Searching the corpus for what the candidates lack, and adding it as a card. Texts enter as text, never as markup.
import { ask } from "./queue.js";
const $ = (id) => document.getElementById(id);
let hooks = null;

function dates(passage) {
  const day = (iso) => iso.split("-").reverse().join("/");
  return [passage.starts && `hiệu lực từ ${day(passage.starts)}`, passage.ends && `đến ${day(passage.ends)}`].filter(Boolean).join(" ");
}

function tag(state) {
  const found = [...$("tags").content.children].find((each) => each.dataset.state === state);
  return found.firstElementChild.cloneNode(true);
}

export function addCard(passage) {
  if (hooks.cards().some((card) => card.dataset.key === passage.key)) return;
  const card = $("new-card").content.firstElementChild.cloneNode(true);
  card.dataset.key = passage.key;
  for (const element of [card, ...card.querySelectorAll("[id], [name], [aria-controls]")]) {
    for (const attribute of ["id", "aria-labelledby", "aria-controls"]) {
      const value = element.getAttribute(attribute);
      if (value) element.setAttribute(attribute, value + passage.key);
    }
    if (element.name?.endsWith(":")) element.name += passage.key;
  }
  card.querySelector(".title").textContent = passage.title || "Câu trả lời đã lưu";
  card.querySelector(".citation").textContent = passage.citation;
  card.querySelector(".dates").textContent = dates(passage);
  card.querySelector(".text").textContent = passage.text;
  card.querySelector(".tag").replaceChildren(tag(passage.validity));
  $("cards").append(card);
  hooks.prepare(card);
}

function result(passage) {
  const item = document.createElement("li"), title = document.createElement("strong"), source = document.createElement("p");
  const text = document.createElement("p"), button = document.createElement("button");
  title.textContent = passage.title || "Câu trả lời đã lưu";
  source.className = "source";
  source.append(tag(passage.validity), ` ${passage.citation} `);
  text.className = "snippet";
  text.textContent = passage.text;
  const there = hooks.cards().some((card) => card.dataset.key === passage.key);
  button.type = "button";
  button.textContent = there ? "Đã có trong danh sách" : "Thêm vào danh sách";
  button.disabled = there;
  button.setAttribute("aria-label", `${button.textContent}: ${title.textContent}`);
  button.addEventListener("click", () => {
    addCard(passage);
    hooks.save({ [`added:${passage.key}`]: true });
    $("search-box").close();
    hooks.focusCard(hooks.cards().find((card) => card.dataset.key === passage.key));
  });
  item.append(title, source, text, button);
  return item;
}

export function startSearch(given) {
  hooks = given;
  $("search").addEventListener("submit", async (event) => {
    event.preventDefault();
    const words = $("words").value.trim();
    if (!words) return;
    $("search-state").textContent = "Đang tìm…";
    try {
      const response = await ask(`/api/search?q=${encodeURIComponent(words)}&on=${hooks.on}`);
      if (!response.ok) throw new Error(response.status);
      const { passages } = await response.json();
      $("results").replaceChildren(...passages.map(result));
      $("search-state").textContent = passages.length ? `${passages.length} kết quả, phù hợp nhất trước` : "Không tìm thấy; thử từ khác hoặc số hiệu văn bản.";
    } catch { $("search-state").textContent = "Chưa tìm được: mất kết nối máy chủ hoặc phiên đã hết hạn."; }
  });
}
