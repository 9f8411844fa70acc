// 相机扫码：asked for only when somebody wants it; then it stays on until it is switched off.
import { accept } from "./arrive.js";
import { $, el } from "./dom.js";
import * as stage from "./stage.js";
import { toast } from "./toast.js";

const EVERY = 150; // 毫秒
const WIDTH = 480;
const SAME_AGAIN = 4000; // 同一个码 4 秒内只认一次
let stream = null;
let timer = 0;
let last = { text: "", at: 0 };

export function start() {
  $("scan").addEventListener("click", () => (stream ? stop() : begin()));
  document.addEventListener("visibilitychange", () => document.hidden && stream && stop());
}

async function begin() {
  try {
    if (!navigator.mediaDevices) throw new DOMException("", "NotFoundError");
    await loadReader();
    const video = { facingMode: "user", width: { ideal: 640 } };
    stream = await navigator.mediaDevices.getUserMedia({ video });
  } catch (error) {
    return toast("danger", ...reason(error.name));
  }
  const view = el("video", { muted: true, playsinline: true, "aria-hidden": "true" });
  view.srcObject = stream;
  $("scan").prepend(view);
  $("scan").classList.add("is-on");
  $("scan-title").textContent = "正在扫码";
  $("scan-note").textContent = "点一下关相机";
  await view.play();
  return look(view, document.createElement("canvas"));
}

const reason = (name) =>
  name === "NotAllowedError"
    ? ["没有相机权限", "请在浏览器地址栏的权限里允许相机；也可用扫码枪或输入 6 位码"]
    : ["没有找到可用的相机", "可用扫码枪、输入 6 位码，或由老师点头像"];

export function stop() {
  clearTimeout(timer);
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  $("scan").querySelector("video")?.remove();
  $("scan").classList.remove("is-on");
  $("scan-title").textContent = "接送码对准这里";
  $("scan-note").textContent = "点开相机，或用扫码枪";
}

function loadReader() {
  if (globalThis.jsQR) return null;
  return new Promise((resolve, reject) => {
    const script = el("script", { src: $("kiosk").dataset.reader });
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
}

async function look(view, canvas) {
  if (!stream) return;
  const text = stage.isOpen() ? null : read(view, canvas);
  if (text && (text !== last.text || performance.now() - last.at > SAME_AGAIN)) {
    last = { text, at: performance.now() };
    await accept(text);
  }
  timer = setTimeout(() => look(view, canvas), EVERY);
}

function read(view, canvas) {
  if (!view.videoWidth) return null;
  canvas.width = WIDTH;
  canvas.height = Math.round((WIDTH * view.videoHeight) / view.videoWidth);
  const paint = canvas.getContext("2d", { willReadFrequently: true });
  paint.drawImage(view, 0, 0, canvas.width, canvas.height);
  const { data, width, height } = paint.getImageData(0, 0, canvas.width, canvas.height);
  return globalThis.jsQR(data, width, height, { inversionAttempts: "dontInvert" })?.data ?? null;
}
