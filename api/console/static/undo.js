// The bar after an approval counts its ten seconds down and then goes: the server decides, the bar only tells.

import { words } from "./keys.js";

const bar = document.querySelector("[data-undo]");
const count = bar?.querySelector("[data-seconds]");
if (count) {
  let left = Number(count.dataset.seconds);
  const tick = setInterval(() => {
    left -= 1;
    count.textContent = String(Math.max(left, 0));
    if (left > 0) return;
    clearInterval(tick);
    bar.querySelector("form").remove();
    bar.querySelector("p").append(" ", words.undone_over || "");
  }, 1000);
}
