// @ts-check
/** The list of notifications: new ones come in on top, what was read elsewhere turns read here. */

/** @typedef {import("../realtime/types.js").Frame} Frame */

const MOST = 200;

/** @returns {((frame: Frame) => void) | null} */
export function notificationList() {
  const list = document.getElementById("notifications");
  if (!list) return null;
  return (frame) => {
    if (frame.type === "notification") arrived(list, frame.data);
    if (frame.type === "read") read(list, frame.up_to);
  };
}

/**
 * @param {HTMLElement} list
 * @param {any} data
 */
function arrived(list, data) {
  markAllUpTo(data.seq);
  if (!("live" in list.dataset)) return;
  const blank = /** @type {HTMLTemplateElement} */ (document.getElementById("notification-item"));
  const copy = /** @type {DocumentFragment} */ (blank.content.cloneNode(true));
  const item = /** @type {HTMLElement} */ (copy.firstElementChild);
  const part = (/** @type {string} */ name) =>
    /** @type {HTMLElement} */ (item.querySelector(name));
  item.className = `notification ${data.kind}${data.read_at ? "" : " unread"}`;
  item.dataset.seq = data.seq;
  part(".title").textContent = data.title;
  part(".text").textContent = data.body;
  part("time").textContent = data.created_at.slice(0, 19).replace("T", " ");
  part("time").setAttribute("datetime", data.created_at);
  if (data.url) part(".more").setAttribute("href", data.url);
  else part(".more").remove();
  list.prepend(item);
  if (list.children.length > MOST) list.lastElementChild?.remove();
  const none = document.getElementById("no-notifications");
  if (none) none.hidden = true;
}

/** @param {number} seq */
function markAllUpTo(seq) {
  const button = document.querySelector("#read-all button");
  if (!(button instanceof HTMLButtonElement)) return;
  button.value = String(seq);
  button.disabled = false;
}

/**
 * @param {HTMLElement} list
 * @param {number} upTo
 */
function read(list, upTo) {
  for (const item of list.querySelectorAll(".unread")) {
    if (Number(item.getAttribute("data-seq")) <= upTo) item.classList.remove("unread");
  }
  const button = document.querySelector("#read-all button");
  if (button instanceof HTMLButtonElement) button.disabled = !list.querySelector(".unread");
}
