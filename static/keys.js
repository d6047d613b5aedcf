// @ts-check
/**
 * Single keys, the same on every page. They press what a page has, so where there is nothing to
 * press a key means nothing. None acts while somebody types, and all can be turned off in the
 * dialog that lists them, as who dictates or shakes presses keys that are not meant.
 */

const OFF = "keys-off";
/** Milliseconds within which the second key of two must come. */
const SEQUENCE_MS = 1500;
/** Keys that may be held down. */
const GOES_ON = "jk";
/** What takes back what was just done, wherever it is said. */
const UNDO = ".message [form=undo], .chart-said button, .snack button";

export function keys() {
  const dialog = document.getElementById("keys");
  if (!(dialog instanceof HTMLDialogElement)) return;
  const acts = deeds(dialog);
  let before = "";
  let at = 0;
  document.addEventListener("keydown", (event) => {
    const { key, target, timeStamp } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.defaultPrevented || dialog.open || isTaken(target) || areOff()) return;
    if (event.repeat && !GOES_ON.includes(key)) return;
    const isSecond = before === "g" && timeStamp - at < SEQUENCE_MS;
    before = isSecond ? "" : key;
    at = timeStamp;
    const act = isSecond ? () => press(linkOf(dialog, `g${key}`)) : acts[key];
    if (act?.()) event.preventDefault();
  });
  offer(dialog);
}

/**
 * What each key does; true where there was something to do.
 * @param {HTMLDialogElement} dialog
 * @returns {Record<string, () => boolean>}
 */
function deeds(dialog) {
  const newPage = linkOf(dialog, "n");
  const menu = () => press(ofMonitor("[data-act=more]"));
  return {
    "?": () => {
      dialog.showModal();
      return true;
    },
    "/": () => focus(document.querySelector("main [type=search]")),
    n: () => focus(document.getElementById("quick-line")) || press(newPage),
    z: () => press([...document.querySelectorAll(UNDO)].at(-1)),
    j: () => step(1),
    k: () => step(-1),
    s: () => press(document.getElementById("resort")),
    e: () => press(document.activeElement?.closest("[data-level-edit]")) || go(ofMonitor("[data-edit]")?.dataset.edit),
    p: () => press(ofMonitor("[data-act=pause]")),
    r: () => press(ofMonitor("[data-act=rearm]")),
    x: () => press(ofMonitor(".tick")),
    m: menu,
    ".": menu,
    d: () => {
      const copied = ofMonitor("[data-act=more]") && monitor()?.getAttribute("data-monitor");
      return go(copied && `${newPage?.getAttribute("href")}?copy=${copied}`);
    },
    "#": () => send(ofMonitor("[data-act=more]")?.dataset.delete),
  };
}

/** The monitor that is meant: the one with the focus, or the only one of the page. */
function monitor() {
  return document.activeElement?.closest("[data-monitor]") ?? document.getElementById("monitor");
}

/**
 * @param {string} part
 * @returns {HTMLElement | null}
 */
function ofMonitor(part) {
  return monitor()?.querySelector(part) ?? null;
}

/**
 * Go to the next monitor of the list that is to be seen, or to the next one's page.
 * @param {1 | -1} by
 */
function step(by) {
  const names = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#monitors .name")]);
  if (!names.length) return press(document.querySelector(`#monitor [rel=${by > 0 ? "next" : "prev"}]`));
  const shown = names.filter((name) => name.checkVisibility());
  const row = document.activeElement?.closest("[data-monitor]");
  const now = shown.findIndex((name) => row?.contains(name));
  const next = now < 0 ? (by > 0 ? 0 : shown.length - 1) : now + by;
  return focus(shown[next]);
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {string} typed
 */
function linkOf(dialog, typed) {
  return dialog.querySelector(`[data-key="${CSS.escape(typed)}"]`);
}

/** @param {Element | null | undefined} target */
function press(target) {
  if (!(target instanceof HTMLElement)) return false;
  target.click();
  return true;
}

/** @param {Element | null | undefined} target */
function focus(target) {
  if (!(target instanceof HTMLElement)) return false;
  target.focus();
  return true;
}

/** @param {string | null | undefined} address */
function go(address) {
  if (!address) return false;
  location.assign(address);
  return true;
}

/**
 * Press a button that the page does not show: it sends what the others of a row do.
 * @param {string | undefined} address
 */
function send(address) {
  if (!address) return false;
  const button = document.createElement("button");
  button.setAttribute("form", "row-actions");
  button.formAction = address;
  button.hidden = true;
  document.body.append(button);
  button.click();
  button.remove();
  return true;
}

/**
 * Have buttons show the list of keys, and let them be turned off.
 * @param {HTMLDialogElement} dialog
 */
function offer(dialog) {
  for (const button of document.querySelectorAll("[data-show-keys]")) {
    button.addEventListener("click", () => {
      dialog.showModal();
      // The menu has closed when the dialog does: it can be opened again where it was.
      const menu = button.closest("details")?.querySelector("summary");
      if (menu) dialog.addEventListener("close", () => menu.focus(), { once: true });
    });
  }
  const choice = /** @type {HTMLInputElement} */ (dialog.querySelector("#keys-on"));
  choice.checked = !areOff();
  choice.addEventListener("change", () => turn(choice.checked));
}

function areOff() {
  try {
    return localStorage.getItem(OFF) !== null;
  } catch {
    return false; // a browser that keeps nothing
  }
}

/** @param {boolean} on */
function turn(on) {
  try {
    if (on) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  } catch {
    // It asks again on the next page.
  }
}

/**
 * Whether keys mean something where they are pressed: to who types, or in a menu.
 * @param {EventTarget | null} target
 */
function isTaken(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest("[popover], dialog")) return true;
  return target.matches("input:not([type=checkbox], [type=radio]), select, textarea");
}
