// 联网状态：what it is, what waits, and what a person must do; said aloud when it changes.
import { $, icon } from "./dom.js";
import { openPairing } from "./pairing.js";
import { standing } from "./sync.js";
import { waitingEvents } from "./store.js";
import { on } from "./bus.js";

const LOOKS = {
  starting: ["", "cloud", "正在连接", ""],
  ok: ["is-ok", "cloud", "已联网", "正在上传"],
  offline: ["", "cloudoff", "断网可用", ""],
  failing: ["", "cloudoff", "暂时传不上", ""],
  unpaired: ["is-danger", "lock", "设备已停用", ""],
};

export function start() {
  on("standing", draw);
  on("store", draw);
  $("pair-again").addEventListener("click", openPairing);
  draw();
}

function draw() {
  const [look, glyph, text, busy] = LOOKS[standing()];
  $("pair-again").hidden = standing() !== "unpaired";
  const count = waitingEvents();
  const whole = count === 0 ? text : busy ? `${busy} ${count} 条` : `${text} · ${count} 条待上传`;
  if ($("net").textContent.trim() === whole) return;
  $("net").className = `kk-net ${look}`;
  $("net").replaceChildren(icon(glyph), whole);
}
