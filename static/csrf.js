// @ts-check
/**
 * Keeps open forms valid: logging in, also in another tab, changes the token that forms must carry.
 * Without JavaScript, or where the cookie cannot be read, a form sends the token it came with.
 */

import { csrfToken } from "./csrf_token.js";

document.addEventListener(
  "submit",
  (event) => {
    const token = csrfToken();
    if (!token || !(event.target instanceof HTMLFormElement)) return;
    const field = event.target.elements.namedItem("csrfmiddlewaretoken");
    if (field instanceof HTMLInputElement) field.value = token;
  },
  { capture: true },
);
