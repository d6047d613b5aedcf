// @ts-check

/** @returns {string} What every request that changes something must carry; "" where it cannot be read. */
export function csrfToken() {
  return document.cookie.match(/(?:^|; *)csrftoken=([^;]+)/)?.[1] ?? "";
}
