// 扫码枪：a scanner types fast and ends with Enter; no field needs the focus.
import { accept } from "./arrive.js";

const FAST = 60; // 毫秒：no hand types two keys closer than this, six times in a row
const LEAST = 6;
let [typed, last] = ["", 0];

export function start() {
  document.addEventListener("keydown", hear, true);
}

function hear(event) {
  if (document.querySelector(".kx-pairing") || event.ctrlKey || event.altKey || event.metaKey) return;
  const slow = event.timeStamp - last > FAST;
  last = event.timeStamp;
  if (event.key === "Enter" && !slow && typed.length >= LEAST) {
    event.preventDefault();
    event.stopImmediatePropagation();
    const text = typed;
    typed = "";
    accept(text);
  } else if (event.key.length === 1) {
    typed = slow ? event.key : typed + event.key;
  } else if (event.key !== "Shift") {
    typed = "";
  }
}
