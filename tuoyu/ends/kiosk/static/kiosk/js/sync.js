// 上传与更新：sends what waits, exactly as it was signed, and fetches the roster; knows how it stands.
import { Offline, fetchRoster, sendPackets } from "./api.js";
import * as clock from "./clock.js";
import * as roster from "./roster.js";
import * as store from "./store.js";
import { on, tell } from "./bus.js";

const BATCH = 200; // 一次最多多少条；the server takes 500
const ROSTER_EVERY = 120000;
const ROSTER_SOON = 20000; // 有新答复时；until then what was answered stays laid over the roster
const [FIRST_WAIT, LONGEST_WAIT] = [2000, 60000];

const state = { kind: "starting" }; // starting | ok | offline | failing | unpaired
let device = null;
let running = null;
let again = false;
let wait = FIRST_WAIT;
let timer = 0;
let lastRoster = -Infinity;

export const standing = () => state.kind;

export function start(id) {
  device = id;
  on("recorded", kick);
  addEventListener("online", kick);
  addEventListener("offline", () => become("offline"));
  document.addEventListener("visibilitychange", () => document.hidden || kick());
  kick();
}

// 立刻试一次；one run at a time, and one more after it if asked meanwhile
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
      await exchange();
      wait = FIRST_WAIT;
      become("ok");
      timer = setTimeout(kick, ROSTER_EVERY);
    } catch (error) {
      become(kindOf(error));
      if (error.code === "unpaired") await roster.forget();
      timer = setTimeout(kick, wait + Math.random() * 1000);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }
  }
}

async function exchange() {
  let sent = 0;
  for (let packets = store.waiting(); packets.length; packets = store.waiting()) {
    sent += await send(batch(packets));
  }
  const age = performance.now() - lastRoster;
  if (!roster.isOfToday() || age > (sent ? ROSTER_SOON : ROSTER_EVERY / 2)) await refresh();
}

function batch(packets) {
  let count = 0;
  return packets.filter((p, i) => (count += p.events.length) <= BATCH || i === 0);
}

class Unpaired extends Error {}

async function send(packets) {
  const asked = Date.now();
  let reply;
  try {
    reply = await sendPackets(device, packets);
  } catch (error) {
    if (packets.length > 1 && isAboutContent(error)) return await send(packets.slice(0, 1));
    if (!isAboutContent(error)) throw error;
    reply = { answers: refusedAll(packets[0], error) };
  }
  if (reply.now) await clock.learn(reply.now, asked);
  const { deviceFault } = await store.settle(packets, reply.answers);
  if (deviceFault) throw new Unpaired();
  if (packets.every((p) => p.state === "waiting")) throw new Error("未得到逐条答复");
  return packets.length;
}

// 整包不能读：the one packet is shown to a person; the others go on
const isAboutContent = (error) => [400, 413, 422].includes(error.status);
const refusedAll = (packet, error) =>
  packet.events.map((e) => ({ id: e.id, outcome: "refused", code: error.code, text: error.text }));

async function refresh() {
  const [asked, mark] = [Date.now(), performance.now()];
  const told = await fetchRoster(device);
  await clock.learn(told.now, asked);
  await roster.keep(told);
  await store.forgetDone(asked);
  lastRoster = mark;
}

function kindOf(error) {
  if (error instanceof Offline) return "offline";
  if (error instanceof Unpaired || error.status === 401 || error.status === 403) return "unpaired";
  return "failing";
}

function become(kind) {
  state.kind = kind;
  tell("standing");
}
