// The keyboard: single letters act while nobody types, and not at all where the rep switched them off.

export const words = JSON.parse(document.querySelector('meta[name="holdfast-words"]')?.content || "{}");
export const csrf = document.querySelector('meta[name="holdfast-csrf"]')?.content || "";
const off = document.documentElement.dataset.keys === "off";
const byId = (id) => document.getElementById(id);

export function typing(target) {
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (rows.length === 0) {
    byId(by > 0 ? "after" : "before")?.click();
    return;
  }
  const at = rows.indexOf(document.activeElement);
  const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1);
  rows[next].focus();
  rows[next].closest(".row").scrollIntoView({ block: "nearest" });
}

function openDrawer(id) {
  const drawer = byId(id);
  if (!drawer) return;
  drawer.open = true;
  drawer.querySelector("input:not([type=hidden])")?.focus();
}

const acts = {
  j: () => step(1),
  k: () => step(-1),
  a: () => byId("approve")?.click(),
  e: () => byId("edit")?.click(),
  g: () => openDrawer("regenerate"),
  r: () => openDrawer("reject"),
  u: () => byId("undo")?.click(),
  "?": () => byId("keys")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && typing(event.target)) {
    const drawer = event.target.closest("details");
    if (drawer) {
      drawer.open = false;
      drawer.querySelector("summary").focus();
    } else if (!event.target.closest("#editor")) {
      event.target.blur();
    }
    return;
  }
  if (off || typing(event.target) || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (byId("keys")?.open) return;
  const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

// Two sends of one form are one send: a tired finger presses twice.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  if (event.target.dataset.sent) event.preventDefault();
  else if (event.target.method === "post") event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

for (const select of document.querySelectorAll("select[data-submit]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
