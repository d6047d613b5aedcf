// @ts-check
/** What is urgent and was not read yet when the page was drawn: the newest came along with it. */

/** @typedef {import("./toast.js").Note} Note */

/**
 * @typedef {object} Waiting
 * @property {Note[]} notes The newest last.
 * @property {number} more How many older ones there are.
 */

/** @returns {Waiting} */
export function brought() {
  return read(place());
}

/**
 * Ask for the next ones; null where nobody answered.
 * @param {number} seq They are behind this number.
 * @returns {Promise<Waiting | null>}
 */
export async function before(seq) {
  try {
    const answer = await fetch(`${place()?.dataset.url}?before=${seq}`);
    if (!answer.ok || answer.redirected) return null;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    return read(found.getElementById("waiting"));
  } catch {
    return null;
  }
}

function place() {
  return document.getElementById("waiting");
}

/**
 * @param {HTMLElement | null} list
 * @returns {Waiting}
 */
function read(list) {
  const lines = [...(list?.querySelectorAll("template") ?? [])];
  return { notes: lines.map(({ dataset }) => note(dataset)), more: Number(list?.dataset.more ?? 0) };
}

/**
 * @param {DOMStringMap} told
 * @returns {Note}
 */
function note({ seq, kind = "", title = "", text = "", link }) {
  return { seq: Number(seq), kind, title, text, url: link, stays: true, waited: true };
}
