// @ts-check
/** The form of a wording: its preview follows what is typed; without this a button asks for it. */

/** Milliseconds after the last key. */
const PAUSE = 400;

/** @returns {null} */
export function wordingForm() {
  const form = /** @type {HTMLFormElement | null} */ (document.getElementById("wording-form"));
  if (form) {
    const preview = new LivePreview(form);
    form.addEventListener("input", () => preview.typed());
  }
  return null;
}

class LivePreview {
  #form;
  #asked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #waiting;

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.#form = form;
  }

  typed() {
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.#ask(), PAUSE);
  }

  /** The server draws the page as if the button had been pressed; only the preview is taken. */
  async #ask() {
    const asked = ++this.#asked;
    const typed = new FormData(this.#form);
    typed.set("preview", "1");
    try {
      const answer = await fetch(location.href, { method: "POST", body: typed });
      const text = await answer.text();
      // A newer question may have been answered before; a redirection leads to the log-in.
      if (answer.redirected || asked !== this.#asked) return;
      const drawn = new DOMParser().parseFromString(text, "text/html").getElementById("preview");
      if (drawn) document.getElementById("preview")?.replaceChildren(...drawn.childNodes);
    } catch {
      // No connection: the next key asks again.
    }
  }
}
