// @ts-check
/** What a browser calls itself, for the name of its destination. */

/** The first that fits counts: others claim to be Chrome, and Chrome to be Safari. */
const BROWSERS = [
  ["Edge", /Edg(?:e|A|iOS)?\//],
  ["Opera", /OPR\/|Opera/],
  ["Samsung Internet", /SamsungBrowser\//],
  ["Firefox", /Firefox\/|FxiOS\//],
  ["Chrome", /Chrome\/|CriOS\//],
  ["Safari", /Safari\//],
];
const SYSTEMS = [
  ["Android", /Android/],
  ["iPhone", /iPhone/],
  ["iPad", /iPad/],
  ["Windows", /Windows/],
  ["ChromeOS", /CrOS/],
  ["macOS", /Mac OS X/],
  ["Linux", /Linux/],
];

/**
 * @param {string} agent `navigator.userAgent`
 * @param {string} pattern Such as "{browser} on {system}", in the user's language.
 */
export function browserName(agent, pattern) {
  const browser = first(BROWSERS, agent) ?? "Browser";
  const system = first(SYSTEMS, agent);
  if (!system) return browser;
  return pattern.replace("{browser}", browser).replace("{system}", system);
}

/**
 * @param {(string | RegExp)[][]} known
 * @param {string} agent
 */
function first(known, agent) {
  return known.find(([_name, sign]) => agent.match(sign))?.[0].toString();
}
