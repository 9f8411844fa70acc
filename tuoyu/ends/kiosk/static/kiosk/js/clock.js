// 业务时钟：server time as of the last contact; a tablet's own clock may be wrong, a demo city's is old.
import { tell } from "./bus.js";
import { get, put } from "./db.js";

const ZONE_MS = 8 * 3600 * 1000; // Asia/Shanghai, no summer time
let offset = 0;

export async function load() {
  move((await get("meta", "offset")) ?? 0);
}

// 换了时辰：whoever decided something by the hour decides again
function move(to) {
  const jumped = Math.abs(to - offset) > 60_000;
  offset = to;
  if (jumped) tell("clock");
}

// `asked` is Date.now() before the request: half of the way there is taken off
export async function learn(serverNow, asked = Date.now()) {
  const middle = (asked + Date.now()) / 2;
  move(Date.parse(serverNow) - middle);
  await put("meta", offset, "offset");
}

export const nowMs = () => Date.now() + offset;
const local = (ms) => new Date(ms + ZONE_MS).toISOString();
export const iso = (ms = nowMs()) => `${local(ms).slice(0, 23)}+08:00`;
export const day = (ms = nowMs()) => local(ms).slice(0, 10);
export const hhmm = (when = nowMs()) =>
  local(typeof when === "number" ? when : Date.parse(when)).slice(11, 16);

// 先后：the offset is learnt anew with each contact; a later tap is never stamped earlier for that
let last = 0;
export function stampMs() {
  const now = nowMs();
  last = now <= last && last - now < 60_000 ? last + 1 : now;
  return last;
}
export const stamp = () => iso(stampMs());
export const step = () => Math.floor(nowMs() / 30000);
