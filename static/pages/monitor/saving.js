// @ts-check
/** Saves a monitor's rules through REST. */

/**
 * Return null, or why it was refused.
 * @param {string} url
 * @param {object[]} rules
 * @param {string} unreachable
 * @returns {Promise<string | null>}
 */
export async function saveRules(url, rules, unreachable) {
  const token = document.cookie.match(/(?:^|; *)csrftoken=([^;]+)/)?.[1] ?? "";
  const answer = await fetch(url, {
    method: "PATCH",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
    body: JSON.stringify({ rules }),
  }).catch(() => null);
  if (answer?.ok) return null;
  const said = await answer?.json().catch(() => null);
  return firstText(said) ?? unreachable;
}

/**
 * The first sentence in an error, however deep: {"rules": [{}, {"min": ["…"]}]}.
 * @param {any} said
 * @returns {string | null}
 */
function firstText(said) {
  if (typeof said === "string") return said;
  if (said === null || typeof said !== "object") return null;
  for (const inner of Object.values(said)) {
    const text = firstText(inner);
    if (text) return text;
  }
  return null;
}
