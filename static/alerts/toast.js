// @ts-check
/** One note in the corner, as it is drawn. */

/**
 * @typedef {object} Note
 * @property {number} [seq] The notification that it tells.
 * @property {string} title
 * @property {string} text
 * @property {string} kind
 * @property {boolean} stays Whether it waits until it is seen.
 * @property {boolean} [waited] Whether it was told before, and is only shown again.
 * @property {string} [more] What its link says.
 * @property {string} [url] Where its link leads.
 * @property {boolean} [newTab]
 * @property {{label: string, done: () => void}} [button]
 * @property {HTMLElement} [element]
 * @property {ReturnType<typeof setTimeout>} [timer]
 */

/**
 * @param {Note} note
 * @param {{close: () => void, follow: () => void, press: () => void}} on
 * @returns {HTMLElement}
 */
export function draw(note, on) {
  const blank = /** @type {HTMLTemplateElement} */ (document.getElementById("toast"));
  const copy = /** @type {DocumentFragment} */ (blank.content.cloneNode(true));
  const toast = /** @type {HTMLElement} */ (copy.firstElementChild);
  const part = (/** @type {string} */ name) =>
    /** @type {HTMLElement} */ (toast.querySelector(`.${name}`));
  toast.classList.add(note.kind, ...(note.stays ? ["stays"] : []));
  if (note.waited) toast.classList.add("waited");
  else if (note.stays) toast.setAttribute("role", "alert");
  part("title").textContent = note.title;
  part("text").textContent = note.text;
  link(part("more"), note).addEventListener("click", on.follow);
  if (note.button) part("press").textContent = note.button.label;
  part("press").hidden = !note.button;
  part("press").addEventListener("click", on.press);
  part("close").addEventListener("click", on.close);
  return toast;
}

/**
 * @param {HTMLElement} more
 * @param {Note} note
 */
function link(more, { more: text, url, newTab }) {
  if (text) more.textContent = text;
  if (url) more.setAttribute("href", url);
  more.hidden = !url;
  if (newTab) {
    more.setAttribute("target", "_blank");
    more.setAttribute("rel", "noopener");
  }
  return more;
}
