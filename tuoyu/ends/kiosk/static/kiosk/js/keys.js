// 设备密钥：made in the browser and never leaving it (non-extractable); only the public point does.
import { base64url, utf8 } from "./bytes.js";
import { get, inOne } from "./db.js";

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGN = { name: "ECDSA", hash: "SHA-256" };
let kept = null;

export async function makeKeys() {
  const pair = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
  const point = await crypto.subtle.exportKey("raw", pair.publicKey);
  return { pair, publicKey: base64url(point) };
}

export async function keep(pair, device) {
  await inOne(["meta"], "readwrite", ({ meta }) => {
    meta.put(pair.privateKey, "key");
    meta.put(device, "device");
  });
  kept = pair.privateKey;
}

export async function sign(text) {
  kept ??= await get("meta", "key");
  return base64url(await crypto.subtle.sign(SIGN, kept, utf8(text)));
}
