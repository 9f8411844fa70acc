// 扫码枪：a scanner types fast and ends with Enter; no field needs the focus.
import { accept } from "./arrive.js";
import { looksLikeQr } from "./codes.js";

const PAUSE = 1000; // 毫秒：after this a new text begins
const FAST = 60; // 平均每键不超过：faster than a hand over six keys
const LEAST = 6;
const MARK = "TY1.";
let [typed, began, last] = ["", 0, 0];

export function start() {
  document.addEventListener("keydown", hear, true);
}

function hear(event) {
  if (document.querySelector(".kx-pairing") || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.timeStamp - last > PAUSE) typed = "";
  last = event.timeStamp;
  if (event.key === "Enter" && isScan(event.timeStamp)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    const text = typed;
    typed = "";
    accept(text);
  } else if (event.key.length === 1) {
    if (typed === "") began = event.timeStamp;
    typed += event.key;
    if (typed.endsWith(MARK)) typed = MARK; // keys pressed just before do not spoil a code
  } else if (event.key !== "Shift") {
    typed = "";
  }
}

// 接送码的字头没有人会用手打；other texts are told from a hand by their speed
const isScan = (at) =>
  typed.length >= LEAST && (looksLikeQr(typed) || (at - began) / typed.length <= FAST);
