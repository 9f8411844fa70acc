// 今天：what the server last told with this device's own taps laid over it; all else is worked out from events.
import { on, tell } from "../../kiosk/js/bus.js";
import * as clock from "../../kiosk/js/clock.js";
import { get, put, remove } from "./db.js";
import { ownEvents } from "./outbox.js";

let told = null;
let room = null;
let seen = null;

on("outbox", () => (seen = null));

export async function load() {
  told = (await get("meta", "state")) ?? null;
  room = (await get("meta", "room")) ?? null;
}

export async function keep(state) {
  told = state;
  seen = null;
  await put("meta", state, "state");
  tell("day");
}

export async function forget() {
  [told, seen] = [null, null];
  await remove("meta", "state");
  tell("day");
}

export const isKnown = () => told !== null;
export const maySet = () => Boolean(told?.me?.may_set);
export const isToday = () => told?.day === clock.day();
export const institution = () => told?.institution.name ?? "";
export const people = () => told?.people ?? [];
export const rooms = () => told?.rooms ?? [];
export const ratio = () => told?.ratios.find((r) => r.room === here()?.id);
export const here = () => rooms().find((r) => r.id === room) ?? rooms()[0];

export async function enter(id) {
  room = id;
  await put("meta", id, "room");
  tell("day");
}

export const events = () => view().events;
export const children = () => view().children.filter((c) => c.room === here()?.id);
export const everyone = () => view().children;
export const present = () => children().filter((c) => c.state === "in");
export const child = (id) => view().byId.get(id);

function view() {
  if (seen?.day === clock.day()) return seen;
  const fresh = isToday();
  const found = new Map();
  for (const e of fresh ? told.events : []) found.set(e.id, e);
  for (const e of ownEvents()) {
    if (clock.day(Date.parse(e.at)) === clock.day()) found.set(e.id, { ...e, ...found.get(e.id) });
  }
  const undone = new Set();
  for (const e of found.values()) if (e.kind === "undo") undone.add(e.detail.of);
  const list = [...found.values()]
    .filter((e) => e.kind !== "undo")
    .map((e) => ({ ...e, undone: e.undone || undone.has(e.id), ms: Date.parse(e.at) }))
    .sort((a, b) => a.ms - b.ms || (a.id < b.id ? -1 : 1));
  const standing = list.filter((e) => !e.undone);
  const children = (told?.children ?? []).map((c) => derive(c, fresh, standing));
  seen = { day: clock.day(), events: list, children, byId: new Map(children.map((c) => [c.id, c])) };
  return seen;
}

function derive(child, fresh, standing) {
  const mine = standing.filter((e) => e.child === child.id);
  const state = fresh ? child.state : "";
  const move = mine.findLast((e) => e.kind === "move");
  const room = move && state === "in" ? move.detail.to : child.own;
  return { ...child, state, room, mine, nap: napOf(mine, child, state) };
}

// 同 care/rules.py：a nap, its checks, and what was missed
function napOf(mine, child, state) {
  let nap = null;
  for (const e of mine) {
    if (e.kind === "nap_start" && (!nap || nap.end)) nap = { start: e.ms, end: 0, checks: [] };
    else if (!nap || nap.end) continue;
    else if (e.kind === "nap_check") nap.checks.push({ at: e.ms, position: e.detail.position, did: "" });
    else if (e.kind === "nap_act" && nap.checks.length) nap.checks.at(-1).did = e.detail.did;
    else if (e.kind === "nap_end") nap.end = e.ms;
  }
  if (!nap || nap.end || state === "out") return null;
  const sleep = told.sleep;
  const minutes = child.months < 12 ? sleep.under_12 : child.months < 24 ? sleep.under_24 : sleep.from_24;
  const last = nap.checks.at(-1);
  const due = minutes ? (last?.at ?? nap.start) + minutes * 60000 : null;
  const act = child.months < 12 && last?.position === "prone" && !last.did;
  return { ...nap, minutes, last, due, act };
}

export function missed(nap, now) {
  if (!nap.minutes) return 0;
  const step = nap.minutes * 60000;
  let [count, seenAt] = [0, nap.start];
  for (const at of [...nap.checks.map((c) => c.at), now]) {
    count += Math.max(0, Math.ceil((at - seenAt) / step) - 1);
    seenAt = at;
  }
  return count;
}

export const sleepers = () => children().filter((c) => c.nap);
export const overdue = (now = clock.nowMs()) =>
  sleepers().filter((c) => c.nap.act || (c.nap.due !== null && c.nap.due < now));
