// 小件：faces to tap, rows of choices, the panel from below, the loud stage, a word that goes by itself.
import { $, button, el, fill, icon } from "../../kiosk/js/dom.js";
import { face } from "../../kiosk/js/faces.js";

export const careMark = (child) => child.allergy && el("span", {
  class: "rm-care", title: child.allergy, role: "img", "aria-label": `忌口：${child.allergy}`,
}, "忌");

export function tile(child, { pressed = null, note = "", kind = "", onclick }) {
  const attributes = { type: "button", class: `rm-face ${kind}`, "data-child": child.id, onclick };
  if (pressed !== null) attributes["aria-pressed"] = String(pressed);
  return el("button", attributes,
    pressed && el("span", { class: "tick" }, icon("check")), careMark(child),
    face(child.id), el("b", {}, child.name), el("small", {}, note));
}

export function choices(label, known, value, choose) {
  return el("div", { class: "rm-choices", role: "group", "aria-label": label },
    ...Object.entries(known).map(([code, text]) =>
      button(text, () => choose(code), { kind: "ty-chip", "aria-pressed": String(String(code) === String(value)) })));
}

// 从下面起的一块：one at a time; Escape and 返回 close it
let before = null;
export function openPanel(title, body, foot) {
  const panel = el("section", { class: "rm-panel", role: "dialog", "aria-modal": "true", "aria-label": title, tabindex: "-1" },
    el("header", {}, el("h2", {}, title), el("span", { class: "end" }),
      button("返回", closePanel, { kind: "btn", glyph: "x", size: "s" })),
    el("div", { class: "body" }, ...body.filter(Boolean)), el("footer", {}, ...foot.filter(Boolean)));
  const old = $("panel").firstElementChild;
  const held = old?.contains(document.activeElement) ? document.activeElement.textContent : "";
  const scroll = old?.querySelector(".body")?.scrollTop ?? 0;
  if (!old) before = document.activeElement;
  $("panel").replaceChildren(panel);
  $("kiosk").inert = true;
  panel.addEventListener("keydown", (e) => e.key === "Escape" && closePanel());
  panel.querySelector(".body").scrollTop = scroll;
  const same = [...panel.querySelectorAll("button")].find((b) => held && b.textContent === held);
  (same ?? panel).focus({ preventScroll: true });
}

export function closePanel() {
  $("panel").replaceChildren();
  $("kiosk").inert = Boolean($("stage").firstElementChild);
  if (before?.isConnected) before.focus({ preventScroll: true });
}

// 占满屏的一句要紧话
export function openStage(kind, title, children) {
  const stage = el("section", { class: `kk-stage rm-stage ${kind}`, role: "alertdialog", "aria-modal": "true", "aria-label": title, tabindex: "-1" },
    el("h2", {}, title), ...children.filter(Boolean));
  hush();
  $("stage").replaceChildren(stage);
  $("kiosk").inert = true;
  stage.focus({ preventScroll: true });
  if (kind === "is-stop") buzz([200, 100, 200]);
}

export function closeStage() {
  $("stage").replaceChildren();
  $("kiosk").inert = Boolean($("panel").firstElementChild);
}

export const buzz = (pattern) => navigator.userActivation?.hasBeenActive && navigator.vibrate?.(pattern);

let timer = 0;
export function say(kind, text, act = null) {
  const glyph = { ok: "ok", warn: "info", danger: "alert" }[kind];
  fill($("toasts"), el("div", { class: `ty-alert is-${kind} rm-said` }, icon(glyph), el("b", {}, text), act));
  clearTimeout(timer);
  timer = setTimeout(hush, 8000);
  if (kind === "ok") buzz(30);
}

export const hush = () => $("toasts").replaceChildren();

export const empty = (text) => el("p", { class: "kx-empty" }, icon("info", "l"), text);
