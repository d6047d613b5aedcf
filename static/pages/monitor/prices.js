// @ts-check
/** Prices as the market steps them: whole ticks, written without needless zeros. */

export class Prices {
  #ticks;

  /** @param {string[][]} ticks Above which price which tick holds, the highest first. */
  constructor(ticks) {
    this.#ticks = ticks.map(([above, tick]) => ({
      above: Number(above),
      tick: Number(tick),
      places: placesOf(tick),
    }));
  }

  /** How many places the finest tick has. */
  get places() {
    return Math.max(...this.#ticks.map(({ places }) => places));
  }

  /** The finest tick. */
  get finest() {
    return Math.min(...this.#ticks.map(({ tick }) => tick));
  }

  /**
   * The tick nearest to a price, as a level is written: 1800, 1712.5.
   * @param {number} price
   */
  snap(price) {
    const { tick, places } = this.#step(price);
    const whole = Math.max(1, Math.round(price / tick));
    return plain((whole * tick).toFixed(places));
  }

  /**
   * Some ticks up or down from a level; one that lies between two goes to its neighbour first.
   * @param {string} level
   * @param {number} count
   */
  move(level, count) {
    const price = Number(level);
    // Where two tick sizes meet, going down the smaller one holds.
    const { tick } = this.#step(count < 0 ? price - 1e-9 : price + 1e-9);
    const steps = price / tick;
    const whole = count < 0 ? Math.ceil(steps - 1e-6) : Math.floor(steps + 1e-6);
    return this.snap(Math.max(this.finest, (whole + count) * tick));
  }

  /** @param {number} price */
  #step(price) {
    return (
      this.#ticks.find(({ above }) => price > above) ?? this.#ticks[this.#ticks.length - 1]
    );
  }
}

/**
 * The way from a price to a level in percent of the price, without a sign.
 * @param {number} level
 * @param {number} price
 */
export function percentBetween(level, price) {
  return `${Math.abs(((level - price) * 100) / price).toFixed(2)} %`;
}

/**
 * @param {string} phrase With names in braces.
 * @param {Record<string, string>} values
 */
export function filled(phrase, values) {
  return phrase.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");
}

/** @param {string} number */
function placesOf(number) {
  return number.split(".")[1]?.length ?? 0;
}

/** @param {string} number */
function plain(number) {
  return number.includes(".") ? number.replace(/\.?0+$/, "") : number;
}
