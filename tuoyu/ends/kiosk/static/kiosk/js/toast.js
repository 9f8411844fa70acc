// 提示：said once, also aloud to a screen reader; gone by itself.
import { $, el, icon } from "./dom.js";

const GLYPHS = { ok: "ok", warn: "info", danger: "alert" };
let timer = 0;

export function toast(kind, text, more = "") {
  const body = el("div", {}, el("b", {}, text), more && el("p", {}, more));
  $("toasts").replaceChildren(el("div", { class: `ty-alert is-${kind}` }, icon(GLYPHS[kind]), body));
  clearTimeout(timer);
  timer = setTimeout(() => $("toasts").replaceChildren(), 6000);
  if (kind === "ok") navigator.vibrate?.(30);
  if (kind === "danger") navigator.vibrate?.([60, 60, 60]);
}
