// @ts-check
/** The colours of the page, as the chart's library can read them. */

/**
 * @typedef {object} Palette
 * @property {string} rise
 * @property {string} fall
 * @property {string} riseSoft
 * @property {string} fallSoft
 * @property {string} text
 * @property {string} grid
 * @property {string} line
 * @property {string} caution
 * @property {string} zone
 * @property {string} stop
 */

/**
 * Read the colours as they are now, from an element inside of the chart.
 * @param {HTMLElement} place
 * @returns {Palette}
 */
export function palette(place) {
  const probe = document.createElement("span");
  place.append(probe);
  const colour = (/** @type {string} */ name) => {
    probe.style.color = `var(${name})`;
    return opaque(getComputedStyle(probe).color);
  };
  const found = {
    rise: colour("--rise"),
    fall: colour("--fall"),
    riseSoft: faint(colour("--rise"), 0.45),
    fallSoft: faint(colour("--fall"), 0.45),
    text: colour("--pico-muted-color"),
    grid: faint(colour("--pico-muted-border-color"), 0.5),
    line: colour("--pico-primary"),
    caution: colour("--caution"),
    zone: colour("--zone"),
    stop: colour("--stop"),
  };
  probe.remove();
  return found;
}

/**
 * Call back whenever the theme or the meaning of red has changed.
 * @param {() => void} changed
 */
export function onColours(changed) {
  new MutationObserver(changed).observe(document.documentElement, {
    attributeFilter: ["data-theme", "data-colours"],
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
}

/** @param {string} colour */
function opaque(colour) {
  const [red, green, blue] = colour.match(/[\d.]+/g) ?? ["128", "128", "128"];
  return `rgb(${red}, ${green}, ${blue})`;
}

/**
 * @param {string} colour
 * @param {number} alpha
 */
function faint(colour, alpha) {
  return colour.replace("rgb(", "rgba(").replace(")", `, ${alpha})`);
}
