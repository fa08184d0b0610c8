// What this browser keeps of words that were not saved. They speak of customers, so they go after a week, and with
// whoever signs out; that is asked first, because they are somebody's work.

import { words } from "./keys.js";

export const PREFIX = "holdfast:";
const FORGET = 7 * 24 * 3600 * 1000;

// Without a value: what is kept under this name, or null. A browser without storage, or with a full one, keeps nothing:
// the server still hands a refused form back.
export function stored(name, value) {
  try {
    if (value === undefined) return JSON.parse(localStorage.getItem(name) || "null");
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // nothing was kept
  }
  return null;
}

function names() {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
  } catch {
    return [];
  }
}

for (const name of names()) {
  if (Date.now() - (stored(name)?.at ?? 0) > FORGET) stored(name, null);
}

document.querySelector('form[action="/sign-out"]')?.addEventListener("submit", (event) => {
  if (names().length > 0 && !window.confirm(words.sign_out)) {
    event.preventDefault();
    return;
  }
  for (const name of names()) stored(name, null);
});
