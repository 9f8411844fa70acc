// 代接码输入：six digits on large keys, or typed.
import { byCode } from "./arrive.js";
import { BadCode } from "./codes.js";
import { button, el } from "./dom.js";
import * as stage from "./stage.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "清空", "0", "删除"];
const TRIES = 5;
const REST = 60000; // 连错后停一分钟：six digits must not be guessed at the door
let digits = "";
let bad = null;
let misses = [];

export function openPad() {
  [digits, bad] = ["", null];
  draw();
}

function draw() {
  const boxes = [...Array(6).keys()].map((i) =>
    el("span", { class: i === digits.length ? "on" : "" }, digits[i] ?? ""),
  );
  stage.open("输入代接码", [
    el("div", { class: "kx-code" },
      el("h2", {}, "输入代接码"),
      el("p", {}, "家长发给代接人的 6 位数字，当天有效"),
      el("div", { class: "kk-code", role: "img", "aria-label": `已输入 ${digits.length} 位` }, ...boxes),
      el("p", { class: "kx-error", role: "alert" },
        bad && el("b", {}, bad.title), bad && ` ${bad.why}${bad.how}`),
      button("返回", stage.close)),
    el("div", { class: "kk-pad" }, ...KEYS.map((k) => button(k, () => press(k), { kind: "" }))),
  ], { kind: "kx-two", onkey: typed });
}

function typed(event) {
  if (/^\d$/.test(event.key)) press(event.key);
  else if (event.key === "Backspace") press("删除");
}

function press(key) {
  if (key === "清空") digits = "";
  else if (key === "删除") digits = digits.slice(0, -1);
  else if (digits.length < 6) [digits, bad] = [digits + key, null];
  draw();
  if (digits.length === 6 && /^\d$/.test(key)) check();
}

async function check() {
  const code = digits;
  misses = misses.filter((at) => performance.now() - at < REST);
  try {
    if (misses.length >= TRIES) {
      throw new BadCode("连续输错", "一分钟内输错 5 次。", "请稍等一分钟再输，或请园长核对。");
    }
    await byCode(code);
  } catch (error) {
    if (!(error instanceof BadCode)) throw error;
    if (misses.length < TRIES) misses.push(performance.now());
    [bad, digits] = [error, ""];
    draw();
  }
}
