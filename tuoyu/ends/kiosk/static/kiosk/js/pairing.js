// 配对：a one-time code from the director's page binds this tablet to one institution.
import { Offline, pair } from "./api.js";
import * as clock from "./clock.js";
import { get } from "./db.js";
import { $, button, el, icon } from "./dom.js";
import { keep, makeKeys } from "./keys.js";
import * as store from "./store.js";

const LENGTH = 8;
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "清空", "0", "删除"];
let [digits, told, busy] = ["", "", false];
let panel = null;

export function openPairing() {
  [digits, told, busy] = ["", "", false];
  $("kiosk").inert = true;
  panel = el("main", { class: "kk-stage kx-two kx-pairing", tabindex: "-1" });
  $("stage").replaceChildren(panel);
  document.addEventListener("keydown", typed);
  draw();
  panel.focus();
}

function draw() {
  const name = $("device-name")?.value ?? "大门平板";
  const boxes = [...Array(LENGTH).keys()].map((i) =>
    el("span", { class: i === digits.length ? "on" : "" }, digits[i] ?? ""),
  );
  const field = el("input", { class: "ty-input", id: "device-name", maxlength: "40", autocomplete: "off" });
  field.value = name;
  panel.replaceChildren(
    el("div", { class: "kx-code" },
      el("p", { class: "kx-mark" }, icon("tablet", "l"), "托育云 · 门口"),
      el("h2", {}, "配对这台平板"),
      el("p", {}, "园长登录后在「门口设备」生成 8 位配对码，一次有效。配对后断网也能登记。"),
      waitingNote(),
      el("div", { class: "kk-code", role: "img", "aria-label": `已输入 ${digits.length} 位` }, ...boxes),
      el("p", { class: "kx-error", role: "alert" }, told),
      el("div", { class: "kx-name" },
        el("label", { class: "form-label", for: "device-name" }, "这台平板的名称"), field),
      button(busy ? "正在配对" : "配对", send, {
        kind: "btn btn-primary", disabled: busy || digits.length < LENGTH, id: "pair",
      })),
    el("div", { class: "kk-pad" }, ...KEYS.map((k) => button(k, () => press(k), { kind: "" }))),
  );
}

const waitingNote = () =>
  store.waitingEvents() > 0 &&
  el("p", {}, el("b", {}, `还有 ${store.waitingEvents()} 条记录没有上传，配对后接着上传，不会丢。`));

function typed(event) {
  if (event.target.id === "device-name") return;
  if (/^\d$/.test(event.key)) press(event.key);
  else if (event.key === "Backspace") press("删除");
  else if (event.key === "Enter" && event.target === panel) send();
}

function press(key) {
  if (key === "清空") digits = "";
  else if (key === "删除") digits = digits.slice(0, -1);
  else if (digits.length < LENGTH) digits += key;
  told = "";
  draw();
}

async function send() {
  if (busy || digits.length < LENGTH) return;
  busy = true;
  const name = $("device-name").value.trim() || "大门平板";
  draw();
  try {
    const asked = Date.now();
    const { pair: keys, publicKey } = await makeKeys();
    const answer = await pair(digits, name, publicKey);
    await clock.learn(answer.now, asked);
    await keep(keys, { id: answer.device, name, institution: answer.institution });
    await store.signAgain();
    await navigator.storage?.persist?.();
    location.reload();
  } catch (error) {
    told = error instanceof Offline
      ? "连不上服务器。配对必须联网一次，请检查网络后再点「配对」。"
      : error.text || "没有配对成功，请再试一次；仍不行请园长重新生成配对码。";
    [busy, digits] = [false, error instanceof Offline ? digits : ""];
    draw();
  }
}

export const device = () => get("meta", "device");
