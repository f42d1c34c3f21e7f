// On every page of somebody signed in: send what still waits, say when the server is away, leave nothing at log-out.
import { clear, flush, listen, pending, state } from "./queue.js";

const banner = document.getElementById("banner");
const WORDS = {
  offline: (n) => `Mất kết nối máy chủ: ${n} thay đổi đang được giữ trên máy này và sẽ tự gửi lại. Anh/chị cứ làm tiếp, không cần làm lại.`,
  expired: (n) => `Phiên đăng nhập đã hết hạn. ${n} thay đổi vẫn được giữ trên máy này; đăng nhập lại là tự gửi.`,
  stale: (n) => `Trang này đã cũ. ${n} thay đổi vẫn được giữ trên máy này; tải lại trang là tự gửi.`,
};
const LINKS = { expired: ["/dang-nhap", "Đăng nhập lại"], stale: [location.href, "Tải lại trang"] };

function show() {
  banner.hidden = state === "ok";
  if (banner.hidden || banner.dataset.shown === `${state}${pending().length}`) return;
  banner.dataset.shown = `${state}${pending().length}`;
  banner.textContent = WORDS[state](pending().length);
  if (LINKS[state]) {
    const link = document.createElement("a");
    [link.href, link.textContent] = LINKS[state];
    banner.append(" ", link);
  }
}

listen(show);
flush();

document.getElementById("log-out").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  await flush();
  const n = pending().length;
  if (n && !confirm(`Còn ${n} thay đổi chưa gửi được lên máy chủ. Đăng xuất bây giờ sẽ xóa chúng khỏi máy này. Vẫn đăng xuất?`)) return;
  clear();
  form.submit();
});

// What a browser says of an empty or short field comes in its own language; here it is said in Vietnamese, until the next
// key, click or input: what follows must be judged afresh, also where a script has filled the field.
const blamed = new Set();
document.addEventListener("invalid", ({ target }) => {
  const { valueMissing, tooShort } = target.validity;
  target.setCustomValidity(valueMissing ? "Mục này chưa có gì, mời anh/chị điền hoặc chọn." : tooShort ? `Cần ít nhất ${target.minLength} ký tự.` : "");
  blamed.add(target);
}, true);
for (const kind of ["keydown", "pointerdown", "input"]) {
  document.addEventListener(kind, () => {
    for (const field of blamed) field.setCustomValidity("");
    blamed.clear();
  }, true);
}

for (const button of document.querySelectorAll("[data-confirm]")) {
  button.addEventListener("click", (event) => { if (!confirm(button.dataset.confirm)) event.preventDefault(); });
}
