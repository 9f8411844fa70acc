// 与服务器通信：a paired tablet signs, a teacher's phone is signed in; the answers are the same.
import { hex, sha256, utf8 } from "../../kiosk/js/bytes.js";
import * as clock from "../../kiosk/js/clock.js";
import { get } from "../../kiosk/js/db.js";
import { sign } from "../../kiosk/js/keys.js";

export const config = JSON.parse(document.getElementById("room-config").textContent);
export const isTablet = config.mode === "device";
const TIMEOUT = 15000;
let token = "";

export class Offline extends Error {}

export class Refused extends Error {
  constructor(status, { code = "", error = "", now = null } = {}) {
    super(error);
    const text = error || `服务器暂时不能处理（${status}），请稍后再试`;
    Object.assign(this, { status, code, text, now });
  }
}

async function ask(path, options) {
  if (!navigator.onLine) throw new Offline("设备未联网");
  let response;
  try {
    const signal = AbortSignal.timeout(TIMEOUT);
    response = await fetch(path, { cache: "no-store", redirect: "manual", signal, ...options });
  } catch (error) {
    throw new Offline(String(error));
  }
  if (response.type === "opaqueredirect") throw new Refused(401, { code: "signed-out", error: "请重新登录" });
  const body = await response.json().catch(() => null);
  if (response.ok && body) return body;
  throw new Refused(response.status, body ?? {});
}

export const device = () => get("meta", "device");

async function signed(method, path, body) {
  const paired = await device();
  if (!paired) throw new Refused(401, { code: "unpaired", error: "平板还没有配对" });
  const at = clock.iso();
  const digest = hex(await sha256(utf8(body)));
  const signature = await sign(`${method}\n${path}\n${at}\n${digest}`);
  return { "X-Device": paired.id, "X-Time": at, "X-Signature": signature };
}

export async function fetchState() {
  const asked = Date.now();
  const once = async () => {
    const headers = isTablet ? await signed("GET", config.state, "") : {};
    return ask(config.state, { headers, credentials: isTablet ? "omit" : "same-origin" });
  };
  let told;
  try {
    told = await once();
  } catch (error) {
    if (error.code !== "skew" || !error.now) throw error;
    await clock.learn(error.now);
    told = await once();
  }
  await clock.learn(told.now, asked);
  token = told.csrf ?? "";
  return told;
}

export async function sendPackets(packets) {
  const bare = packets.map(({ body, signature }) => (signature ? { body, signature } : { body }));
  const headers = { "Content-Type": "application/json" };
  if (isTablet) headers["X-Device"] = (await device())?.id ?? "";
  else headers["X-CSRFToken"] = token;
  return ask(config.events, {
    method: "POST", headers, credentials: isTablet ? "omit" : "same-origin",
    body: JSON.stringify({ sent_at: clock.iso(), packets: bare }),
  });
}

export async function unlock(user, pin) {
  const body = JSON.stringify({ user, pin });
  const headers = { "Content-Type": "application/json", ...(await signed("POST", config.unlock, body)) };
  return ask(config.unlock, { method: "POST", headers, credentials: "omit", body });
}
