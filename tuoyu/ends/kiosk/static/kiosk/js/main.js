// 门口看板：puts the parts together.
import * as badge from "./badge.js";
import * as clock from "./clock.js";
import * as confirm from "./confirm.js";
import { $ } from "./dom.js";
import * as idle from "./idle.js";
import * as needs from "./needs.js";
import { device, openPairing } from "./pairing.js";
import * as roster from "./roster.js";
import * as scan from "./scan.js";
import * as side from "./side.js";
import * as store from "./store.js";
import * as sync from "./sync.js";
import * as wall from "./wall.js";
import * as wedge from "./wedge.js";
import { on, tell } from "./bus.js";

const HOUR = 3600_000; // 平板整天不重开页面：a new version is looked for by the hour

async function start() {
  keepOffline();
  await Promise.all([clock.load(), store.load(), roster.load()]);
  const paired = await device();
  tick();
  setInterval(tick, 1000);
  if (!paired) return openPairing();
  for (const part of [wall, confirm, side, scan, wedge, needs, badge, idle]) part.start();
  for (const name of ["roster", "store", "minute"]) on(name, head);
  head();
  return sync.start(paired.id);
}

function head() {
  document.querySelector(".kk-top h1").textContent = roster.institution().name;
  const known = roster.isKnown() ? roster.summary() : "正在读取名册";
  const old = roster.isKnown() && !roster.isOfToday() ? " · 名册未更新，扫码暂不能核对" : "";
  document.querySelector(".kk-top small").textContent = known + old;
}

let shown = "";
function tick() {
  const minute = `${clock.day()} ${clock.hhmm()}`;
  if (minute === shown) return;
  shown = minute;
  $("time").textContent = clock.hhmm();
  const demo = document.querySelector(".ty-demo");
  if (demo) demo.textContent = `演示数据 · 业务时钟 ${minute}`;
  tell("minute");
}

async function keepOffline() {
  if (!("serviceWorker" in navigator)) return;
  const { worker, scope } = $("kiosk").dataset;
  const renewed = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => renewed && idle.renewWhenIdle());
  const kept = await navigator.serviceWorker.register(worker, { scope, updateViaCache: "none" });
  setInterval(() => navigator.onLine && kept.update(), HOUR);
}

start();
