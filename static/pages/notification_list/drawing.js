// @ts-check
/** Puts a log that the server drew anew in the place of the one that is shown. */

/** @param {Element} item */
export function seqOf(item) {
  return Number(item.getAttribute("data-seq"));
}

/**
 * @param {EventTarget | null} part
 * @returns {HTMLElement | null}
 */
export function itemOf(part) {
  return part instanceof Element ? part.closest("li[data-seq]") : null;
}

/**
 * Take over how the deliveries of what is shown fare; nothing moves by that.
 * @param {HTMLElement} place
 * @param {DocumentFragment} drawn
 */
export function takeOver(place, drawn) {
  for (const item of place.querySelectorAll("[data-waiting]")) {
    const anew = drawn.querySelector(`#n${seqOf(item)}`);
    const [shown, ways] = [item.querySelector(".ways"), anew?.querySelector(".ways")];
    if (!anew || !shown || !ways) continue;
    // Put in anew, what has the focus would lose it.
    if (shown.innerHTML !== ways.innerHTML) shown.innerHTML = ways.innerHTML;
    item.toggleAttribute("data-waiting", anew.hasAttribute("data-waiting"));
  }
}

/**
 * Put in what was drawn; what was closed stays so.
 * @param {HTMLElement} place
 * @param {DocumentFragment} drawn
 */
export function swap(place, drawn) {
  for (const closed of place.querySelectorAll("details[data-key]:not([open])")) {
    const key = CSS.escape(closed.getAttribute("data-key") ?? "");
    drawn.querySelector(`details[data-key="${key}"]`)?.removeAttribute("open");
  }
  place.replaceChildren(drawn);
}
