// 经手人：who acts now. On a tablet a face and four digits; after 60 s without a touch nobody does.
import { base64url, fromBase64url, utf8 } from "../../kiosk/js/bytes.js";
import { tell } from "../../kiosk/js/bus.js";
import { get, put } from "./db.js";
import { Offline, isTablet, unlock } from "./wire.js";

const REST = 60000;
const ROUNDS = 310000;
const TRIES = 5;
const PAUSE = 15 * 60000; // 断网连错后停
let now = null;
let timer = 0;

export const acting = () => now;

export function start() {
  if (!isTablet) return;
  for (const name of ["pointerdown", "keydown"]) addEventListener(name, touched, true);
}

export function become(person) {
  if (now?.id === person?.id && now?.name === person?.name) return;
  now = person;
  touched();
  tell("acting");
}

export function lock() {
  clearTimeout(timer);
  if (!isTablet || now === null) return;
  now = null;
  tell("acting");
}

function touched() {
  clearTimeout(timer);
  if (isTablet && now) timer = setTimeout(lock, REST);
}

// 核对口令：by the server when there is network, else by what this person unlocked here before
export async function enter(person, pin) {
  const known = await get("meta", `acting:${person.id}`);
  try {
    const { proof } = await unlock(person.id, pin);
    await keep(person, pin, proof);
    return { ...person, proof };
  } catch (error) {
    if (!(error instanceof Offline)) throw error;
  }
  if (!known) throw new Error("断网时只能用在这台平板上解锁过的人；请连网后先解锁一次");
  return { ...person, proof: await offline(person, pin, known) };
}

async function keep(person, pin, proof) {
  const [salt, iv] = [crypto.getRandomValues(new Uint8Array(16)), crypto.getRandomValues(new Uint8Array(12))];
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keyOf(pin, salt), utf8(proof));
  const [s, i, c] = [salt, iv, sealed].map(base64url);
  await put("meta", { salt: s, iv: i, sealed: c, wrong: 0, until: 0 }, `acting:${person.id}`);
}

async function offline(person, pin, known) {
  if (Date.now() < known.until) throw new Error("连续输错，已锁定 15 分钟，请稍后再试或连网后再试");
  try {
    const [salt, iv, sealed] = [known.salt, known.iv, known.sealed].map(fromBase64url);
    const open = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await keyOf(pin, salt), sealed);
    await put("meta", { ...known, wrong: 0, until: 0 }, `acting:${person.id}`);
    return new TextDecoder().decode(open);
  } catch {
    const wrong = known.wrong + 1;
    const until = wrong >= TRIES ? Date.now() + PAUSE : 0;
    await put("meta", { ...known, wrong: until ? 0 : wrong, until }, `acting:${person.id}`);
    throw new Error(until ? "连续输错 5 次，已锁定 15 分钟" : `口令不对，还可以再试 ${TRIES - wrong} 次`);
  }
}

async function keyOf(pin, salt) {
  const raw = await crypto.subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }, raw,
    { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"],
  );
}
