// 右侧：the manual ways, always on.
import * as choice from "./choice.js";
import { $, el, fill } from "./dom.js";
import { openPad } from "./pad.js";
import * as roster from "./roster.js";
import { toast } from "./toast.js";
import { inRoom, roomName } from "./wall.js";
import { on } from "./bus.js";

export function start() {
  $("open-pad").addEventListener("click", openPad);
  $("pick-class").addEventListener("click", pickClass);
  $("swap").addEventListener("click", choice.swap);
  for (const name of ["choice", "room", "roster", "store"]) on(name, draw);
  draw();
}

function pickClass() {
  if (choice.pickAll(inRoom()) > 0) return;
  const verb = choice.current().mode === "in" ? "入园" : "离园";
  toast("warn", `${roomName() || "全园"}没有要登记${verb}的孩子`);
}

function draw() {
  const { mode } = choice.current();
  $("swap").querySelector("span").textContent = mode === "in" ? "改为离园" : "改为入园";
  $("pick-class").querySelector("span").textContent = roomName() ? "全选本班" : "全选";
  fill($("staff"), ...onDuty());
}

// 在岗与配比：by the server's count; only what is near or over its bound is spelled out
function onDuty() {
  const bad = roster.ratios().filter((r) => r.state === "near" || r.state === "breach");
  const nodes = bad.map((r) => el("span", { class: `badge is-${r.state === "near" ? "warn" : "danger"}` }, r.text));
  const known = roster.staff();
  const count = known.filter((s) => s.on_duty).length;
  return [...nodes, known.length > 0 && el("span", {}, `在岗老师 ${count} 人`)];
}
