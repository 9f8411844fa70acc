// 锁屏：choose one's own face, then four digits; nothing is recorded before.
import { $, button, el } from "../../kiosk/js/dom.js";
import * as acting from "./acting.js";
import * as day from "./day.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "换人", "0", "删除"];
let [person, digits, told, busy] = [null, "", "", false];

export function open() {
  [person, digits, told, busy] = [null, "", "", false];
  document.addEventListener("keydown", typed);
  draw();
}

// 名单到了：drawn again while nobody has been chosen
export const renew = () => $("stage").querySelector(".rm-lock") && !person && draw();

function draw() {
  $("kiosk").inert = true;
  const panel = el("section", { class: "kk-stage rm-lock", role: "dialog", "aria-modal": "true", "aria-label": "选择经手人", tabindex: "-1" },
    ...(person ? pad() : faces()));
  $("stage").replaceChildren(panel);
  panel.focus({ preventScroll: true });
}

const faces = () => [
  el("h2", {}, "谁来记录"), el("p", {}, `${day.institution()} · ${day.here()?.name ?? ""}`),
  el("div", { class: "rm-people" }, ...day.people().map((p) => el("button", {
    type: "button", class: "rm-person", onclick: () => choose(p),
  }, el("span", { class: "mono" }, p.name.slice(0, 1)), el("b", {}, p.name), el("small", {}, p.pin ? p.role : "还没有设口令")))),
  day.people().length === 0 && el("p", {}, "还没有读到名单，请连上网络"),
].filter(Boolean);

function choose(p) {
  [person, digits, told] = [p, "", p.pin ? "" : "还没有设口令：请本人登录机构端，在「班级口令」里设 4 位数字"];
  draw();
}

function pad() {
  const dots = [0, 1, 2, 3].map((i) => el("span", { class: i === digits.length ? "on" : "" }, digits[i] ? "●" : ""));
  return [
    el("h2", {}, person.name), el("p", {}, busy ? "正在核对" : "输入 4 位口令"),
    el("div", { class: "kk-code", role: "img", "aria-label": `已输入 ${digits.length} 位` }, ...dots),
    el("p", { class: "kx-error", role: "alert" }, told),
    el("div", { class: "kk-pad" }, ...KEYS.map((k) => button(k, () => press(k), { kind: "", disabled: busy }))),
  ];
}

function typed(event) {
  if (!$("stage").querySelector(".rm-lock") || !person) return;
  if (/^\d$/.test(event.key)) press(event.key);
  else if (event.key === "Backspace") press("删除");
}

function press(key) {
  if (busy) return;
  if (key === "换人") return open();
  if (key === "删除") digits = digits.slice(0, -1);
  else if (digits.length < 4) [digits, told] = [digits + key, ""];
  draw();
  if (digits.length === 4) check();
}

async function check() {
  busy = true;
  draw();
  try {
    const found = await acting.enter(person, digits);
    document.removeEventListener("keydown", typed);
    $("stage").replaceChildren();
    $("kiosk").inert = false;
    acting.become(found);
  } catch (error) {
    [busy, digits, told] = [false, "", error.text || error.message];
    draw();
  }
}
