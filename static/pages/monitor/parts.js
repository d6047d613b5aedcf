// @ts-check
/** Draws anew what the server draws: the page is read again and its changed parts are put in. */

/**
 * @param {Element} root
 * @returns {Promise<boolean>} Whether the page could be read.
 */
export async function redraw(root) {
  const answer = await fetch(location.pathname);
  if (!answer.ok) return false;
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of root.querySelectorAll("[data-part]")) {
    const anew = drawn.querySelector(`[data-part="${part.getAttribute("data-part")}"]`);
    if (anew && comparable(anew) !== comparable(part)) put(part, anew);
  }
  return true;
}

/**
 * @param {Element} part
 * @param {Element} anew
 */
function put(part, anew) {
  if (part instanceof HTMLDetailsElement) anew.toggleAttribute("open", part.open);
  part.replaceWith(document.adoptNode(anew));
}

/**
 * What a part says, without the secret of its form, which is another each time.
 * @param {Element} part
 */
function comparable(part) {
  return part.outerHTML.replace(/(name="csrfmiddlewaretoken" value=")[^"]*/g, "$1").replace(' open=""', "");
}

/**
 * Changes when the page has to be drawn anew; the server writes the same (`Card.signature`).
 * @param {any} monitor
 */
export function signature(monitor) {
  const rules = monitor.rules.map(
    (/** @type {any} */ rule) => `${rule.id}:${rule.state}:${rule.fired_count}`,
  );
  return [monitor.status, monitor.updated_at, ...rules].join(" ");
}
