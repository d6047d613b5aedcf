// @ts-check
/** Keeps somebody where they are in the list while it is drawn anew: by the keyboard, and on the screen. */

const TARGETS = "a, button, input, summary";
const HOLDERS = ["data-monitor", "data-group"];

/**
 * Remember where somebody is; return what leads back there.
 * @param {HTMLElement} root
 */
export function keepPlace(root) {
  const [focus, scroll] = [keepFocus(root), keepScroll(root)];
  return () => {
    focus();
    scroll();
    // Rows that nobody has seen yet have the height of any; what is seen now has its own.
    requestAnimationFrame(() => requestAnimationFrame(scroll));
  };
}

/** @param {HTMLElement} root */
function keepFocus(root) {
  const active = document.activeElement;
  const name = HOLDERS.find((one) => active?.closest(`[${one}]`));
  if (!active || !name || !root.contains(active)) return () => {};
  const holder = /** @type {Element} */ (active.closest(`[${name}]`));
  const at = [...holder.querySelectorAll(TARGETS)].indexOf(active);
  return () => {
    const targets = same(root, holder, name)?.querySelectorAll(TARGETS);
    const target = targets?.[at] ?? targets?.[0];
    if (target instanceof HTMLElement) target.focus({ preventScroll: true });
  };
}

/** @param {HTMLElement} root */
function keepScroll(root) {
  if (root.getBoundingClientRect().top >= 0) return () => {};
  const rows = [...root.querySelectorAll("[data-monitor]")];
  const first = rows.find((row) => row.getBoundingClientRect().bottom > 0);
  const before = first?.getBoundingClientRect().top ?? 0;
  return () => {
    const anew = first && same(root, first, "data-monitor");
    if (anew) window.scrollBy(0, anew.getBoundingClientRect().top - before);
  };
}

/**
 * @param {HTMLElement} root
 * @param {Element} element
 * @param {string} name The attribute that both have.
 */
function same(root, element, name) {
  return root.querySelector(`[${name}="${CSS.escape(element.getAttribute(name) ?? "")}"]`);
}
