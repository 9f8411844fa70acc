// 晨检：by exception; normal is the default, a tap opens temperature and symptoms of one child.
import * as choice from "./choice.js";
import { button, el } from "./dom.js";
import { portrait } from "./faces.js";
import * as stage from "./stage.js";

const SYMPTOMS = [
  "发热", "咳嗽", "流涕", "皮疹", "呕吐", "腹泻", "眼红", "口腔疱疹", "手足疱疹", "精神差", "外伤", "其他",
];
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "清空", "0", "删除"];
const [LOWEST, HIGHEST] = [340, 430]; // 十分之一度
let child = null;
let digits = "";
let symptoms = new Set();

export function openHealth() {
  show(choice.picked()[0]);
}

function show(next) {
  child = next;
  const known = choice.current().checks.get(child.id);
  digits = known?.temperature?.replace(".", "") ?? "";
  symptoms = new Set(known?.symptoms);
  draw();
}

function draw() {
  const children = choice.picked();
  const people = children.map((c) => el("button", {
    class: "ty-chip kx-person", type: "button", "aria-pressed": String(c.id === child.id),
    onclick: () => keep() && show(c),
  }, portrait(c), c.name, choice.current().checks.has(c.id) && el("i", { class: "kx-dot" })));
  stage.open("晨检", [
    el("div", { class: "kx-health" },
      el("header", {}, el("h2", {}, "晨检"), el("div", { class: "kx-people" }, ...people)),
      el("div", { class: "kx-temp" },
        el("p", {}, "体温"), el("output", { class: "kx-reading" }, reading()),
        el("div", { class: "kk-pad" }, ...KEYS.map((k) => button(k, () => press(k), { kind: "" })))),
      el("div", { class: "kx-symptoms" }, el("p", {}, "症状（可多选）"),
        el("div", { class: "kk-check", role: "group", "aria-label": "症状" }, ...SYMPTOMS.map(symptom)),
        el("p", { class: `kx-note${digits || symptoms.size ? " is-warn" : ""}`, role: "status" }, note())),
      el("footer", {}, button("正常", normal), button("记下", done, { kind: "btn btn-primary" }))),
  ], { kind: "kx-paper", onkey: typed });
}

const reading = () => (digits ? `${digits.slice(0, 2)}${digits.length > 2 ? `.${digits[2]}` : ""} ℃` : "— ℃");

function symptom(name) {
  return el("button", {
    class: "ty-chip", type: "button", "aria-pressed": String(symptoms.has(name)),
    onclick: () => {
      if (!symptoms.delete(name)) symptoms.add(name);
      draw();
    },
  }, name);
}

function press(key) {
  if (key === "清空") digits = "";
  else if (key === "删除") digits = digits.slice(0, -1);
  else if (digits.length < 3) digits += key;
  draw();
}

function typed(event) {
  if (/^\d$/.test(event.key)) press(event.key);
  else if (event.key === "Backspace") press("删除");
}

const tenths = () => Number(digits.padEnd(3, "0"));
const wrong = () => digits !== "" && (digits.length < 2 || tenths() < LOWEST || tenths() > HIGHEST);

function note() {
  if (digits.length >= 2 && wrong()) return "体温应在 34.0 到 43.0 ℃ 之间，请重新输入";
  if (digits || symptoms.size) return `${child.name} 有情况：请先不入班，告知保健老师复查`;
  return "不填就是正常";
}

// 先存下这名儿童的；a reading that cannot be is not kept
function keep() {
  if (wrong()) return false;
  const temperature = digits ? `${digits.slice(0, 2)}.${digits[2] ?? "0"}` : null;
  const found = temperature || symptoms.size ? { temperature, symptoms: [...symptoms] } : null;
  choice.setCheck(child.id, found);
  return true;
}

function done() {
  if (keep()) stage.close();
}

function normal() {
  choice.setCheck(child.id, null);
  stage.close();
}
