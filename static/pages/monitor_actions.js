// @ts-check
/**
 * The buttons of a list's rows, sent without leaving the page: what changed comes by the socket.
 *
 * Without script each is a form of its own or a page. Whoever draws the list hears `monitors-back`
 * where deleted ones are there again, and may prevent the page from being loaded anew.
 */

import { say } from "../snack.js";

/** @typedef {import("../realtime/types.js").Frame} Frame */

/** Forms with fields of their own. */
const FORMS = "[data-act-on-all], [data-about]";

/** @returns {((frame: Frame) => void) | null} */
export function monitorActions() {
  const menu = document.getElementById("row-menu");
  const shared = document.getElementById("row-actions");
  if (!menu || !(shared instanceof HTMLFormElement)) return null;
  const send = sender(menu, shared);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = /** @type {SubmitEvent} */ (event).submitter;
    if (!(form instanceof HTMLFormElement) || !(button instanceof HTMLButtonElement)) return;
    if (form !== shared && !menu.contains(form) && !form.matches(FORMS)) return;
    // What puts rows elsewhere has the whole list drawn anew.
    if (button.matches("[data-anew]")) return;
    event.preventDefault();
    if (menu.matches(":popover-open")) menu.hidePopover();
    const url = button.hasAttribute("formaction") ? button.formAction : form.action;
    void send(url, form, button).then((isDone) => isDone && close(form));
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[data-act=more]") : null;
    if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    void open(menu, link);
  });
  return null;
}

/**
 * @param {HTMLElement} menu
 * @param {HTMLFormElement} shared
 */
function sender(menu, shared) {
  /**
   * @param {string} url
   * @param {HTMLFormElement} form
   * @param {HTMLButtonElement} [button]
   * @returns {Promise<boolean>} Whether it is done.
   */
  const send = async (url, form, button) => {
    const body = new FormData(form, button);
    const answer = await fetch(url, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
    }).catch(() => null);
    // Who is logged out is led to the page for logging in.
    if (!answer?.ok || answer.redirected) {
      const text = menu.dataset.failed ?? "";
      say({ text, tags: "error" });
      return false;
    }
    const { said } = await answer.json();
    for (const one of said) say(one, one.undo ? () => void undo(one.undo) : null);
    return said.every((/** @type {any} */ one) => one.tags !== "error");
  };
  /** @param {string} url */
  const undo = async (url) => {
    await send(url, shared);
    if (document.dispatchEvent(new CustomEvent("monitors-back", { cancelable: true }))) {
      location.reload();
    }
  };
  return send;
}

/**
 * Close what a form was written in: who wrote is back where it was opened.
 * @param {HTMLFormElement} form
 */
function close(form) {
  const details = form.closest("details.writing");
  if (!(details instanceof HTMLDetailsElement)) return;
  details.open = false;
  details.querySelector("summary")?.focus();
  details.dispatchEvent(new CustomEvent("edit-over", { bubbles: true }));
}

/**
 * Show the menu of a row beside its button.
 * @param {HTMLElement} menu
 * @param {HTMLAnchorElement} link
 */
async function open(menu, link) {
  const back = encodeURIComponent(location.pathname + location.search);
  const answer = await fetch(`${link.href}?next=${back}`, {
    headers: { "HX-Request": "true" },
  }).catch(() => null);
  if (!answer?.ok || answer.redirected) return location.assign(link.href);
  menu.innerHTML = await answer.text();
  menu.showPopover();
  put(menu, link);
  const first = menu.querySelector("a, button");
  if (first instanceof HTMLElement) first.focus();
}

/**
 * Below the button, or above it where there is no room; always inside the window.
 * @param {HTMLElement} menu
 * @param {HTMLElement} link
 */
function put(menu, link) {
  const at = link.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const left = Math.min(Math.max(at.right - width, 8), innerWidth - width - 8);
  const below = at.bottom + 4;
  const top = below + height > innerHeight - 8 ? Math.max(at.top - height - 4, 8) : below;
  menu.style.left = `${left}px`;
  menu.style.top = `${top}px`;
}
