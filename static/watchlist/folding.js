// @ts-check
/** Remembers which groups are closed, where the server can see it: so nothing jumps on the next visit. */

const A_YEAR = 365 * 24 * 3600;

/** @param {HTMLElement} root */
export function folding(root) {
  // "toggle" comes later, and is lost where the page is left at once.
  root.addEventListener("click", ({ target }) => {
    const summary = target instanceof Element ? target.closest("summary") : null;
    if (summary?.parentElement instanceof HTMLDetailsElement) remember(summary.parentElement);
  });
}

/** @param {HTMLDetailsElement} group About to be opened, or closed. */
function remember(group) {
  const folded = new Set(read());
  const name = group.dataset.group ?? "";
  if (!group.open) folded.delete(name);
  else folded.add(name);
  document.cookie = `folded=${[...folded].join(".")}; path=/; max-age=${A_YEAR}; samesite=lax`;
}

function read() {
  const kept = document.cookie.split("; ").find((cookie) => cookie.startsWith("folded="));
  return kept?.slice("folded=".length).split(".").filter(Boolean) ?? [];
}
