// @ts-check
/** The rows of the page: found by monitor and by symbol, drawn anew by the server, sorted again. */

import { Row } from "./row.js";

const ORDERS = {
  added: (/** @type {Row} */ row) => row.added,
  change: (/** @type {Row} */ row) => row.change,
  distance: (/** @type {Row} */ row) => row.away,
  fired: (/** @type {Row} */ row) => row.fired,
};
const TOGETHER_MS = 50;

export class Rows {
  #root;
  #collator = new Intl.Collator(["zh-Hans-CN", "en"], { numeric: true });
  /** @type {Map<number, Row>} */
  #byId = new Map();
  /** @type {Map<string, Row[]>} */
  #bySymbol = new Map();
  /** @type {Set<number>} */
  #outdated = new Set();
  /** @type {Set<number>} Outdated, too, but somebody is writing in them. */
  #held = new Set();

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    for (const element of root.querySelectorAll("[data-monitor]")) {
      const row = new Row(/** @type {HTMLElement} */ (element));
      this.#byId.set(row.id, row);
    }
    root.addEventListener("edit-over", () => this.#letGo());
    this.#index();
  }

  get ids() {
    return [...this.#byId.keys()];
  }

  /** All rows, in the order of the page. */
  get all() {
    return [...this.#root.querySelectorAll("[data-monitor]")].map(
      (element) => /** @type {Row} */ (this.#byId.get(Number(element.getAttribute("data-monitor")))),
    );
  }

  /** @param {string} symbol */
  of(symbol) {
    return this.#bySymbol.get(symbol) ?? [];
  }

  /** @param {() => void} done Called when rows were drawn anew or taken away. */
  constructed(done) {
    this.#done = done;
  }

  #done = () => {};

  /**
   * Draw a monitor anew if anything but its quote has changed; the server draws.
   * @param {any} monitor
   */
  update(monitor) {
    const row = this.#byId.get(monitor.id);
    if (!row) return;
    if (monitor.deleted) this.#remove(row);
    else if (signature(monitor) !== row.signature) this.#ask(row.id);
  }

  /**
   * Put the rows of each group into an order, by the prices of now.
   * @param {string} sort As in the address.
   */
  sort(sort) {
    const key = sort.replace("-", "");
    const sign = sort.startsWith("-") ? -1 : 1;
    const compare = (/** @type {Row} */ one, /** @type {Row} */ two) =>
      (key === "name"
        ? this.#collator.compare(one.name, two.name)
        : byNumber(ORDERS[/** @type {keyof ORDERS} */ (key)], one, two, sign)) ||
      two.added - one.added;
    const focused = document.activeElement;
    for (const list of this.#root.querySelectorAll(".rows")) {
      const rows = this.all.filter((row) => row.element.parentElement === list);
      list.append(...rows.sort(compare).map((row) => row.element));
    }
    // What is moved loses the focus.
    if (focused instanceof HTMLElement && this.#root.contains(focused)) focused.focus();
  }

  /** @param {number} id */
  #ask(id) {
    if (!this.#outdated.size) setTimeout(() => void this.#redraw(), TOGETHER_MS);
    this.#outdated.add(id);
  }

  async #redraw() {
    const ids = [...this.#outdated].join(",");
    this.#outdated.clear();
    const answer = await fetch(`${this.#root.dataset.url}?ids=${ids}`);
    if (!answer.ok) return;
    const drawn = document.createElement("template");
    drawn.innerHTML = await answer.text();
    for (const element of drawn.content.querySelectorAll("[data-monitor]")) {
      this.#replace(/** @type {HTMLElement} */ (element));
    }
    this.#index();
    this.#done();
  }

  /** @param {HTMLElement} element */
  #replace(element) {
    const old = this.#byId.get(Number(element.dataset.monitor));
    if (!old) return;
    if (old.element.querySelector(".level-field")) {
      this.#held.add(old.id);
      return;
    }
    const focus = focusOf(old.element);
    element.hidden = old.element.hidden;
    const [now, before] = [element, old.element].map((one) => one.querySelector("input.tick"));
    if (now instanceof HTMLInputElement && before instanceof HTMLInputElement) now.checked = before.checked;
    old.element.replaceWith(element);
    this.#byId.set(old.id, new Row(element));
    focus?.(element);
  }

  /** Draw the rows that waited for somebody to be done. */
  #letGo() {
    for (const id of this.#held) this.#ask(id);
    this.#held.clear();
  }

  /** @param {Row} row */
  #remove(row) {
    const { element } = row;
    const next = element.contains(document.activeElement)
      ? (element.nextElementSibling ?? element.previousElementSibling)
      : null;
    element.remove();
    /** @type {HTMLElement | null | undefined} */ (next?.querySelector(".name"))?.focus();
    this.#byId.delete(row.id);
    this.#index();
    this.#done();
  }

  #index() {
    this.#bySymbol.clear();
    for (const row of this.#byId.values()) {
      this.#bySymbol.set(row.symbol, [...this.of(row.symbol), row]);
    }
  }
}

/**
 * Where the focus of a row is, to be put there again when the row is drawn anew.
 * @param {HTMLElement} row
 * @returns {((anew: HTMLElement) => void) | null} Null where it is not in the row.
 */
function focusOf(row) {
  const targets = (/** @type {HTMLElement} */ one) =>
    /** @type {HTMLElement[]} */ ([...one.querySelectorAll("a, button, input")]);
  const [count, at] = [targets(row).length, targets(row).findIndex((one) => one === document.activeElement)];
  if (at < 0) return null;
  // With a button more or less nobody knows which one it was.
  return (anew) => targets(anew)[targets(anew).length === count ? at : 1]?.focus();
}

/**
 * What is not known comes last, whichever way.
 * @param {(row: Row) => number | null} key
 * @param {Row} one
 * @param {Row} two
 * @param {number} sign
 */
function byNumber(key, one, two, sign) {
  const [a, b] = [key(one), key(two)];
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return sign * (a - b);
}

/** @param {any} monitor */
function signature(monitor) {
  const rules = monitor.rules.map(
    (/** @type {any} */ rule) => `${rule.id}:${rule.state}:${rule.fired_count}`,
  );
  return [monitor.status, monitor.updated_at, ...rules].join(" ");
}
