// 睡眠巡视：one tile a sleeping child, one tap a check; nothing says "all normal" for infants.
import * as clock from "../../kiosk/js/clock.js";
import { $, button, el, fill } from "../../kiosk/js/dom.js";
import { face } from "../../kiosk/js/faces.js";
import * as day from "./day.js";
import { open, record } from "./log.js";
import * as outbox from "./outbox.js";
import { careMark, closeStage, empty, openStage, say } from "./parts.js";
import { ACTS, POSITIONS } from "./words.js";

export function draw() {
  const list = day.sleepers().sort((a, b) => (a.nap.due ?? Infinity) - (b.nap.due ?? Infinity));
  const awake = day.present().filter((c) => !c.nap).length;
  const unset = list.some((c) => !c.nap.minutes);
  fill($("view"),
    unset && el("p", { class: "ty-alert is-warn" }, "巡视间隔未设（待定），过点不会提醒；请园长在「今天」页的「巡视间隔」里设定。"),
    list.length === 0 ? empty("现在没有睡着的孩子") : el("div", { class: "rm-beds" }, ...list.map(bed)));
  fill($("bar"), el("div", { class: "rm-foot" },
    button(`记入睡${awake ? `（醒着 ${awake} 人）` : ""}`, () => open("nap_start"), { kind: "btn rm-main", glyph: "bed", disabled: awake === 0 }),
    mayCheckRest(list) && button("其余都是仰卧", () => checkRest(list), { kind: "btn rm-side" }),
    list.length > 1 && button("都醒了", () => wake(list), { kind: "btn rm-side" })));
}

// 乳儿班和不满一岁的没有「一起查」：each is looked at by itself
const mayCheckRest = (list) =>
  list.length > 1 && day.here()?.type !== "infant" && list.every((c) => c.months >= 12);

function bed(c) {
  const now = clock.nowMs();
  const { nap } = c;
  const left = nap.due === null ? null : Math.ceil((nap.due - now) / 60000);
  const late = nap.due !== null && nap.due < now;
  const near = !late && left !== null && left <= Math.max(1, Math.ceil(nap.minutes / 3));
  const lost = day.missed(nap, now);
  const due = nap.act ? "俯卧待处置" : late ? `过点 ${Math.max(1, 1 - left)} 分` : left === null ? "间隔待定" : `还有 ${left} 分`;
  const seen = nap.last ? `${clock.hhmm(nap.last.at)} ${POSITIONS[nap.last.position]}卧` : "还没有查";
  return el("article", { class: `rm-bed ${nap.act || late ? "is-red" : near ? "is-near" : ""}`, "data-child": c.id, "aria-label": c.name },
    el("div", { class: "top" }, el("span", { class: "who" }, face(c.id), careMark(c)),
      el("span", { class: "name" }, el("b", {}, c.name), el("small", {}, `睡 ${minutesOf(now - nap.start)} · ${seen}`)),
      el("strong", {}, due)),
    lost > 0 && el("p", { class: "lost" }, `这一觉漏查 ${lost} 次`),
    el("div", { class: "does" },
      ...Object.entries(POSITIONS).map(([code, text]) =>
        button(text, () => check(c, code), { kind: `rm-pos is-${code}`, "aria-label": `${c.name}${text}卧` })),
      button("醒", () => wake([c]), { kind: "rm-pos is-wake", "aria-label": `${c.name}睡醒` })));
}

const minutesOf = (ms) => {
  const minutes = Math.max(0, Math.floor(ms / 60000));
  return minutes < 60 ? `${minutes} 分` : `${Math.floor(minutes / 60)} 时 ${minutes % 60} 分`;
};

async function check(c, position) {
  const event = { kind: "nap_check", child: c.id, room: day.here().id, detail: { position } };
  if (position === "prone" && c.months < 12) {
    await outbox.add([event]);
    return askAct(c);
  }
  return record([event], `${c.name} ${POSITIONS[position]}卧`);
}

// 不满一岁俯卧：the screen stays until somebody has done something
export function askAct(c) {
  openStage("is-stop", `${c.name} 俯卧`, [
    el("p", {}, "不满 12 个月，请马上翻为仰卧并看呼吸和面色。做完点一下："),
    el("div", { class: "acts" }, ...Object.entries(ACTS).map(([did, text]) => button(text, async () => {
      closeStage();
      const made = [{ kind: "nap_act", child: c.id, room: day.here().id, detail: { did } }];
      if (did === "woken") made.push({ kind: "nap_end", child: c.id, room: day.here().id, detail: {} });
      await outbox.add(made);
      say("ok", `已记 ${c.name} ${text}`);
    }))),
  ]);
}

const checkRest = (list) => {
  const fresh = clock.nowMs() - 60000; // 刚查过的不再记
  const rest = list.filter((c) => !c.nap.last || c.nap.last.at < fresh);
  return record(rest.map((c) => ({ kind: "nap_check", child: c.id, room: day.here().id, detail: { position: "back" } })), "仰卧");
};

const wake = (list) => record(list.map((c) => ({ kind: "nap_end", child: c.id, room: day.here().id, detail: {} })),
  list.length > 1 ? "睡醒" : `${list[0].name} 睡醒`);
