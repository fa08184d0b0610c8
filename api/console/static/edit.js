// The edit box: asks the gate while somebody types, keeps their words in this browser until they are saved, and never
// touches the caret. What was kept is offered back, not put back: whoever comes later decides.

import { PREFIX, stored } from "./kept.js";
import { csrf, words } from "./keys.js";
import { smsSize } from "./sms.js";

const form = document.getElementById("editor");
const shown = document.getElementById("shown");
const decide = document.getElementById("decide");
const body = form?.querySelector("#body");
const subject = form?.querySelector("#subject");
const PAUSE = 350;
const key = form ? `${PREFIX}${form.dataset.case}` : "";
let saved = form ? { subject: subject?.defaultValue ?? "", body: body.defaultValue } : null;
let timer = 0;
let asked = 0;

const now = () => ({ subject: subject?.value ?? "", body: body.value });
const same = (a, b) => a.subject === b.subject && a.body === b.body;
const dirty = () => form.hasAttribute("data-kept") || !same(now(), saved);

function keep() {
  stored(key, dirty() ? { ...now(), at: Date.now() } : null);
}

function open(edit) {
  form.hidden = !edit;
  if (shown) shown.hidden = edit;
  if (decide) decide.hidden = edit;
  if (edit) {
    body.focus();
    measure();
  }
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function measure() {
  const size = smsSize(body.value);
  const values = { n: [...body.value].length, segments: size.segments, encoding: size.encoding };
  document.getElementById("size").textContent = fill(form.dataset.channel === "sms" ? words.size_sms : words.size, values);
}

function say(tone, sentence, findings = [], { link = null, fixed = null } = {}) {
  const live = document.getElementById("live");
  live.className = `live ${tone}`;
  live.replaceChildren();
  const line = document.createElement("p");
  line.append(sentence);
  if (link) {
    const a = document.createElement("a");
    a.href = link;
    a.textContent = words.sign_in;
    line.append(" ", a);
  }
  live.append(line);
  if (findings.length === 0) return;
  const list = document.createElement("ul");
  for (const finding of findings) list.append(entry(finding));
  live.append(list);
  if (fixed) live.append(mending(fixed));
}

// What the gate mended passes the whole gate; it is put in only when somebody asks for it.
function mending(fixed) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = words.use_fixed;
  button.addEventListener("click", () => {
    if (subject) subject.value = fixed.subject ?? "";
    body.value = fixed.body;
    body.dispatchEvent(new Event("input", { bubbles: true }));
    body.focus();
  });
  return button;
}

function entry(finding) {
  const item = document.createElement("li");
  const code = document.createElement("code");
  code.textContent = finding.rule;
  const language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
  item.append(code, " ", (language === "zh" && finding.says.zh) || finding.message);
  const box = finding.field === "subject" ? subject : finding.field === "body" ? body : null;
  if (!box || finding.start === null) return item;
  const jump = document.createElement("button");
  jump.type = "button";
  jump.className = "link";
  jump.textContent = `“${finding.quote}”`;
  jump.addEventListener("click", () => {
    const signs = [...box.value]; // the gate counts code points, a text box counts UTF-16 units
    const units = (n) => signs.slice(0, n).join("").length;
    box.focus();
    box.setSelectionRange(units(finding.start), units(finding.end));
  });
  item.append(" ", jump);
  return item;
}

async function check() {
  const mine = ++asked;
  say("", words.checking);
  const ask = { draft_id: form.dataset.draft, subject: subject ? subject.value : null, body: body.value };
  try {
    const answer = await fetch("/v1/check", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
      body: JSON.stringify(ask),
    });
    if (mine !== asked) return;
    if (answer.status === 401 || answer.status === 403) {
      say("warn", words.ended, [], { link: `/sign-in?next=${encodeURIComponent(location.pathname)}` });
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    const told = await answer.json();
    if (mine !== asked) return;
    say({ pass: "ok", review: "warn", block: "bad" }[told.verdict], words[told.verdict], told.violations, { fixed: told.fixed });
  } catch {
    if (mine === asked) say("warn", words.offline);
  }
}

function typed() {
  keep();
  measure();
  clearTimeout(timer);
  timer = setTimeout(check, PAUSE);
}

function offerBack() {
  const before = stored(key);
  if (!before || same(before, now())) return;
  const offer = document.getElementById("offer-back");
  offer.hidden = false;
  open(true);
  document.getElementById("take-back").addEventListener("click", () => {
    body.value = before.body;
    if (subject) subject.value = before.subject;
    offer.hidden = true;
    body.focus();
    typed();
  });
  document.getElementById("throw-away").addEventListener("click", () => {
    stored(key, null);
    offer.hidden = true;
  });
}

function begin() {
  if (location.pathname === "/sign-in" || /\/cases\/[^/]+\/\w+$/.test(location.pathname)) {
    history.replaceState(null, "", `/cases/${form.dataset.case}`); // a reload asks for the case, not for the form again
  }
  form.addEventListener("input", typed);
  form.addEventListener("submit", () => stored(`${key}:sent`, { ...now(), at: Date.now() }));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector('button[value="approve"]'));
    }
    if (event.key === "Escape" && !event.isComposing) {
      event.preventDefault();
      leave();
    }
  });
  document.getElementById("edit")?.addEventListener("click", (event) => {
    event.preventDefault();
    open(true);
  });
  document.getElementById("leave")?.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  document.getElementById("approve-form")?.addEventListener("submit", (event) => {
    if (!dirty()) return;
    event.preventDefault();
    open(true);
    say("warn", words.unsaved);
  });
  if (!form.hidden) open(true);
  if (form.hasAttribute("data-kept")) typed();
  else offerBack();
}

// Leaving the box keeps what was typed: opening it again shows it, and so does coming back tomorrow.
function leave() {
  open(false);
  document.getElementById("edit")?.focus();
}

if (form) {
  const sent = stored(`${key}:sent`);
  if (sent && !form.hasAttribute("data-kept") && same(sent, saved)) stored(key, null); // the newest draft has these very words
  stored(`${key}:sent`, null);
  begin();
}
