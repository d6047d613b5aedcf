// @ts-check
/** What happens when a level is moved: shown at once, saved when it rests, taken back on demand. */

import { cautionLines } from "../../snack.js";
import { Handles } from "./handles.js";
import { filled } from "./prices.js";

/** @typedef {import("./level_list.js").Level} Level */

/** After the last press of an arrow key. */
const RESTS_AFTER = 1000;

export class LevelEditor {
  /** Called when a level is somewhere else, so that the scale may follow. */
  onMove = () => {};

  #levels;
  #prices;
  #words;
  #said;
  #handles;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #rest;

  /**
   * @param {HTMLElement} place
   * @param {HTMLElement} said Where is told what was done.
   * @param {import("./level_list.js").LevelList} levels
   * @param {import("./prices.js").Prices} prices
   * @param {import("./handles.js").Scale} scale
   * @param {DOMStringMap} words
   */
  constructor(place, said, levels, prices, scale, words) {
    this.#said = said;
    this.#levels = levels;
    this.#prices = prices;
    this.#words = words;
    this.#handles = new Handles(place, scale, {
      drag: (level, price) => this.#show(level, this.#prices.snap(price)),
      step: (level, ticks) => this.#step(level, ticks),
      drop: (level) => void this.#drop(level),
      giveUp: (level) => this.#giveUp(level),
    }, words);
  }

  get isDragging() {
    return this.#handles.dragged !== null;
  }

  show() {
    this.#handles.show(this.#levels.all);
  }

  arrange() {
    this.#handles.arrange();
  }

  /**
   * @param {Level} level
   * @param {string} value
   */
  #show(level, value) {
    if (Number(value) <= 0) return;
    this.#levels.show(level.key, value);
    this.show();
    this.onMove();
  }

  /**
   * @param {Level} level
   * @param {number} ticks
   */
  #step(level, ticks) {
    this.#show(level, this.#prices.move(level.value, ticks));
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => void this.#drop(this.#newest(level)), RESTS_AFTER);
  }

  /** @param {Level} level */
  #giveUp(level) {
    clearTimeout(this.#rest);
    this.#levels.putBack(level.key);
    this.show();
    this.onMove();
  }

  /** @param {Level} level */
  #newest(level) {
    return this.#levels.all.find(({ key }) => key === level.key) ?? level;
  }

  /** @param {Level} level */
  async #drop(level) {
    clearTimeout(this.#rest);
    if (this.#levels.isSaving(level.key, level.value)) return;
    const before = this.#levels.stored(level.key);
    if (before === undefined || Number(before) === Number(level.value)) {
      this.#giveUp(level);
      return;
    }
    await this.#save(level, before, level.value);
  }

  /**
   * @param {Level} level
   * @param {string} before
   * @param {string} value
   */
  async #save(level, before, value) {
    const saving = this.#levels.save(level.key, value);
    this.show();
    const { why, cautions } = await saving;
    this.show();
    this.onMove();
    const { label } = level;
    if (why !== null) this.#tell(filled(this.#words.refused ?? "", { label, before, why }), null);
    else {
      const undo = () => {
        void this.#save(level, value, before);
        this.#handles.focus(level);
      };
      this.#tell(filled(this.#words.moved ?? "", { label, before, after: value }), undo, cautions);
    }
  }

  /**
   * @param {string} text
   * @param {(() => void) | null} undo
   * @param {string[]} cautions
   */
  #tell(text, undo, cautions = []) {
    this.#said.textContent = text;
    this.#said.classList.toggle("wrong", undo === null);
    if (!undo) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "secondary outline";
    button.textContent = this.#words.undo ?? "";
    button.addEventListener("click", undo);
    this.#said.append(button, ...cautionLines(cautions));
  }
}
