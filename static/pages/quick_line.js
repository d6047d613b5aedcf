// @ts-check
/** The line that makes a monitor: what it would make is shown while one types. `n` goes to it. */

/** @typedef {import("../realtime/types.js").Frame} Frame */

const PAUSE_MS = 200;

/** @returns {((frame: Frame) => void) | null} */
export function quickLine() {
  const form = document.getElementById("quick");
  const input = document.getElementById("quick-line");
  const place = document.getElementById("quick-preview");
  if (!(form instanceof HTMLFormElement) || !(input instanceof HTMLInputElement) || !place) {
    return null;
  }
  let asked = new AbortController();

  const look = async () => {
    asked.abort();
    const { signal } = (asked = new AbortController());
    if (!input.value.trim()) return place.replaceChildren();
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (signal.aborted) return;
    const answer = await fetch(`${form.action}?line=${encodeURIComponent(input.value)}`, {
      headers: { "HX-Request": "true" },
      signal,
    }).catch(() => null);
    // Who is logged out is led to the page for logging in.
    if (!answer?.ok || answer.redirected) return;
    const drawn = await answer.text().catch(() => null);
    if (drawn !== null && !signal.aborted) place.innerHTML = drawn;
  };

  input.addEventListener("input", (event) => {
    if (!(/** @type {InputEvent} */ (event).isComposing)) void look();
  });
  input.addEventListener("compositionend", () => void look());
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || !input.value) return;
    event.preventDefault();
    input.value = "";
    void look();
  });
  place.addEventListener("click", (event) => {
    const choice = event.target instanceof Element ? event.target.closest("[data-line]") : null;
    if (!choice) return;
    event.preventDefault();
    input.value = `${choice.getAttribute("data-line") ?? ""} `;
    input.focus();
    void look();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "n" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.defaultPrevented || isTyping(event.target)) return;
    event.preventDefault();
    input.focus();
  });
  if (input.value && !place.childElementCount) void look();
  return null;
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(input|select|textarea)$/i.test(target.tagName))
  );
}
