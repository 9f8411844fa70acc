// 确认栏：names, who brings them, the morning check, and one big button that says what it will do.
import * as choice from "./choice.js";
import * as clock from "./clock.js";
import { $, button, el, fill, icon } from "./dom.js";
import { portrait } from "./faces.js";
import { openHealth } from "./health.js";
import { refuse } from "./refusal.js";
import { record } from "./record.js";
import { on } from "./bus.js";
import { toast } from "./toast.js";

const FACES = 3;
const VERBS = { in: "入园", out: "离园" };
let busy = false;

export function start() {
  on("choice", draw);
  on("roster", draw);
  draw();
}

function draw() {
  const foot = document.querySelector(".kk-foot");
  const children = choice.picked();
  if (children.length === 0) return fill(foot, ...idle());
  const { mode } = choice.current();
  const confirm = button(`${VERBS[mode]} ${children.length} 人`, commit, {
    kind: "btn btn-primary", glyph: "check", size: "l", id: "confirm",
  });
  return fill(foot,
    el("div", { class: "kk-sel" }, ...children.slice(0, FACES).map(portrait), more(children)),
    el("div", { class: "kx-who" }, el("b", {}, names(children)), detail(children)),
    el("span", { class: "end" }),
    mode === "in" && check(),
    button("取消", choice.clear),
    confirm,
  );
}

const more = (children) =>
  children.length > FACES && el("span", { class: "kx-more" }, `+${children.length - FACES}`);

function idle() {
  const { mode } = choice.current();
  const text = mode === "in" ? "点头像或扫接送码" : "离园：点头像或扫接送码";
  return [
    el("span", { class: "kx-hint" }, icon("hand", "l")),
    el("div", { class: "kx-who" }, el("b", {}, text), el("small", {}, "选好后再点一下就登记好了")),
    el("span", { class: "end" }),
    button(VERBS[mode], () => {}, { kind: "btn btn-primary", glyph: "check", size: "l", disabled: true }),
  ];
}

function names(children) {
  const many = children.length > FACES;
  return many ? `${children.length} 人` : children.map((c) => c.name).join("、");
}

function detail(children) {
  const { mode, by, bearer, method } = choice.current();
  if (mode === "out" && method === "wall" && choice.pickersOfAll().length > 0) return pickers(children);
  const who = by?.relation ? `${by.relation}${mode === "in" ? "送到" : "来接"}` : "";
  const fetched = method === "code" ? `代接码${bearer ? `：${bearer}来接` : "来接"}` : "";
  const kin = children.some((c) => (c.siblings ?? []).some((s) => choice.current().ids.has(s)));
  const few = children.length > FACES && `${children.slice(0, 2).map((c) => c.name).join("、")} 等`;
  const parts = [few, who, fetched, !who && !fetched && "老师登记", !few && kin && "同胞已一起选上"];
  return el("small", {}, parts.filter(Boolean).join("，"));
}

// 谁来接：those who may fetch all of the chosen; anybody else is refused in red
function pickers(children) {
  const { by } = choice.current();
  const chip = (text, pressed, onclick) => el("button", {
    class: "ty-chip", type: "button", "aria-pressed": String(pressed), onclick,
  }, text);
  const known = choice.pickersOfAll().slice(0, 3);
  return el("div", { class: "kx-pickers", role: "group", "aria-label": "谁来接" },
    ...known.map((p) => chip(p.relation, by?.id === p.id, () => choice.setBy(p))),
    chip("其他人", false, () => refuse({ children, blocked: false })),
  );
}

function check() {
  const count = choice.current().checks.size;
  return button(count ? `晨检：${count} 人有情况` : "晨检：正常", openHealth, {
    kind: count ? "btn kx-check is-warn" : "btn kx-check", glyph: count ? "thermo" : "ok",
  });
}

async function commit() {
  if (busy) return;
  busy = true;
  $("confirm").setAttribute("aria-busy", "true"); // seen at once, whatever the storage takes
  const { mode, by, bearer, method, checks } = choice.current();
  const children = choice.picked();
  try {
    const stopped = children.filter((c) => mode === "out" && forbids(c, by));
    if (stopped.length > 0) return refuse({ children: stopped, blocked: true, by });
    const { at } = await record(children, { kind: mode, method, by, bearer, checks });
    choice.clear();
    toast("ok", `已${VERBS[mode]} ${children.length} 人 ${clock.hhmm(at)}`, `${named(children)}点错了？请老师更正`);
    $("main").scrollTop = 0;
  } catch (error) {
    toast("danger", "没有记上，请再点一次", "平板存储写不进去。仍不行请重启平板，并先用纸笔登记");
    throw error;
  } finally {
    busy = false;
    $("confirm")?.removeAttribute("aria-busy");
  }
}

const forbids = (child, by) => by && child.pickers.some((p) => p.id === by.id && p.blocked);

// 提示里写出名字：a tap is checked by the name it booked, not by the number
function named(children) {
  return children.length <= 4 ? `${children.map((c) => c.name).join("、")}。` : "";
}
