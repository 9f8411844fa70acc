// 名册：what the server last told, kept on the device, with this tablet's own taps laid over it.
import * as clock from "./clock.js";
import { get, put, remove } from "./db.js";
import { ownEvents } from "./store.js";
import { on, tell } from "./bus.js";

let told = null;
let seen = null; // {day, list, byId}: made anew when something changes

on("store", () => (seen = null));

export async function load() {
  told = (await get("meta", "roster")) ?? null;
}

export async function keep(roster) {
  told = roster;
  seen = null;
  await put("meta", roster, "roster");
  tell("roster");
}

// 停用的平板不再留孩子的资料
export async function forget() {
  [told, seen] = [null, null];
  await remove("meta", "roster");
  tell("roster");
}

export const isKnown = () => told !== null;
export const isOfToday = () => told !== null && told.day === clock.day();
export const institution = () => told?.institution ?? { name: "门口" };
export const classes = () => told?.classes ?? [];
export const staff = () => told?.staff ?? [];
export const ratios = () => told?.ratios ?? [];
export const codes = () => ({ salt: told?.day_salt ?? "", list: told?.codes ?? [] });
export const children = () => view().list;
export const child = (id) => view().byId.get(id);

function view() {
  if (seen?.day === clock.day()) return seen;
  const events = new Map();
  for (const event of ownEvents()) {
    if (clock.day(Date.parse(event.at)) !== clock.day()) continue;
    events.set(event.child, [...(events.get(event.child) ?? []), event]);
  }
  const fresh = isOfToday();
  const list = (told?.children ?? []).map((c) => withTaps(c, fresh, events.get(c.id) ?? []));
  seen = { day: clock.day(), list, byId: new Map(list.map((c) => [c.id, c])) };
  return seen;
}

// 同 attendance_derive 的道理：the first arrival and the last leaving of the day
function withTaps(child, fresh, events) {
  const times = (kind, first) => [first, ...events.filter((e) => e.kind === kind).map((e) => e.at)];
  const ins = times("in", fresh && child.in_at).filter(Boolean).sort(byInstant);
  const outs = times("out", fresh && child.out_at).filter(Boolean).sort(byInstant);
  const status = outs.length ? "out" : ins.length ? "in" : fresh ? child.status : "";
  return { ...child, status, in_at: ins[0] ?? null, out_at: outs.at(-1) ?? null };
}

const byInstant = (a, b) => Date.parse(a) - Date.parse(b);

export function summary() {
  const list = children();
  const away = list.filter((c) => c.status === "leave").length;
  const came = list.filter((c) => c.status === "in" || c.status === "out").length;
  return `今天应到 ${list.length - away} 人，已到 ${came} 人`;
}
