// 点人与演练：a tap a face; who is not found is said loudly.
import * as clock from "../../kiosk/js/clock.js";
import { $, button, el, fill, icon } from "../../kiosk/js/dom.js";
import { face } from "../../kiosk/js/faces.js";
import * as day from "./day.js";
import { get, put, remove } from "./db.js";
import * as outbox from "./outbox.js";
import { choices, closePanel, closeStage, empty, openPanel, openStage, say, tile } from "./parts.js";
import { DRILLS } from "./words.js";

let found = new Set();
let drill = null; // {what, startedAt}: kept on the device, so a restart goes on counting the time

export async function load() {
  drill = (await get("meta", "drill")) ?? null;
}

export const isDrilling = () => drill !== null;

export function draw() {
  const list = day.present();
  found = new Set([...found].filter((id) => list.some((c) => c.id === id)));
  const rest = list.length - found.size;
  fill($("view"),
    drill && el("p", { class: "ty-alert is-danger rm-drill" }, icon("alert"), el("b", {}, `${DRILLS[drill.what]}演练`), el("span", { id: "drill-time" }, took())),
    el("h2", { class: "kk-h" }, `应在 ${list.length} 人，点到 ${found.size} 人`, el("span", {}, "看到一个点一个")),
    list.length ? el("div", { class: "rm-grid" }, ...list.map((c) => tile(c, {
      pressed: found.has(c.id), note: found.has(c.id) ? "点到" : c.nap ? "在睡" : "", onclick: () => toggle(c.id),
    }))) : empty("现在没有在班的孩子"));
  fill($("bar"), el("div", { class: "rm-foot" },
    button(rest ? `点完（差 ${rest} 人）` : `点完 ${found.size} 人`, finish, {
      kind: rest ? "btn rm-main" : "btn btn-primary rm-main", glyph: "check", disabled: list.length === 0, id: "counted" }),
    drill ? button("结束不记", stop, { kind: "btn rm-side" }) : button("演练", openDrill, { kind: "btn rm-side", glyph: "flag" })));
}

const seconds = () => Math.max(1, Math.round((clock.nowMs() - drill.startedAt) / 1000));
const took = () => `${Math.floor(seconds() / 60)} 分 ${seconds() % 60} 秒`;
export const tick = () => {
  const node = $("drill-time");
  if (drill && node) node.textContent = took();
};

function toggle(id) {
  if (!found.delete(id)) found.add(id);
  draw();
}

function openDrill() {
  openPanel("开始演练", [
    el("p", { class: "rm-hint" }, "点下即开始计时，到集合点后逐个点人。"),
    choices("演练种类", DRILLS, "", async (what) => {
      drill = { what, startedAt: clock.nowMs() };
      found = new Set();
      await put("meta", drill, "drill");
      closePanel();
      draw();
    }),
  ], []);
}

async function stop() {
  drill = null;
  await remove("meta", "drill");
  draw();
}

async function finish() {
  const list = day.present();
  const missing = list.filter((c) => !found.has(c.id));
  const detail = { here: [...found], missing: missing.map((c) => c.id) };
  const event = drill
    ? { kind: "drill", detail: { ...detail, what: drill.what, seconds: Math.min(7200, seconds()) } }
    : { kind: "count", detail };
  const time = drill ? `，用时 ${took()}` : "";
  await outbox.add([{ ...event, child: null, room: day.here().id }]);
  if (drill) await stop();
  found = missing.length ? found : new Set();
  draw();
  if (missing.length === 0) return say("ok", `人数相符，${list.length} 人都点到${time}`);
  return openStage("is-stop", `少 ${missing.length} 人`, [
    el("div", { class: "rm-missing" }, ...missing.map((c) => el("span", {}, face(c.id), el("b", {}, c.name)))),
    el("p", {}, `应在 ${list.length} 人，点到 ${list.length - missing.length} 人${time}。请马上找人并告诉园长。`),
    el("div", { class: "acts" }, button("继续点人", closeStage)),
  ]);
}
