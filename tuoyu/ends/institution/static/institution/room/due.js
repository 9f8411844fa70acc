// 该喂的药：what is near or late in this room, as the server draws it; for a signed-in phone with network.
import { $, fill } from "../../kiosk/js/dom.js";
import * as day from "./day.js";
import { config, isTablet } from "./wire.js";

const AGAIN = 30_000;
let asked = { room: null, at: 0 };

export async function refresh() {
  const room = day.here()?.id;
  const isFresh = asked.room === room && Date.now() - asked.at < AGAIN;
  if (isTablet || !room || isFresh || !navigator.onLine) return;
  asked = { room, at: Date.now() };
  let answer;
  try {
    answer = await fetch(`${config.due}?room=${room}`, { cache: "no-store", redirect: "manual" });
  } catch {
    return; // 断网时以药单为准，不显示旧的提醒
  }
  if (!answer.ok || room !== day.here()?.id) return fill($("due"));
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
  $("due").replaceChildren(...drawn.body.children);
}
