// 头像：the same rule and drawings as tuoyu/ui/faces.py, so a child has one face on every page.
import { crc32 } from "./bytes.js";
import { $, el, svgNode } from "./dom.js";

const parts = JSON.parse($("faces").textContent);

export function drawing(number) {
  let seed = crc32(`face:${number}`);
  const take = (list) => {
    const found = list[seed % list.length];
    seed = Math.floor(seed / list.length);
    return found;
  };
  const hair = take(parts.hairs);
  const eyes = take(parts.eyes);
  const mouth = take(parts.mouths);
  return { ground: (seed % parts.grounds) + 1, inside: `${parts.head}${eyes}${mouth}${hair}` };
}

export function face(number) {
  const { ground, inside } = drawing(number);
  return svgNode({ class: `av b${ground}`, viewBox: "0 0 64 64", "aria-hidden": "true" }, inside);
}

// 头像带忌口标记：wherever a child's face stands alone
export const portrait = (child) =>
  el("span", { class: "kx-av" }, face(child.id), child.allergy && el("span", {
    class: "kx-care", title: child.allergy, role: "img", "aria-label": `忌口：${child.allergy}`,
  }, "忌"));
