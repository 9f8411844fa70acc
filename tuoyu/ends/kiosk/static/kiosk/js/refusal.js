// 红色拒绝：says that this person may not take the child, and the recorded way out; no private reason.
import { el, button, icon } from "./dom.js";
import { face } from "./faces.js";
import * as stage from "./stage.js";
import { record } from "./record.js";

const BLOCKED = "该人被禁止接走，请找园长";
const UNKNOWN = "此人不在接送名单里，请家长在手机上发代接码，或找园长";

export function refuse({ children, blocked, by = null }) {
  const names = children.map((c) => c.name).join("、");
  const release = button("园长已放行", () => letGo(children, by), { glyph: "stamp" });
  stage.open("不能接走", [
    icon("ban"),
    el("h2", { role: "alert" }, `不能接走：${blocked ? BLOCKED : UNKNOWN}`),
    children.length > 0 && el("div", { class: "kk-sel" }, ...children.map((c) => face(c.id))),
    el("p", {}, names ? `${names} 留在园内。` : "", "园长核对证件、登记放行后，点「园长已放行」，由系统核对登记。"),
    el("div", { class: "acts" }, button("返回", stage.close), children.length > 0 && release),
  ], { kind: "is-stop" });
  navigator.vibrate?.([80, 60, 80]);
}

async function letGo(children, by) {
  await record(children, { kind: "out", method: "release", by });
  stage.open("等待核对", [
    icon("hourglass"),
    el("h2", {}, "已提交放行，等待核对"),
    el("p", {}, "核对通过后头像墙显示已离园；没有登记的会退到「需处理」。断网时请园长当面在场。"),
    el("div", { class: "acts" }, button("知道了", stage.close)),
  ]);
}

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
