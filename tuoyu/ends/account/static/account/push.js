// 开启推送：asked for at the tap, never before; where the browser has none, the page says so.
const box = document.getElementById("push");
const button = box?.querySelector("button");
const words = box?.querySelector("[role=status]");

function say(text) { if (words) words.textContent = text; }

function bytes(text) {
  const plain = atob((text + "=".repeat((4 - (text.length % 4)) % 4)).replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (c) => c.charCodeAt(0));
}

async function turnOn() {
  if (await Notification.requestPermission() !== "granted") {
    say("浏览器没有允许通知。请在浏览器的网站设置里允许后再点一次；站内消息不受影响。");
    return;
  }
  const kept = await navigator.serviceWorker.register(box.dataset.worker, { scope: box.dataset.scope, updateViaCache: "none" });
  while (!kept.active) await new Promise((done) => {
    const coming = kept.installing ?? kept.waiting;
    coming ? coming.addEventListener("statechange", done, { once: true }) : done();
  });
  const made = await kept.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(box.dataset.key) });
  const answer = await fetch(box.dataset.url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content },
    body: JSON.stringify(made),
  });
  if (answer.ok) location.reload();
  else say("没有开启：推送服务不在可用名单内，或网络没有连上；站内消息不受影响。");
}

if (box && button) {
  if ("serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
    button.hidden = false;
    button.addEventListener("click", () => {
      button.disabled = true;
      turnOn().catch(() => say("没有开启：这个浏览器连不上它的推送服务；站内消息不受影响。")).finally(() => { button.disabled = false; });
    });
  } else {
    say("这个浏览器不能推送（微信里、或没有加到桌面的苹果手机）。站内消息和短信提醒不受影响。");
  }
}
