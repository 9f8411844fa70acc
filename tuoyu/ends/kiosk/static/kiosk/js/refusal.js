// 红色拒绝：says that this person may not take the child, and the recorded way out; no private reason.
import { el, button, icon } from "./dom.js";
import { portrait } from "./faces.js";
import * as stage from "./stage.js";
import { record } from "./record.js";
import { needed, waiting } from "./store.js";
import { kick } from "./sync.js";

const BLOCKED = "该人被禁止接走，请找园长";
const UNKNOWN = "此人不在接送名单里，请家长在手机上发代接码，或找园长";

const WAY_OUT = "园长核对证件、登记放行后，点「园长已放行」，由系统核对登记。";
const NO_CHILD = "确需接走时，由老师点孩子头像、选「其他人」，请园长核对后放行。";

export function refuse({ children, blocked, by = null }) {
  const names = children.map((c) => c.name).join("、");
  const release = button("园长已放行", () => letGo(children, by), { glyph: "stamp" });
  stage.open("不能接走", [
    icon("ban"),
    el("h2", { role: "alert" }, `不能接走：${blocked ? BLOCKED : UNKNOWN}`),
    children.length > 0 && el("div", { class: "kk-sel" }, ...children.map(portrait)),
    el("p", {}, names ? `${names} 留在园内。${WAY_OUT}` : NO_CHILD),
    el("div", { class: "acts" }, button("返回", stage.close), children.length > 0 && release),
  ], { kind: "is-stop" });
  navigator.vibrate?.([80, 60, 80]);
}

const PATIENCE = 5000;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// 园长已放行：sent as a release; the server finds the director's entry or refuses
async function letGo(children, by) {
  const { ids } = await record(children, { kind: "out", method: "release", by });
  await Promise.race([kick(), pause(PATIENCE)]);
  const refused = needed().find((need) => ids.includes(need.id));
  if (refused) return say("alert", "没有查到园长的放行登记", refused.text, "kx-bad");
  const isWaiting = waiting().some((p) => p.events.some((e) => ids.includes(e.id)));
  const more = "断网中已记下，联网后核对；没有登记的会退到「需处理」。请园长当面在场。";
  if (isWaiting) return say("hourglass", "放行等待核对", more, "");
  return say("ok", "已放行离园", children.map((c) => c.name).join("、"), "is-ok");
}

const say = (glyph, title, text, kind) =>
  stage.open(title, [
    icon(glyph),
    el("h2", { role: "alert" }, title),
    el("p", {}, text),
    el("div", { class: "acts" }, button("知道了", stage.close, { kind: "btn btn-primary" })),
  ], { kind });

// 码不对：what happened, why, and how to mend it
export function explain(title, why, how) {
  stage.open(title, [
    icon("alert"),
    el("h2", { role: "alert" }, title),
    el("p", {}, why),
    el("p", {}, el("b", {}, how)),
    el("div", { class: "acts" }, button("知道了", stage.close, { kind: "btn btn-primary" })),
  ], { kind: "kx-bad" });
}
