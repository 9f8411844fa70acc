// 上传与更新：sends what waits and fetches the state; knows how it stands.
import { on, tell } from "../../kiosk/js/bus.js";
import * as acting from "./acting.js";
import * as day from "./day.js";
import * as outbox from "./outbox.js";
import { Offline, fetchState, isTablet, sendPackets } from "./wire.js";

const BATCH = 250; // 一次最多多少条；the server takes 500
const EVERY = 30000;
const [FIRST_WAIT, LONGEST_WAIT] = [2000, 60000];
const state = { kind: "starting" }; // starting | ok | offline | failing | unpaired | signed-out | locked
let running = null;
let again = false;
let wait = FIRST_WAIT;
let timer = 0;

export const standing = () => state.kind;

export function start() {
  on("recorded", kick);
  on("acting", () => isTablet && acting.acting() && kick());
  addEventListener("online", kick);
  addEventListener("offline", () => become("offline"));
  document.addEventListener("visibilitychange", () => document.hidden || kick());
  return kick();
}

export function kick() {
  again = true;
  running ??= run().finally(() => (running = null));
  return running;
}

async function run() {
  while (again) {
    again = false;
    clearTimeout(timer);
    try {
      if (!isTablet) await refresh(); // who is signed in, and the token
      const sent = await sendAll();
      if (isTablet || sent) await refresh();
      wait = FIRST_WAIT;
      become("ok");
      timer = setTimeout(kick, EVERY);
    } catch (error) {
      become(kindOf(error));
      if (state.kind === "unpaired" && !outbox.waitingEvents()) await day.forget();
      timer = setTimeout(kick, wait + Math.random() * 1000);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }
  }
}

async function sendAll() {
  let sent = 0;
  for (let packets = outbox.mine(); packets.length; packets = outbox.mine()) {
    const some = batch(packets);
    const { senderFault, changed } = await outbox.settle(some, await answersTo(some));
    if (senderFault) throw Object.assign(new Error(senderFault.text), { code: senderFault.code, status: 401 });
    if (!changed) throw new Error("未得到逐条答复");
    sent += changed;
  }
  return sent;
}

// 整包不能读：one packet alone is asked for; if it is that one, it is shown to a person
async function answersTo(packets) {
  try {
    return (await sendPackets(packets)).answers;
  } catch (error) {
    if (![400, 413, 422].includes(error.status)) throw error;
    if (packets.length > 1) return answersTo(packets.slice(0, 1));
    return packets[0].events.map((e) => ({ id: e.id, outcome: "refused", code: error.code, text: error.text }));
  }
}

function batch(packets) {
  let count = 0;
  return packets.filter((p, i) => (count += p.events.length) <= BATCH || i === 0);
}

async function refresh() {
  const asked = Date.now();
  const told = await fetchState();
  if (!isTablet) acting.become(told.me);
  await day.keep(told);
  await outbox.forgetDone(asked);
}

function kindOf(error) {
  if (error instanceof Offline) return "offline";
  if (error.code === "locked") return "locked";
  if ([401, 403, 404].includes(error.status)) return isTablet ? "unpaired" : "signed-out";
  return "failing";
}

function become(kind) {
  state.kind = kind;
  tell("standing");
}
