// @ts-check
/** Quiet hours: when open pages make no sound and show no notices of the browser. */

/**
 * Whether it stays until it is seen, and may be told at night.
 * @param {{severity: string, kind: string}} told
 */
export function isUrgent({ severity, kind }) {
  return severity === "urgent" || kind === "stop_loss";
}

/**
 * @param {DOMStringMap} page Hours in the user's zone: `data-quiet="22:00-07:00"`, "" for none.
 * @param {{severity: string, kind: string}} told
 * @param {Date} now
 */
export function isQuiet({ quiet, quietLetsUrgent, zone }, told, now = new Date()) {
  if (!quiet || (quietLetsUrgent !== undefined && isUrgent(told))) return false;
  const [from, until] = quiet.split("-");
  const clock = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(now);
  return from < until ? from <= clock && clock < until : from <= clock || clock < until;
}
