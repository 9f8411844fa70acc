// 照护：puts the parts together.
import { on, tell } from "../../kiosk/js/bus.js";
import * as clock from "../../kiosk/js/clock.js";
import { $, el, fill, icon } from "../../kiosk/js/dom.js";
import { openPairing } from "../../kiosk/js/pairing.js";
import * as acting from "./acting.js";
import * as count from "./count.js";
import * as day from "./day.js";
import { get, put } from "./db.js";
import * as due from "./due.js";
import * as list from "./list.js";
import * as lock from "./lock.js";
import * as log from "./log.js";
import * as outbox from "./outbox.js";
import { buzz, closePanel, hush } from "./parts.js";
import * as sleep from "./sleep.js";
import * as sync from "./sync.js";
import { config, device, isTablet } from "./wire.js";

const VIEWS = { log: [log, "记录", "edit"], sleep: [sleep, "睡眠", "moon"], count: [count, "点人", "child"], list: [list, "今天", "list"] };
const LOOKS = {
  starting: ["", "cloud", "正在连接"], ok: ["is-ok", "cloud", "已联网"], offline: ["", "cloudoff", "断网可用"],
  failing: ["", "cloudoff", "暂时传不上"], unpaired: ["is-danger", "lock", "设备未配对"],
  "signed-out": ["is-danger", "login", "请重新登录"], locked: ["is-danger", "lock", "请解锁后上传"],
};
let view = "log";

async function start() {
  keepOffline();
  await Promise.all([clock.load(), outbox.load(), day.load(), count.load()]);
  document.documentElement.toggleAttribute("data-night", Boolean(await get("meta", "night")));
  if (isTablet && !(await device())) return openPairing();
  acting.start();
  for (const name of ["day", "outbox", "minute"]) on(name, draw);
  for (const name of ["standing", "outbox"]) on(name, badge);
  for (const name of ["day", "minute"]) on(name, due.refresh);
  on("acting", changed);
  on("day", lock.renew);
  $("night").addEventListener("click", night);
  $("who").addEventListener("click", acting.lock);
  for (const [name, [, text, glyph]] of Object.entries(VIEWS)) {
    $("tabs").append(el("button", { type: "button", "data-view": name, onclick: () => show(name) }, icon(glyph), text));
  }
  if (count.isDrilling()) view = "count";
  if (location.hash === "#sleep") view = "sleep";
  tick();
  setInterval(tick, 1000);
  changed();
  return sync.start();
}

function show(name) {
  view = name;
  hush();
  draw();
  $("main").scrollTop = 0;
}

function changed() {
  const who = acting.acting();
  $("who").hidden = !isTablet || !who;
  $("who-name").textContent = who?.name ?? "";
  if (isTablet && !who) {
    closePanel();
    log.clear();
    lock.open();
  } else if (isTablet && who) {
    outbox.signAgain(who).then(sync.kick);
  }
  draw();
}

function draw() {
  for (const tab of $("tabs").children) {
    const name = tab.dataset.view;
    if (name === view) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
    if (name === "sleep") mark(tab, day.sleepers().length);
  }
  head();
  const held = document.activeElement?.dataset?.child;
  VIEWS[view][0].draw();
  if (held) document.querySelector(`#view button[data-child="${held}"]`)?.focus({ preventScroll: true });
}

function mark(tab, number) {
  tab.querySelector(".ty-count")?.remove();
  if (number) tab.append(el("span", { class: "ty-count" }, String(number)));
}

function head() {
  const room = day.here();
  document.querySelector(".rm-top h1").textContent = room?.name ?? "照护";
  const ratio = day.ratio();
  const old = day.isKnown() && !day.isToday() ? "名册未更新" : "";
  const said = ratio?.text.replace(/^[^：]*：/, "") ?? `在班 ${day.present().length} 人`;
  fill($("about"), [said, old].filter(Boolean).join(" · "));
  const late = day.overdue();
  document.documentElement.toggleAttribute("data-red", late.length > 0);
  fill($("red"), late.length > 0 && el("button", { type: "button", class: "rm-red", onclick: () => show("sleep") },
    icon("alert"), `${late.map((c) => c.name).slice(0, 3).join("、")}${late.length > 3 ? `等 ${late.length} 人` : ""} 睡眠巡视过点`));
  fill($("rooms"), ...day.rooms().length > 1 ? day.rooms().map((r) => el("button", {
    type: "button", class: "ty-chip", "aria-pressed": String(r.id === room?.id), onclick: () => { log.clear(); day.enter(r.id); },
  }, r.name)) : []);
}

function badge() {
  const [look, glyph, text] = LOOKS[sync.standing()];
  const waits = outbox.waitingEvents();
  $("net").className = `kk-net ${look}`;
  fill($("net"), icon(glyph), waits ? `${text} · ${waits} 条待上传` : text);
  fill($("sign-in"), sync.standing() === "signed-out" && el("a", { class: "btn btn-primary", href: `${config.login}?next=${config.scope}` }, "重新登录"));
  if (sync.standing() === "unpaired" && isTablet && !$("stage").querySelector(".kx-pairing")) openPairing();
}

async function night() {
  const dark = !document.documentElement.hasAttribute("data-night");
  document.documentElement.toggleAttribute("data-night", dark);
  $("night").setAttribute("aria-pressed", String(dark));
  await put("meta", dark, "night");
}

let shown = "";
function tick() {
  count.tick();
  const minute = `${clock.day()} ${clock.hhmm()}`;
  if (minute === shown) return;
  shown = minute;
  $("time").textContent = clock.hhmm();
  const demo = document.querySelector(".ty-demo");
  if (demo && sync.standing() !== "starting") demo.textContent = `演示数据 · 业务时钟 ${minute}`;
  if (day.overdue().length) buzz([200, 100, 200, 100, 400]); // 只震动，不出声
  if (!$("panel").firstElementChild) tell("minute");
}

async function keepOffline() {
  if (!("serviceWorker" in navigator)) return;
  const kept = await navigator.serviceWorker.register(config.worker, { scope: config.scope, updateViaCache: "none" });
  setInterval(() => navigator.onLine && kept.update(), 3600_000);
  await navigator.storage?.persist?.();
}

start();
