// 集体记录：everyone present is ticked already; tap to leave one out; one button records all.
import * as clock from "../../kiosk/js/clock.js";
import { $, button, el, fill, icon } from "../../kiosk/js/dom.js";
import * as day from "./day.js";
import * as outbox from "./outbox.js";
import { choices, closePanel, empty, openPanel, say, tile } from "./parts.js";
import { AMOUNTS, AREAS, DIAPERS, KINDS, MEALS, mealOf, short } from "./words.js";

let picked = new Set(); // 在墙上先点的几个：the next record is for these alone
let form = null;

const MINUTES = { 20: "20 分钟", 30: "30 分钟", 45: "45 分钟", 60: "1 小时", 90: "1 个半小时", 120: "2 小时" };
const MLS = { 0: "不记量", 50: "50", 100: "100", 150: "150", 200: "200 毫升" };

export function clear() {
  picked = new Set();
}

export function draw() {
  const list = day.children();
  const known = new Set(list.map((c) => c.id));
  picked = new Set([...picked].filter((id) => known.has(id)));
  const here = list.filter((c) => c.state === "in");
  const rest = list.filter((c) => c.state !== "in");
  fill($("view"),
    here.length > 0 && wall(`在班 ${here.length} 人`, here),
    here.length === 0 && empty(day.isToday() ? "现在没有在班的孩子，到园登记后显示" : "今天还没有联过网，点头像后也可以记"),
    rest.length > 0 && wall(`不在班 ${rest.length} 人`, rest, "is-off"));
  fill($("bar"), el("div", { class: "rm-acts" },
    ...Object.entries(KINDS).map(([kind, [text, glyph]]) =>
      button(text, () => open(kind), { kind: "rm-act", glyph, "data-kind": kind }))),
  picked.size > 0 && el("div", { class: "rm-picked" }, el("b", { role: "status" }, `只记选中的 ${picked.size} 人`),
    el("span", { class: "end" }), button("换班", openMove, { glyph: "swap", size: "s" }),
    button("取消选择", () => { clear(); draw(); })));
}

const wall = (title, list, kind = "") => el("section", { class: `rm-wall ${kind}` }, el("h2", { class: "kk-h" }, title),
  el("div", { class: "rm-grid" }, ...list.map((c) => tile(c, {
    pressed: picked.has(c.id), note: latest(c), kind: c.nap ? "is-asleep" : "", onclick: () => toggle(c.id),
  }))));

function toggle(id) {
  if (!picked.delete(id)) picked.add(id);
  draw();
}

const AWAY = { leave: "请假", absent: "缺勤", out: "已离园", "": "未到" };
function latest(child) {
  if (child.nap) return `睡 ${clock.hhmm(child.nap.start)} 起`;
  const last = {};
  for (const e of child.mine) if (KINDS[e.kind]) last[e.kind] = e;
  const two = Object.values(last).filter((e) => e.kind !== "nap_start").sort((a, b) => b.ms - a.ms).slice(0, 2);
  if (two.length) return two.map((e) => `${KINDS[e.kind][2]} ${clock.hhmm(e.ms)}`).join(" · ");
  return child.state === "in" ? (child.in_at ? `${clock.hhmm(child.in_at)} 到` : "在班") : AWAY[child.state];
}

export function open(kind) {
  const base = picked.size ? day.children().filter((c) => picked.has(c.id)) : day.present();
  const list = kind === "nap_start" ? base.filter((c) => !c.nap) : base;
  const detail = {
    meal: { what: mealOf(clock.hhmm()), amount: "all" }, drink: { ml: 0 }, nap_start: {}, diaper: { what: "wet" },
    outdoor: { minutes: 60 }, activity: { area: "motion" },
  }[kind];
  const off = new Set(picked.size ? [] : list.filter((c) => c.nap && !["diaper", "nap_start"].includes(kind)).map((c) => c.id));
  form = { kind, list, off, detail, amounts: new Map(), note: "" };
  drawPanel();
}

const set = (name) => (code) => {
  form.detail[name] = ["minutes", "ml"].includes(name) ? Number(code) : code;
  if (name === "amount") form.amounts.clear();
  drawPanel();
};

function options() {
  const { kind, detail } = form;
  if (kind === "meal") return [choices("哪一餐", MEALS, detail.what, set("what")), choices("吃了多少", AMOUNTS, detail.amount, set("amount"))];
  if (kind === "drink") return [choices("喝了多少", MLS, detail.ml, set("ml"))];
  if (kind === "diaper") return [choices("情况", DIAPERS, detail.what, set("what"))];
  if (kind === "outdoor") return [choices("多久", MINUTES, detail.minutes, set("minutes"))];
  if (kind === "activity") return [choices("领域", AREAS, detail.area, set("area")), noteField()];
  return [];
}

