// @ts-check
/**
 * A text field that offers choices while one types: ARIA's combobox with a list (APG 1.2).
 *
 * The first choice is marked, and Enter takes it; Tab takes one only that was gone to by the arrow
 * keys, so that what was typed is never replaced in passing. Without script it is a text field.
 */

/** @typedef {{value: string, draw: (option: HTMLElement) => void}} Choice */
/** @typedef {(text: string, signal: AbortSignal) => AsyncIterable<Choice[]>} Look */
/**
 * The part of what is in the field that is completed; "" where there is nothing to complete.
 * @typedef {{read: () => string, write: (value: string) => void}} Part
 */

const PAUSE_MS = 120;

export class Completion {
  /**
   * @param {HTMLInputElement} input
   * @param {HTMLElement} list
   * @param {Look} look yields the choices for a text, and again where better ones come later
   * @param {(count: number) => void} say is told how many choices there are
   * @param {Part} [part] what is completed; left out: all that is in the field
   * @param {() => void} [ended] is told that no more is offered of what was, or was looked for
   */
  constructor(input, list, look, say, part = whole(input), ended = () => {}) {
    this.input = input;
    this.list = list;
    this.look = look;
    this.say = say;
    this.part = part;
    this.ended = ended;
    /** @type {Choice[]} */
    this.choices = [];
    this.active = -1;
    this.wasMoved = false;
    this.isAwaited = false;
    this.asked = new AbortController();
    this.asked.abort();
    this.#prepare();
  }

  get isOpen() {
    return !this.list.hidden;
  }

  get isComing() {
    return !this.asked.signal.aborted;
  }

  #prepare() {
    const { input, list } = this;
    for (const [name, value] of [
      ["role", "combobox"],
      ["aria-autocomplete", "list"],
      ["aria-haspopup", "listbox"],
      ["aria-expanded", "false"],
      ["aria-controls", list.id],
    ])
      input.setAttribute(name, value);
    input.addEventListener("input", (event) => {
      // While an input method composes, what is in the field is not what is meant.
      if (!(/** @type {InputEvent} */ (event).isComposing)) void this.#offer();
    });
    input.addEventListener("compositionend", () => void this.#offer());
    input.addEventListener("keydown", (event) => this.#pressed(event));
    input.addEventListener("blur", () => this.close());
    for (const moving of ["keyup", "click"])
      input.addEventListener(moving, () => {
        if (this.isOpen && !this.part.read()) this.close(); // the caret has left what is completed
      });
    // The field keeps the focus, and on a phone its keyboard.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target instanceof Element ? event.target.closest("[role=option]") : null;
      if (option) this.#take([...list.children].indexOf(option));
    });
  }

  /** Look for what is typed; a newer text takes the place of the one before. */
  async #offer() {
    const text = this.part.read();
    if (!text) return this.close();
    this.asked.abort();
    this.isAwaited = false;
    const { signal } = (this.asked = new AbortController());
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (signal.aborted) return;
    try {
      for await (const choices of this.look(text, signal)) {
        if (signal.aborted) return;
        this.#show(choices);
      }
    } catch {
      if (!signal.aborted) this.close(); // without an answer it is the text field that it was
    } finally {
      if (!signal.aborted) this.asked.abort();
    }
  }

  /** @param {Choice[]} choices */
  #show(choices) {
    this.choices = choices;
    this.wasMoved = false;
    this.list.replaceChildren(
      ...choices.map((choice, at) => {
        const option = document.createElement("li");
        option.id = `${this.list.id}-${at}`;
        option.setAttribute("role", "option");
        choice.draw(option);
        return option;
      }),
    );
    this.#open(choices.length > 0);
    this.#mark(choices.length ? 0 : -1);
    this.say(choices.length);
    if (this.isAwaited && choices.length) this.#take(0);
  }

  /** @param {boolean} isOpen */
  #open(isOpen) {
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
  }

  /** @param {number} at */
  #mark(at) {
    this.active = at;
    for (const [number, option] of [...this.list.children].entries())
      option.setAttribute("aria-selected", String(number === at));
    const option = this.list.children[at];
    if (option) {
      this.input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.isComposing) return;
    const wasHandled = this.#handled(event.key);
    if (wasHandled) event.preventDefault();
  }

  /**
   * @param {string} key
   * @returns {boolean} whether it was meant for the list
   */
  #handled(key) {
    switch (key) {
      case "ArrowDown":
      case "ArrowUp":
        if (!this.isOpen && !this.part.read()) return false;
        this.#move(key === "ArrowDown" ? 1 : -1);
        return true;
      case "Enter":
        // Who types fast means the first choice, though it is still on its way.
        if (this.isComing && !this.isOpen) this.isAwaited = true;
        else if (this.isOpen) this.#take(this.active);
        else return false;
        return true;
      case "Escape":
        if (!this.isOpen) return false;
        this.close();
        return true;
      case "Tab":
        if (this.isOpen && this.wasMoved) this.#take(this.active);
        return false;
      default:
        return false;
    }
  }

  /** @param {number} by */
  #move(by) {
    const count = this.choices.length;
    if (!this.isOpen) {
      if (!count) return void this.#offer();
      this.#open(true);
      return this.#mark(by > 0 ? 0 : count - 1);
    }
    this.wasMoved = true;
    this.#mark((this.active + by + count) % count);
  }

  /** @param {number} at */
  #take(at) {
    const choice = this.choices[at];
    this.close();
    if (!choice) return;
    this.choices = [];
    this.part.write(choice.value);
  }

  close() {
    const wasOffering = this.isOpen || this.isComing;
    this.asked.abort();
    this.isAwaited = false;
    this.wasMoved = false;
    this.#open(false);
    this.#mark(-1);
    if (wasOffering) this.ended();
  }
}

/**
 * @param {HTMLInputElement} input
 * @returns {Part}
 */
function whole(input) {
  return {
    read: () => input.value.trim(),
    write: (value) => {
      input.value = value;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    },
  };
}
