// 整屏面板：one at a time over the wall; keyboard stays inside, Escape leaves.
import { $, el } from "./dom.js";

let leave = null;
let before = null;
let shown = "";

export const isOpen = () => leave !== null;

export function open(name, children, { kind = "", stay = false, onkey = null, onclose = null } = {}) {
  const same = isOpen() && shown === name ? document.activeElement?.textContent : null;
  close();
  $("toasts").replaceChildren();
  before = document.activeElement;
  shown = name;
  const panel = el("section", {
    class: `kk-stage ${kind}`, role: "dialog", "aria-modal": "true", "aria-label": name, tabindex: "-1",
  }, ...children);
  const keys = (event) => {
    if (event.key === "Escape" && !stay) close();
    else onkey?.(event);
  };
  document.addEventListener("keydown", keys);
  $("kiosk").inert = true;
  $("stage").replaceChildren(panel);
  focusIn(panel, same);
  leave = () => {
    document.removeEventListener("keydown", keys);
    onclose?.();
  };
  return panel;
}

// 重画同一面板时，焦点留在同一个按钮上
function focusIn(panel, text) {
  const buttons = [...panel.querySelectorAll("button")];
  (buttons.find((b) => text && b.textContent === text) ?? panel).focus({ preventScroll: true });
}

export function close() {
  if (!leave) return;
  const work = leave;
  leave = null;
  $("stage").replaceChildren();
  $("kiosk").inert = false;
  work();
  if (before?.isConnected) before.focus({ preventScroll: true });
}
