// 人脸墙：not-yet-arrived first in order of usual time, the others dimmed below; faces keep their node.
import * as choice from "./choice.js";
import * as clock from "./clock.js";
import { $, el, fill, icon } from "./dom.js";
import { face } from "./faces.js";
import * as roster from "./roster.js";
import { on, tell } from "./bus.js";
import { toast } from "./toast.js";

const LATE_MINUTES = 30;
const SHORT = { infant: "乳儿班", toddler: "托小班", older: "托大班", mixed: "混龄班", home: "家庭托育" };
const nodes = new Map();
let room = null; // 班级 id，null 为全部

export function start() {
  on("choice", draw);
  on("roster", draw);
  on("store", draw);
  on("minute", draw);
  draw();
}

export const inRoom = () => roster.children().filter((c) => room === null || c.class === room);
export const roomName = () => roster.classes().find((c) => c.id === room)?.name ?? "";

function draw() {
  drawRooms();
  const { mode } = choice.current();
  const list = inRoom();
  const first = list.filter((c) => (mode === "in" ? c.status === "" : c.status === "in"));
  const rest = list.filter((c) => !first.includes(c));
  const title = mode === "in" ? `未到 ${first.length} 人` : `在园 ${first.length} 人`;
  const hint = mode === "in" ? "点头像选择，可多选" : "点头像登记离园，可多选";
  first.sort(mode === "in" ? byUsual : byArrival);
  rest.sort(byArrival);
  keepFocus(() => fill($("wall"),
    el("h2", { class: "kk-h" }, title, first.length > 0 && el("span", {}, hint)),
    first.length > 0 ? grid(first, false) : empty(mode, list),
    rest.length > 0 && el("h2", { class: "kk-h" }, counts(rest)),
    rest.length > 0 && grid(rest, true),
  ));
}

function keepFocus(work) {
  const held = document.activeElement?.dataset?.child;
  work();
  if (held) nodes.get(Number(held))?.focus({ preventScroll: true });
}

function empty(mode, list) {
  const text = !roster.isKnown() ? "正在读取名册"
    : list.length === 0 ? "这个班还没有登记在托的孩子"
    : mode === "in" ? "都到了" : "现在没有在园的孩子";
  return el("p", { class: "kx-empty" }, icon(list.length ? "ok" : "info", "l"), text);
}

function counts(rest) {
  const names = [["in", "已到"], ["", "未到"], ["leave", "请假"], ["absent", "缺勤"], ["out", "已离园"]];
  return names
    .map(([status, name]) => [name, rest.filter((c) => c.status === status).length])
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name} ${count} 人`)
    .join(" · ");
}

const grid = (list, dim) => el("div", { class: "kk-grid" }, ...list.map((c) => tile(c, dim)));

function tile(child, dim) {
  const node = nodes.get(child.id) ?? make(child);
  const picked = choice.current().ids.has(child.id);
  const off = child.status === "leave" || child.status === "absent";
  node.className = `kk-face${dim ? " is-in" : ""}${off ? " is-off" : ""}${child.status === "" ? " is-wait" : ""}${late(child) ? " is-late" : ""}`;
  node.setAttribute("aria-pressed", String(picked));
  node.querySelector("b").textContent = child.name;
  node.querySelector("small").textContent = note(child);
  mark(node, "tick", picked, () => icon("check"));
  mark(node, "care", Boolean(child.allergy), () => care(child.allergy));
  node.title = child.allergy ? `忌口：${child.allergy}` : "";
  return node;
}

function make(child) {
  const node = el("button", {
    class: "kk-face", type: "button", "data-child": child.id, onclick: () => tap(child.id),
  }, face(child.id), el("b"), el("small"));
  nodes.set(child.id, node);
  return node;
}

function mark(node, name, wanted, inside) {
  const old = node.querySelector(`.${name}`);
  if (!wanted) return old?.remove();
  const made = el("span", { class: name }, inside());
  return old ? old.replaceWith(made) : node.prepend(made);
}

function care(text) {
  const plain = String(text).replace(/^(对|过敏|忌口|忌)[：:]?/, "").replace(/过敏|不耐受/g, "");
  if (plain.trim() === "") return "忌口";
  const kinds = plain.split(/[，、,;；和及\s]/).filter(Boolean);
  return kinds.length > 1 ? `忌${kinds[0].slice(0, 2)}等` : `忌${plain.slice(0, 3)}`;
}

function note(child) {
  if (child.status === "in") return `${clock.hhmm(child.in_at)} 到`;
  if (child.status === "out") return `${clock.hhmm(child.out_at)} 离园`;
  if (child.status === "leave") return "请假";
  if (child.status === "absent") return "缺勤";
  return child.usual ? `常到 ${child.usual.slice(0, 5)}` : "未到";
}

function late(child) {
  if (child.status !== "" || !child.usual) return false;
  const minutes = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
  return minutes(clock.hhmm()) > minutes(child.usual) + LATE_MINUTES;
}

function tap(id) {
  if (choice.toggle(id)) return;
  const child = roster.child(id);
  const verb = choice.current().mode === "in" ? "离园" : "入园";
  const text = child.status === "out" ? `${child.name} 今天已离园` : `${child.name} 要登记的是${verb}`;
  toast("warn", text, child.status === "out" ? "记错了？请老师更正" : `请先完成或取消现在的选择`);
}

const byUsual = (a, b) =>
  (a.usual || "99").localeCompare(b.usual || "99") || a.name.localeCompare(b.name, "zh");
const ORDER = ["in", "", "leave", "absent", "out"];
const byArrival = (a, b) =>
  ORDER.indexOf(a.status) - ORDER.indexOf(b.status) ||
  (Date.parse(a.in_at) || 0) - (Date.parse(b.in_at) || 0) || byUsual(a, b);

function drawRooms() {
  const rooms = [{ id: null, name: "全部" }, ...roster.classes()];
  if (!rooms.some((r) => r.id === room)) room = null;
  $("classes").replaceChildren(...rooms.map((r) => el("button", {
    class: "ty-chip", type: "button", "aria-pressed": String(r.id === room), "data-class": r.id ?? "",
    onclick: () => enter(r.id),
  }, r.name || SHORT[r.type])));
}

function enter(id) {
  room = id;
  draw();
  tell("room");
  $("classes").querySelector("[aria-pressed=true]")?.focus();
  $("main").scrollTop = 0;
}
