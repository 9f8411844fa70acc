// 待传箱：one tap is one packet with one signature, kept exactly as signed until it is answered.
import { all, inOne, put, remove } from "./db.js";
import { sign } from "./keys.js";
import { tell } from "./bus.js";

let packets = []; // {seq, body, signature, events, state: "waiting" | "done", doneAt?}
let needs = []; // {id, child, kind, at, method, code, text}

// 不是这件事错，而是设备错：these wait until the device is paired again
const OF_DEVICE = new Set(["unpaired", "signature"]);

export async function load() {
  packets = await all("outbox");
  needs = await all("needs");
}

export const waiting = () => packets.filter((p) => p.state === "waiting");
export const waitingEvents = () => waiting().reduce((sum, p) => sum + p.events.length, 0);
export const needed = () => needs;

// 自己记的：a release counts only after the server has found the director's entry
export const ownEvents = () => packets.flatMap((p) => p.events.filter((e) => counts(p, e)));
const counts = (packet, event) => packet.state === "done" || event.method !== "release";

export async function add(events) {
  const body = JSON.stringify({ events });
  const packet = { body, signature: await sign(body), events, state: "waiting" };
  packet.seq = await put("outbox", packet);
  packets.push(packet);
  tell("store");
}

// 记下答复：in one transaction, so that an event is either waiting, done or in need of a person
export async function settle(sent, answers) {
  const told = new Map(answers.map((a) => [a.id, a]));
  const deviceFault = answers.some((a) => a.outcome === "refused" && OF_DEVICE.has(a.code));
  const changed = sent.filter((p) => p.events.every((e) => isFinal(told.get(e.id))));
  const found = changed.flatMap((p) => p.events.map((e) => ({ ...e, ...told.get(e.id) })));
  const refused = found.filter((e) => e.outcome === "refused");
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
  tell("store");
  return { deviceFault, refused };
}

const isFinal = (answer) =>
  answer && !(answer.outcome === "refused" && OF_DEVICE.has(answer.code));

// 名册已含：what the roster asked for after `moment` tells itself need no longer be laid over it
export async function forgetDone(moment) {
  const past = packets.filter((p) => p.state === "done" && p.doneAt < moment);
  packets = packets.filter((p) => !past.includes(p));
  await inOne(["outbox"], "readwrite", (s) => past.forEach((p) => s.outbox.delete(p.seq)));
}

// 重新配对后：the same events, the same ids, signed by the new key
export async function signAgain() {
  for (const packet of waiting()) {
    packet.signature = await sign(packet.body);
    await put("outbox", packet);
  }
}

export async function handled(id) {
  await remove("needs", id);
  needs = needs.filter((need) => need.id !== id);
  tell("store");
}
