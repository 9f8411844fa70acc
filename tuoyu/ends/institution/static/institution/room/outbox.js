// 待传箱：one tap is one packet, kept until every event in it is answered; nothing waits in memory only.
import { uuid7 } from "../../kiosk/js/bytes.js";
import { tell } from "../../kiosk/js/bus.js";
import * as clock from "../../kiosk/js/clock.js";
import { sign } from "../../kiosk/js/keys.js";
import { acting } from "./acting.js";
import { all, inOne, put, remove } from "./db.js";
import { isTablet } from "./wire.js";

const OF_SENDER = new Set(["unpaired", "signature", "locked"]); // 不是这件事错，而是发的人或设备
let packets = [];
let needs = [];

export async function load() {
  packets = await all("outbox");
  needs = await all("needs");
}

export const waiting = () => packets.filter((p) => p.state === "waiting");
// 手机换人登录：what one person recorded is not sent under another's name
export const mine = () => waiting().filter((p) => isTablet || p.by === acting()?.id);
export const waitingEvents = () => waiting().reduce((sum, p) => sum + p.events.length, 0);
export const needed = () => needs;
export const ownEvents = () => packets.flatMap((p) =>
  p.events.map((e) => ({ ...e, by: p.name, waiting: p.state === "waiting" })));

export async function add(made) {
  const who = acting();
  const at = clock.stamp();
  const events = made.map((e) => ({ id: uuid7(clock.nowMs()), at, ...e }));
  const body = JSON.stringify(isTablet ? { by: who.id, proof: who.proof, events } : { events });
  const packet = { body, events, by: who.id, name: who.name, state: "waiting" };
  if (isTablet) packet.signature = await sign(body);
  packet.seq = await put("outbox", packet);
  packets.push(packet);
  tell("outbox");
  tell("recorded");
  return events;
}

export async function settle(sent, answers) {
  const told = new Map(answers.map((a) => [a.id, a]));
  const senderFault = answers.find((a) => a.outcome === "refused" && OF_SENDER.has(a.code));
  const isFinal = (a) => a && !(a.outcome === "refused" && OF_SENDER.has(a.code));
  const changed = sent.filter((p) => p.events.every((e) => isFinal(told.get(e.id))));
  const refused = changed.flatMap((p) => p.events.map((e) => ({ ...e, ...told.get(e.id) })))
    .filter((e) => e.outcome === "refused");
  for (const packet of changed) {
    packet.state = "done";
    packet.doneAt = Date.now();
    packet.events = packet.events.filter((e) => told.get(e.id).outcome !== "refused");
  }
  await inOne(["outbox", "needs"], "readwrite", (s) => {
    changed.forEach((packet) => s.outbox.put(packet));
    refused.forEach((event) => s.needs.put(event));
  });
  needs.push(...refused);
  tell("outbox");
  return { senderFault, changed: changed.length };
}

// 服务器已含：what a state asked for later than `moment` tells itself need not be kept here
export async function forgetDone(moment) {
  const past = packets.filter((p) => p.state === "done" && p.doneAt < moment);
  packets = packets.filter((p) => !past.includes(p));
  await inOne(["outbox"], "readwrite", (s) => past.forEach((p) => s.outbox.delete(p.seq)));
}

// 重新配对后：the same events and ids, with this tablet's new proof and key
export async function signAgain(person) {
  for (const packet of waiting().filter((p) => p.by === person.id)) {
    packet.body = JSON.stringify({ by: person.id, proof: person.proof, events: packet.events });
    packet.signature = await sign(packet.body);
    await put("outbox", packet);
  }
}

export async function handled(id) {
  await remove("needs", id);
  needs = needs.filter((need) => need.id !== id);
  tell("outbox");
}
