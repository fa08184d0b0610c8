// The part of a page that changes by itself is fetched again, while there is something to see and somebody looks.

const part = document.querySelector("[data-refresh]");
const PAUSE = 3000;

async function again() {
  if (document.hidden) return setTimeout(again, PAUSE);
  try {
    const answer = await fetch(part.dataset.refresh, { redirect: "error" });
    if (answer.ok) part.innerHTML = await answer.text(); // our own template, escaped by the server
  } catch {
    // the next round tries again
  }
  if (part.querySelector("[data-active]")) setTimeout(again, PAUSE);
}
if (part?.querySelector("[data-active]")) setTimeout(again, PAUSE);
