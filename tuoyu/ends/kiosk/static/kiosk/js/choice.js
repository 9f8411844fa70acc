// 当前选择：who is ticked, which way they go, who brings or fetches them, and what the check found.
import * as clock from "./clock.js";
import * as roster from "./roster.js";
import { on, tell } from "./bus.js";

const AFTERNOON = 15; // 离园时段：from this hour the wall starts with leaving

const usual = () => (Number(clock.hhmm().slice(0, 2)) >= AFTERNOON ? "out" : "in");
const fresh = () => ({
  mode: usual(),
  ids: new Set(),
  leftOut: new Set(), // siblings that somebody unticked: not ticked again by themselves
  by: null, // {id, relation}
  bearer: "",
  method: "wall",
  checks: new Map(), // child → {temperature?, symptoms}
});

let now = fresh();

on("clock", () => isEmpty() && clear()); // the tablet's own clock may have said afternoon

export const current = () => now;
export const picked = () => [...now.ids].map(roster.child).filter(Boolean);
export const isEmpty = () => now.ids.size === 0;
export const fits = (child, mode = now.mode) =>
  mode === "in" ? child.status !== "in" && child.status !== "out" : child.status === "in";

export function clear() {
  now = fresh();
  tell("choice");
}

export function swap() {
  const mode = now.mode === "in" ? "out" : "in";
  const { by, method } = now;
  const kept = (method === "qr" ? ofGuardian(by) : picked()).filter((c) => fits(c, mode));
  const same = method === "qr" && kept.length > 0 ? { by, method } : {};
  now = { ...fresh(), ...same, mode, ids: new Set(kept.map((c) => c.id)) };
  tell("choice");
}

const knows = (child, by) => child.pickers.some((p) => p.id === by.id);
const ofGuardian = (by) => roster.children().filter((c) => knows(c, by));

// 点一个头像：answers false when this child cannot go this way
export function toggle(id) {
  const child = roster.child(id);
  if (now.ids.delete(id)) {
    now.leftOut.add(id);
    if (isEmpty()) return clear() ?? true;
    return tell("choice") ?? true;
  }
  if (isEmpty() && !fits(child)) now.mode = now.mode === "in" ? "out" : "in";
  if (!fits(child)) return false;
  now.ids.add(id);
  // 不是这个人的孩子：then it is the teacher who attests
  if (now.by && !knows(child, now.by)) Object.assign(now, { by: null, bearer: "", method: "wall" });
  siblingsOf(child).forEach((s) => now.ids.add(s.id));
  tell("choice");
  return true;
}

function siblingsOf(child) {
  const near = (child.siblings ?? []).map(roster.child).filter(Boolean);
  return near.filter((s) => fits(s) && s.status !== "leave" && !now.leftOut.has(s.id));
}

export function pickAll(children) {
  const fit = children.filter((c) => fits(c) && c.status !== "leave");
  const full = fit.length > 0 && fit.every((c) => now.ids.has(c.id));
  now = { ...fresh(), mode: now.mode, ids: new Set(full ? [] : fit.map((c) => c.id)) };
  tell("choice");
  return fit.length;
}

export function preset({ mode, ids, by = null, bearer = "", method }) {
  now = { ...fresh(), mode, by, bearer, method, ids: new Set(ids) };
  tell("choice");
}

export function setBy(picker) {
  now.by = now.by?.id === picker.id ? null : picker;
  tell("choice");
}

export function setCheck(id, check) {
  if (check) now.checks.set(id, check);
  else now.checks.delete(id);
  tell("choice");
}

export const pickersOfAll = () => {
  const [first, ...others] = picked();
  const may = (child, id) => child.pickers.some((p) => p.id === id && !p.blocked);
  return (first?.pickers ?? []).filter((p) => !p.blocked && others.every((c) => may(c, p.id)));
};
