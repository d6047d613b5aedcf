// @ts-check
/** Draws anew what the server draws: the page is read again and its changed parts are put in. */

const TARGETS = "a, button, summary";
/** What somebody is writing in; an `edit-over` comes from it when that is done. */
const OPEN = "input:focus, .level-field, details.writing[open]";

/**
 * @param {Element} root
 * @returns {Promise<boolean>} Whether all is drawn: not where somebody is typing.
 */
export async function redraw(root) {
  const answer = await fetch(location.pathname);
  if (!answer.ok) return true;
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
  let isAll = true;
  for (const part of root.querySelectorAll("[data-part]")) {
    const anew = drawn.querySelector(`[data-part="${part.getAttribute("data-part")}"]`);
    if (!anew || comparable(anew) === comparable(part)) continue;
    if (part.querySelector(OPEN)) isAll = false;
    else put(part, anew);
  }
  return isAll;
}

/**
 * Put a part in; whoever was at one of its buttons is at the same one again.
 * @param {Element} part
 * @param {Element} anew
 */
function put(part, anew) {
  if (part instanceof HTMLDetailsElement) anew.toggleAttribute("open", part.open);
  const at = [...part.querySelectorAll(TARGETS)].findIndex((one) => one === document.activeElement);
  part.replaceWith(document.adoptNode(anew));
  const target = at < 0 ? undefined : anew.querySelectorAll(TARGETS)[at];
  if (target instanceof HTMLElement) target.focus();
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
