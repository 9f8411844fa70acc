// 人体图：a tap on the drawing ticks the same box in the list beside it, and the other way round.
const boxes = (form) => [...form.querySelectorAll("input[name=mark]")];

function draw(form) {
  const on = new Set(boxes(form).filter((b) => b.checked).map((b) => b.value));
  for (const part of form.querySelectorAll("[data-body-map] [data-part]")) {
    part.classList.toggle("is-on", on.has(part.dataset.part));
  }
}

document.addEventListener("click", (event) => {
  const part = event.target.closest?.("[data-body-map] [data-part]");
  const form = part?.closest("form");
  if (!form) return;
  const box = boxes(form).find((b) => b.value === part.dataset.part);
  if (!box) return;
  box.checked = !box.checked;
  draw(form);
});
document.addEventListener("change", (event) => {
  if (event.target.name === "mark" && event.target.form) draw(event.target.form);
});
for (const map of document.querySelectorAll("form [data-body-map]")) draw(map.closest("form"));
