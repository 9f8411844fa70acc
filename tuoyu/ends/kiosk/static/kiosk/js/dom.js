// 元素：built by code, texts as text; no markup is made of data.
const SVG = "http://www.w3.org/2000/svg";

export const $ = (id) => document.getElementById(id);

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") node.addEventListener("click", value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...real(children));
  return node;
}

// 条件不成立的子项是 false 或空，不放进去
const real = (children) => children.filter((child) => child != null && child !== false && child !== "");
export const fill = (node, ...children) => node.replaceChildren(...real(children));

export function icon(name, size = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", size ? `i i--${size}` : "i");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

export function button(text, onclick, { kind = "btn", glyph = "", size = "", ...rest } = {}) {
  return el("button", { type: "button", class: kind, onclick, ...rest }, glyph && icon(glyph, size), text);
}

export const svgNode = (attributes, drawing) => {
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  svg.innerHTML = drawing; // our own constant drawing, never data
  return svg;
};
