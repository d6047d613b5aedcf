// @ts-check
/** The menu in the header closes as menus do: by Escape, and by whatever happens outside it. */

export function menu() {
  const box = document.getElementById("menu");
  if (!(box instanceof HTMLDetailsElement)) return;
  document.addEventListener("pointerdown", (event) => {
    if (event.target instanceof Node && !box.contains(event.target)) box.open = false;
  });
  box.addEventListener("focusout", (event) => {
    if (event.relatedTarget instanceof Node && !box.contains(event.relatedTarget)) box.open = false;
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !box.open) return;
    box.open = false;
    box.querySelector("summary")?.focus();
  });
}
