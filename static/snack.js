// @ts-check
/** A line at the foot of the page that says what a button did, with a way back for a minute. */

const SAID_FOR = 8_000;
const UNDO_FOR = 60_000;

/** @typedef {{text: string, tags: string, undo: string}} Said */

/** @type {HTMLElement | null} */
let place = null;

/**
 * @param {Said} said
 * @param {(url: string) => void} undo
 */
export function say(said, undo) {
  const note = document.createElement("p");
  note.className = `snack ${said.tags}`;
  note.append(said.text);
  if (said.undo) note.append(button(said.undo, note, undo));
  where().append(note);
  setTimeout(() => note.remove(), said.undo ? UNDO_FOR : SAID_FOR);
}

/** Made with the first note, so that a screen reader hears what is put in. */
function where() {
  if (place) return place;
  place = document.createElement("div");
  place.id = "snacks";
  place.setAttribute("role", "status");
  document.body.append(place);
  return place;
}

/**
 * @param {string} url
 * @param {HTMLElement} note
 * @param {(url: string) => void} undo
 */
function button(url, note, undo) {
  const back = document.createElement("button");
  back.type = "button";
  back.className = "small secondary";
  back.dataset.url = url;
  back.textContent = document.getElementById("row-menu")?.dataset.undo ?? "";
  back.addEventListener("click", () => {
    note.remove();
    undo(url);
  });
  return back;
}