function noteField() {
  const field = el("input", { class: "ty-input", id: "note", maxlength: "60", autocomplete: "off", placeholder: "如：认识秋天的叶子" });
  field.value = form.note;
  field.addEventListener("input", () => (form.note = field.value));
  return el("div", {}, el("label", { class: "form-label", for: "note" }, "做了什么（可不填）"), field);
}

const chosen = () => form.list.filter((c) => !form.off.has(c.id));

function drawPanel() {
  const [title, glyph] = KINDS[form.kind];
  const count = chosen().length;
  const ask = { nap_start: "点头像去掉没睡的", meal: "点头像换食量；没吃这一餐的点「去掉」" }[form.kind] ?? "点头像去掉没有的";
  openPanel(title, [
    ...options(),
    el("p", { class: "rm-hint" }, form.list.length ? ask : "没有可记的孩子"),
    el("div", { class: "rm-grid is-small" }, ...form.list.map(form.kind === "meal" ? plate : who)),
  ], [
    form.list.length > 1 && button(form.off.size ? "全选" : "全不选", () => {
      form.off = new Set(form.off.size ? [] : form.list.map((c) => c.id));
      drawPanel();
    }, { kind: "btn rm-side" }),
    button(`记录 ${count} 人`, save, { kind: "btn btn-primary rm-main", glyph, disabled: count === 0, id: "save" }),
  ]);
}

const who = (c) => tile(c, { pressed: !form.off.has(c.id), note: form.off.has(c.id) ? (c.nap ? "在睡" : "不记") : "", onclick: () => leave(c.id) });

function leave(id) {
  if (!form.off.delete(id)) form.off.add(id);
  drawPanel();
}

// 餐盘：the face goes through the amounts, the small button leaves the child out
function plate(c) {
  const off = form.off.has(c.id);
  const amount = form.amounts.get(c.id) ?? form.detail.amount;
  return el("div", { class: "rm-plate" },
    tile(c, { pressed: !off, note: off ? (c.nap ? "在睡" : "不记") : AMOUNTS[amount], onclick: () => (off ? leave(c.id) : turn(c.id, amount)) }),
    button(off ? "记上" : "去掉", () => leave(c.id), { kind: "rm-drop", "aria-label": `${off ? "记上" : "去掉"}${c.name}` }));
}

function turn(id, amount) {
  const codes = Object.keys(AMOUNTS);
  form.amounts.set(id, codes[(codes.indexOf(amount) + 1) % codes.length]);
  drawPanel();
}

async function save() {
  const { kind, detail, amounts, note } = form;
  const made = chosen().map((c) => {
    const own = { ...detail };
    if (kind === "meal") own.amount = amounts.get(c.id) ?? detail.amount;
    if (!own.ml) delete own.ml;
    if (note.trim()) own.note = note.trim();
    return { kind, child: c.id, room: day.here().id, detail: own };
  });
  closePanel();
  clear();
  await record(made, `${KINDS[kind][0]}${short(kind, made[0].detail) ? `（${short(kind, made[0].detail)}）` : ""}`);
}

// 记下并可撤销
export async function record(made, what) {
  if (made.length === 0) return;
  const events = await outbox.add(made);
  const text = made.length > 1 ? `已记 ${made.length} 人${what}` : `已记${what}`;
  say("ok", text, button("撤销", () => undo(events), { glyph: "undo", size: "s" }));
}

export async function undo(events) {
  await outbox.add(events.map((e) => ({ kind: "undo", child: null, room: e.room, detail: { of: e.id } })));
  say("warn", `已撤销 ${events.length} 条`);
}

function openMove() {
  const list = day.children().filter((c) => picked.has(c.id));
  const others = day.rooms().filter((r) => r.id !== day.here().id);
  openPanel(`${list.map((c) => c.name).join("、")} 换到`, [
    el("p", { class: "rm-hint" }, "换过去后在那个班计入人数和师幼比，回来时再换回。"),
    el("div", { class: "rm-rooms" }, ...others.map((r) => button(r.name, async () => {
      closePanel();
      clear();
      await record(list.map((c) => ({ kind: "move", child: c.id, room: day.here().id, detail: { to: r.id } })), `换到${r.name}`);
    }, { kind: "btn rm-main", glyph: "swap" }))),
    others.length === 0 && empty("本机构只有一个班"),
  ], []);
}

export const glyph = (kind) => icon(KINDS[kind]?.[1] ?? "dot", "s");
