// @ts-check
/** What tells a client that it need not wait any longer. */

/**
 * The network is back, or somebody looks at the page.
 * @type {import("./types.js").Wake}
 */
export function pageWake(retry) {
  const online = () => retry();
  const looked = () => {
    if (document.visibilityState === "visible") retry();
  };
  window.addEventListener("online", online);
  document.addEventListener("visibilitychange", looked);
  return () => {
    window.removeEventListener("online", online);
    document.removeEventListener("visibilitychange", looked);
  };
}
