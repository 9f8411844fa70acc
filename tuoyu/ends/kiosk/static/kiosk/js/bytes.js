// 编码与散列：the few conversions that keys, codes and event ids need.
const TEXT = new TextEncoder();
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export const utf8 = (text) => TEXT.encode(text);

export function base64url(buffer) {
  const binary = Array.from(new Uint8Array(buffer), (b) => String.fromCharCode(b)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function fromBase64url(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (c) => c.charCodeAt(0));
}

export const hex = (buffer) =>
  Array.from(new Uint8Array(buffer), (b) => b.toString(16).padStart(2, "0")).join("");

export function base32(buffer) {
  let [bits, value, text] = [0, 0, ""];
  for (const byte of new Uint8Array(buffer)) {
    value = (value << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32[(value >>> (bits - 5)) & 31];
    value &= (1 << bits) - 1;
  }
  return bits ? text + BASE32[(value << (5 - bits)) & 31] : text;
}

export const sha256 = (bytes) => crypto.subtle.digest("SHA-256", bytes);

export async function hmac(key, text) {
  const made = await crypto.subtle.importKey(
    "raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"],
  );
  return crypto.subtle.sign("HMAC", made, utf8(text));
}

// 时间有序的编号（UUIDv7）, on the business clock
export function uuid7(unixMs) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let ms = Math.floor(unixMs);
  for (let i = 5; i >= 0; i -= 1) {
    bytes[i] = ms % 256;
    ms = Math.floor(ms / 256);
  }
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const text = hex(bytes);
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]].map(([a, b]) => text.slice(a, b)).join("-");
}

export function crc32(text) {
  let crc = ~0;
  for (const byte of utf8(text)) {
    crc ^= byte;
    for (let i = 0; i < 8; i += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
