// 一日生活：what was recorded today, newest first; each can be undone by a second event.
import * as clock from "../../kiosk/js/clock.js";
import { $, button, el, fill, icon } from "../../kiosk/js/dom.js";
import * as day from "./day.js";
import { undo } from "./log.js";
import * as outbox from "./outbox.js";
import { empty } from "./parts.js";
import { config, isTablet } from "./wire.js";
import { TITLES, short } from "./words.js";

const MAY_NOT = new Set(["nap_act", "count", "drill"]);
const MOST = 60;

export function draw() {
  const room = day.here()?.id;
  const mine = new Set(day.children().map((c) => c.id));
  const shown = day.events().filter((e) => (e.child ? mine.has(e.child) : e.room === room) && TITLES[e.kind]);
  const rows = groups(shown).reverse().slice(0, MOST);
  fill($("view"),
    outbox.needed().length > 0 && el("section", { class: "rm-needs" }, el("h2", { class: "kk-h" }, `没有记成 ${outbox.needed().length} 条`),
      el("ul", { class: "rm-list" }, ...outbox.needed().map(needRow))),
    rows.length ? el("ul", { class: "rm-list" }, ...rows.map(row)) : empty("今天还没有记录"));
  const query = room ? `?room=${room}&day=${clock.day()}` : "";
  fill($("bar"), el("div", { class: "rm-foot" },
    !isTablet && el("a", { class: "btn rm-side", href: `${config.sheet}${query}` }, icon("print", "s"), "一日生活"),
    !isTablet && el("a", { class: "btn rm-side", href: `${config.sleep}${query}` }, icon("print", "s"), "睡眠巡视"),
    !isTablet && el("a", { class: "btn rm-side", href: config.pin }, icon("key", "s"), "班级口令"),
    !isTablet && day.maySet() && el("a", { class: "btn rm-side", href: config.intervals }, icon("clock", "s"), "巡视间隔")));
}

// 一次点下的几条是一件事
function groups(events) {
  const found = new Map();
  for (const e of events) {
    const key = `${e.kind}|${e.ms}|${e.by}|${e.undone}|${short(e.kind, e.detail)}`;
    found.set(key, [...(found.get(key) ?? []), e]);
  }
  return [...found.values()];
}

function row(events) {
  const [first] = events;
  const names = events.map((e) => day.child(e.child)?.name).filter(Boolean);
  const who = names.length > 4 ? `${names.slice(0, 3).join("、")}等 ${names.length} 人` : names.join("、");
  const said = [short(first.kind, first.detail), first.detail.note].filter(Boolean).join("，");
  const count = first.detail.here ? `点到 ${first.detail.here.length} 人，少 ${first.detail.missing.length} 人` : "";
  return el("li", { class: first.undone ? "is-undone" : "" },
    el("time", {}, clock.hhmm(first.ms)),
    el("span", { class: "what" }, el("b", {}, TITLES[first.kind], said && ` ${said}`, count && ` ${count}`),
      el("small", {}, [who, first.by, first.undone && "已撤销"].filter(Boolean).join(" · "))),
    events.some((e) => e.waiting) && el("span", { class: "badge is-warn" }, "待上传"),
    !first.undone && !MAY_NOT.has(first.kind) && button("撤销", () => undo(events), { kind: "btn", "aria-label": `撤销 ${clock.hhmm(first.ms)} ${TITLES[first.kind]}` }));
}

const needRow = (need) => el("li", {}, el("time", {}, clock.hhmm(need.at)),
  el("span", { class: "what" }, el("b", {}, `${TITLES[need.kind] ?? "记录"} ${day.child(need.child)?.name ?? ""}`), el("small", {}, need.text)),
  button("知道了", () => outbox.handled(need.id)));
