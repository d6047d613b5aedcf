// @ts-check
/** The list by keyboard. Single keys may be turned off, and never act while somebody types. */

const OFF = "keys-off";
/** Milliseconds within which the second key of two must come. */
const SEQUENCE_MS = 1500;

/**
 * @param {import("./rows.js").Rows | null} rows Null where there is no list.
 * @param {() => void} resort
 */
export function keys(rows, resort) {
  const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById("keys"));
  if (!dialog) return;
  const search = /** @type {HTMLInputElement | null} */ (
    document.querySelector("#arranging [type=search]")
  );
  const inRow = (/** @type {string} */ part) =>
    /** @type {HTMLElement | null} */ (
      document.activeElement?.closest("[data-monitor]")?.querySelector(part) ?? null
    );

  /** @type {Record<string, () => void>} */
  const acts = {
    "/": () => search?.focus(),
    "?": () => dialog.showModal(),
    j: () => step(rows, 1),
    k: () => step(rows, -1),
    e: () => {
      const address = inRow("[data-edit]")?.dataset.edit;
      if (address) location.assign(address);
    },
    p: () => inRow("[data-act=pause]")?.click(),
    x: () => inRow(".tick")?.click(),
    s: resort,
    n: () => document.getElementById("quick-line")?.focus(),
  };
  let before = "";
  let at = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (dialog.open || isTyping(event.target) || localStorage.getItem(OFF)) return;
    const isSecond = before === "g" && event.timeStamp - at < SEQUENCE_MS;
    before = event.key;
    at = event.timeStamp;
    const known = isSecond ? dialog.querySelector(`[data-key="g${CSS.escape(event.key)}"]`) : null;
    if (known instanceof HTMLElement) known.click();
    else if (event.key in acts) acts[event.key]?.();
    else return;
    event.preventDefault();
  });
  search?.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !search.value) search.blur();
  });
  offer(dialog);
}

/**
 * Have the button show the list of keys, and let them be turned off.
 * @param {HTMLDialogElement} dialog
 */
function offer(dialog) {
  const button = document.getElementById("show-keys");
  button?.addEventListener("click", () => dialog.showModal());
  const choice = /** @type {HTMLInputElement} */ (dialog.querySelector("#keys-on"));
  choice.checked = !localStorage.getItem(OFF);
  choice.addEventListener("change", () => {
    if (choice.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
}

/**
 * Move the focus to the next row that is to be seen.
 * @param {import("./rows.js").Rows | null} rows
 * @param {1 | -1} by
 */
function step(rows, by) {
  const links = (rows?.all ?? [])
    .map((row) => /** @type {HTMLElement} */ (row.element.querySelector(".name")))
    .filter((link) => link.checkVisibility());
  const row = document.activeElement?.closest("[data-monitor]");
  const now = links.findIndex((link) => row?.contains(link));
  const next = now < 0 ? (by > 0 ? 0 : links.length - 1) : now + by;
  links[next]?.focus();
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) &&
    !target.matches("[type=checkbox]")
  );
}
