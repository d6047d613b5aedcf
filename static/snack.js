// @ts-check
/** A line at the foot of the page that says what was done, with a way back for a minute. */

const SAID_FOR = 8_000;
const UNDO_FOR = 60_000;

/**
 * @typedef {object} Said
 * @property {string} text
 * @property {string} [tags]
 * @property {string[]} [cautions] What looks like a slip; it is done all the same.
 */

/**
 * @param {Said} said
 * @param {(() => void) | null} [undo]
 * @returns {() => void} Takes it away.
 */
export function say({ text, tags = "", cautions = [] }, undo = null) {
  const note = document.createElement("p");
  note.className = `snack ${tags}`;
  const words = document.createElement("span");
  words.append(text, ...cautionLines(cautions));
  note.append(words);
  const remove = () => note.remove();
  if (undo) note.append(button(remove, undo));
  document.getElementById("snacks")?.append(note);
  setTimeout(remove, undo ? UNDO_FOR : SAID_FOR);
  return remove;
}

/**
 * @param {string[]} cautions
 * @returns {HTMLElement[]} A line each.
 */
export function cautionLines(cautions) {
  return cautions.map((caution) => {
    const line = document.createElement("small");
    line.className = "caution";
    line.textContent = caution;
    return line;
  });
}

/**
 * @param {() => void} remove
 * @param {() => void} undo
 */
function button(remove, undo) {
  const back = document.createElement("button");
  back.type = "button";
  back.className = "small secondary";
  back.textContent = document.getElementById("row-menu")?.dataset.undo ?? "";
  back.addEventListener("click", () => {
    remove();
    undo();
  });
  return back;
}
