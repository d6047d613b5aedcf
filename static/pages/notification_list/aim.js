// @ts-check
/** Leads an address that names a notification to it: `?seq=813`, or `#n813` of any page. */

/** @param {HTMLElement} place */
export function aim(place) {
  const number = location.hash.match(/^#n(\d+)$/)?.[1];
  if (number && !document.getElementById(`n${number}`)) {
    if (!new URLSearchParams(location.search).has("seq")) {
      location.replace(`${location.pathname}?seq=${number}`);
    }
    return;
  }
  const item = place.querySelector(number ? `#n${number}` : ".aimed");
  if (!(item instanceof HTMLElement)) return;
  item.scrollIntoView({ block: "center" });
  item.focus({ preventScroll: true });
}
