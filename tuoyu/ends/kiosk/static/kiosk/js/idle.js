// 回到待机：after 20 s without a touch the choice is cleared and panels are closed.
import * as choice from "./choice.js";
import * as stage from "./stage.js";
import { $ } from "./dom.js";
import { tell } from "./bus.js";

const REST = 20000;
let timer = 0;
let renew = false;

export function start() {
  for (const name of ["pointerdown", "keydown"]) addEventListener(name, touched, true);
  touched();
}

// 有新版本：taken up when nobody is in the middle of anything
export function renewWhenIdle() {
  renew = true;
  if (choice.isEmpty() && !stage.isOpen()) rest();
}

function touched() {
  clearTimeout(timer);
  timer = setTimeout(rest, REST);
}

function rest() {
  stage.close();
  choice.clear();
  $("main").scrollTop = 0;
  tell("idle");
  if (renew) location.reload();
}
