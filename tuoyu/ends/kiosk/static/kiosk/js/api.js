// 与服务器通信：three requests; every answer is either data, "no network" or a refusal with its text.
import { hex, sha256, utf8 } from "./bytes.js";
import * as clock from "./clock.js";
import { sign } from "./keys.js";

const BASE = "/api/v1";
const TIMEOUT = 15000;

export class Offline extends Error {}

export class Refused extends Error {
  constructor(status, { code = "", error = "", now = null }) {
    super(error);
    const text = error || `服务器暂时不能处理（${status}），请稍后再试`;
    Object.assign(this, { status, code, text, now });
  }
}

async function ask(path, options) {
  if (!navigator.onLine) throw new Offline("设备未联网");
  let response;
  try {
    const guard = AbortSignal.timeout(TIMEOUT);
    response = await fetch(path, { credentials: "omit", cache: "no-store", signal: guard, ...options });
  } catch (error) {
    throw new Offline(String(error));
  }
  const body = await response.json().catch(() => null);
  if (response.ok && body) return body;
  throw new Refused(response.status, body ?? {});
}

const json = (value, headers = {}) => ({
  method: "POST",
  headers: { "Content-Type": "application/json", ...headers },
  body: JSON.stringify(value),
});

export const pair = (code, name, publicKey) =>
  ask(`${BASE}/devices/pair`, json({ code, name, public_key: publicKey }));

// 时钟不准时，答复里有准的：learn it and ask once more
export async function fetchRoster(device) {
  try {
    return await askRoster(device);
  } catch (error) {
    if (error.code !== "skew" || !error.now) throw error;
    await clock.learn(error.now);
    return askRoster(device);
  }
}

async function askRoster(device) {
  const path = `${BASE}/devices/roster`;
  const at = clock.iso();
  const digest = hex(await sha256(utf8("")));
  const signature = await sign(`GET\n${path}\n${at}\n${digest}`);
  return ask(path, { headers: { "X-Device": device, "X-Time": at, "X-Signature": signature } });
}

export function sendPackets(device, packets) {
  const bare = packets.map(({ body, signature }) => ({ body, signature }));
  const whole = { sent_at: clock.iso(), packets: bare };
  return ask(`${BASE}/attendance/events`, json(whole, { "X-Device": device }));
}
