// @ts-check
/** The choices of a button close as menus do: by Escape, and by whatever happens outside them. */

/** @param {HTMLElement} place */
export function closeChoices(place) {
  document.addEventListener("pointerdown", ({ target }) => close(place, target));
  document.addEventListener("focusin", ({ target }) => close(place, target));
  place.addEventListener("keydown", ({ key, target }) => {
    const open = target instanceof Element ? target.closest("details.choices-of[open]") : null;
    if (key !== "Escape" || !open) return;
    open.removeAttribute("open");
    open.querySelector("summary")?.focus();
  });
}

/**
 * @param {HTMLElement} place
 * @param {EventTarget | null} target
 */
function close(place, target) {
  for (const open of place.querySelectorAll("details.choices-of[open]"))
    if (!(target instanceof Node && open.contains(target))) open.removeAttribute("open");
}
