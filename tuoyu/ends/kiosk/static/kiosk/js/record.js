// 记一次：makes the events of one tap, signs them as one packet and keeps it before anything is told.
import { uuid7 } from "./bytes.js";
import * as clock from "./clock.js";
import { add } from "./store.js";
import { tell } from "./bus.js";

export async function record(children, { kind, method, by = null, bearer = "", checks = new Map() }) {
  const at = clock.stampMs();
  const events = children.map((child) => ({
    id: uuid7(at),
    child: child.id,
    kind,
    at: clock.iso(at),
    method,
    evidence: evidence(by, bearer, checks.get(child.id)),
  }));
  await add(events);
  tell("recorded");
  return { at, ids: events.map((e) => e.id) };
}

function evidence(by, bearer, check) {
  const found = {};
  if (by) found.by = by.id;
  if (bearer) found.bearer = bearer;
  if (check?.temperature) found.temperature = check.temperature;
  if (check?.symptoms.length) found.symptoms = check.symptoms;
  return found;
}
