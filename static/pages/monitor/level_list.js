// @ts-check
/** The levels of a monitor's rules: what is stored, and what is being changed here. */

import { saveLevel } from "../level_saving.js";

/**
 * @typedef {object} Level
 * @property {string} key
 * @property {number} rule
 * @property {string} kind
 * @property {string} state
 * @property {string} edge The parameter's name.
 * @property {string} value
 * @property {string} label The kind's name.
 * @property {"one" | "low" | "high"} side
 */
/** @typedef {Record<string, {label: string, edges: string[]}>} Kinds */
/**
 * What became of a level that was to be saved.
 * @typedef {object} Outcome
 * @property {string | null} why Why it was refused; then it is back where it was.
 * @property {string[]} cautions What looks like a slip where it is now.
 */

export class LevelList {
  /** @type {any[]} */
  #rules = [];
  /** @type {Map<string, string>} What is shown although the server has not said it yet. */
  #moved = new Map();
  #kinds;
  #url;
  #unreachable;
  /** @type {Map<string, string>} */
  #saving = new Map();
  #last = Promise.resolve(/** @type {Outcome} */ ({ why: null, cautions: [] }));

  /**
   * @param {Kinds} kinds
   * @param {string} url Of the rules, by their ids.
   * @param {string} unreachable
   */
  constructor(kinds, url, unreachable) {
    this.#kinds = kinds;
    this.#url = url;
    this.#unreachable = unreachable;
  }

  /** @param {any[]} rules As REST and the socket tell them. */
  take(rules) {
    this.#rules = rules;
  }

  /** @returns {Level[]} */
  get all() {
    return this.#rules.flatMap((rule) => {
      const { label, edges } = this.#kinds[rule.kind] ?? { label: "", edges: [] };
      return edges.map((edge, place) => {
        const key = `${rule.id}:${edge}`;
        /** @type {Level["side"]} */
        const side = edges.length === 1 ? "one" : place ? "high" : "low";
        const value = this.#moved.get(key) ?? rule[edge];
        return { key, rule: rule.id, kind: rule.kind, state: rule.state, edge, value, label, side };
      });
    });
  }

  /**
   * Show a level elsewhere, without saving it.
   * @param {string} key
   * @param {string} value
   */
  show(key, value) {
    this.#moved.set(key, value);
  }

  /** @param {string} key */
  stored(key) {
    const [id, edge] = key.split(":");
    return this.#rules.find((rule) => String(rule.id) === id)?.[edge];
  }

  /**
   * Whether it is on its way to the server already.
   * @param {string} key
   * @param {string} value
   */
  isSaving(key, value) {
    return this.#saving.get(key) === value;
  }

  /** @param {string} key */
  putBack(key) {
    this.#moved.delete(key);
  }

  /**
   * Save where a level is shown. One change after another: each says what it changes.
   * @param {string} key
   * @param {string} value
   * @returns {Promise<Outcome>}
   */
  save(key, value) {
    this.show(key, value);
    this.#saving.set(key, value);
    this.#last = this.#last.then(() => this.#send(key, value));
    return this.#last;
  }

  /**
   * @param {string} key
   * @param {string} value
   * @returns {Promise<Outcome>}
   */
  async #send(key, value) {
    const [id, edge] = key.split(":");
    const url = `${this.#url}${id}/level/`;
    const { level, cautions = [], error } = await saveLevel(url, this.stored(key), value);
    if (level) {
      this.#rules = this.#rules.map((rule) =>
        String(rule.id) === id ? { ...rule, [edge]: level } : rule,
      );
    }
    if (this.#moved.get(key) === value) this.putBack(key);
    if (this.isSaving(key, value)) this.#saving.delete(key);
    return { why: level ? null : error || this.#unreachable, cautions };
  }
}
