// @ts-check
/** The status keeps itself as new as it says: drawn anew every five seconds, while it is seen. */

const EVERY = 5000;

/** Begin, where the page is the status. */
export function statusBoard() {
  const board = document.getElementById("status-board");
  const aloud = document.getElementById("status-aloud");
  if (board && aloud) new Board(board, aloud).begin();
}

class Board {
  #place;
  #aloud;
  #word;
  #asks = false;

  /**
   * @param {HTMLElement} place
   * @param {HTMLElement} aloud
   */
  constructor(place, aloud) {
    this.#place = place;
    this.#aloud = aloud;
    this.#word = this.#read("verdict-word");
  }

  begin() {
    setInterval(() => this.#look(), EVERY);
    document.addEventListener("visibilitychange", () => this.#look());
  }

  async #look() {
    if (document.visibilityState !== "visible" || this.#asks) return;
    this.#asks = true;
    try {
      const answer = await fetch(this.#place.dataset.url ?? "");
      // A redirection leads to the log-in.
      if (answer.ok && !answer.redirected) this.#draw(await answer.text());
      else if (answer.redirected) location.reload();
    } catch {
      // No connection: the header says so, and it is asked again.
    } finally {
      this.#asks = false;
    }
  }

  /** @param {string} text */
  #draw(text) {
    // What somebody has marked to copy it stays.
    if (this.#isSelectedFrom()) return;
    this.#place.innerHTML = text;
    const word = this.#read("verdict-word");
    // Read out where it becomes better or worse, not each time the seconds move on.
    if (word !== this.#word) this.#aloud.textContent = `${word}: ${this.#read("verdict")}`;
    this.#word = word;
  }

  #isSelectedFrom() {
    const selection = getSelection();
    return selection !== null && !selection.isCollapsed && selection.containsNode(this.#place, true);
  }

  /** @param {string} id */
  #read(id) {
    return document.getElementById(id)?.textContent ?? "";
  }
}
