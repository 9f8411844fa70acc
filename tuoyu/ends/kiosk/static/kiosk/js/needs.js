// 需处理：what the server refused, in its own words, and the ways out; nothing leaves the list by itself.
import * as choice from "./choice.js";
import * as clock from "./clock.js";
import { $, button, el } from "./dom.js";
import { portrait } from "./faces.js";
import * as roster from "./roster.js";
import * as stage from "./stage.js";
import { handled, needed } from "./store.js";
import { on } from "./bus.js";

const VERBS = { in: "入园", out: "离园", absent: "缺勤" };

export function start() {
  on("store", draw);
  $("needs").addEventListener("click", openNeeds);
  draw();
}

function draw() {
  $("needs").hidden = needed().length === 0;
  $("needs").querySelector("span").textContent = `需处理 ${needed().length}`;
}

export function openNeeds() {
  const rows = needed().map(row);
  stage.open("需处理", [
    el("div", { class: "kx-list" },
      el("header", {}, el("h2", {}, `需处理 ${rows.length} 条`), button("返回", stage.close)),
      el("p", {}, "这些记录没有被系统采信。按右边的办法处理后，从名单移出。"),
      rows.length > 0 ? el("ul", {}, ...rows) : el("p", { class: "kx-empty" }, "都处理好了")),
  ], { kind: "kx-paper" });
}

function row(need) {
  const child = roster.child(need.child);
  const name = child?.name ?? "不在名册的孩子";
  const when = `${clock.day(Date.parse(need.at)).slice(5)} ${clock.hhmm(need.at)} ${VERBS[need.kind] ?? need.kind}`;
  return el("li", {},
    child ? portrait(child) : el("span"),
    el("div", {}, el("b", {}, name), el("small", {}, when), el("p", {}, need.text || "未说明原因，请联系园长")),
    el("div", { class: "acts" },
      child && button("重新登记", () => again(need, child)),
      button("已由老师补录", () => out(need))));
}

async function out(need) {
  await handled(need.id);
  if (needed().length > 0) openNeeds();
  else stage.close();
}

async function again(need, child) {
  await handled(need.id);
  stage.close();
  choice.clear();
  choice.toggle(child.id);
}
