// The page: what is typed and chosen becomes an address, and each address a page of results.

import { HITS, Place, textFields } from "./address.js";
import { element, fill } from "./dom.js";
import { Facets, chips } from "./facets.js";
import { hits, wholeDocument } from "./hits.js";
import { INTERFACES, Messages, chooseInterface } from "./messages.js";
import { Suggestions } from "./suggest.js";

const PAUSE = 120; // milliseconds without a key before what is typed is searched

const at = (id) => document.getElementById(id);
const box = at("q");

let about; // what the server says about its index
let messages;
let facets;
let place = new Place();
let asked = new AbortController(); // the search that is under way

class Failure extends Error {
  constructor(problem) {
    super(problem.detail);
    this.code = problem.code;
  }
}

/** Ask the server; throws a Failure. */
async function ask(operation, parameters = new URLSearchParams(), signal = undefined) {
  const isLost = (error) => {
    throw new Failure({ code: "offline", detail: error.message });
  };
  const answer = await fetch(`api/${operation}?${parameters}`, { signal }).catch(isLost);
  const said = await answer.json().catch(isLost);
  if (!answer.ok) throw new Failure(said);
  return said;
}

// --- From place to place -------------------------------------------------------------------

/** Go to a place, which is a new entry of the history. What is typed in one go is one entry, and so
 *  is what it ends in: that one is replaced. */
function go(target, { isTyping = false, replaces = isTyping } = {}) {
  if (!about) return Promise.resolve(); // start() looks at what was typed by then
  const isSame = replaces && history.state?.isTyping;
  history[isSame ? "replaceState" : "pushState"]({ isTyping }, "", target.address);
  return show(target, { isTyping });
}

/** Follow a link within the page, unless it is to open somewhere else. */
function follow(event, target) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  go(target).then(() => {
    window.scrollTo(0, 0);
    (at("found").querySelector("h1") ?? at("results")).focus({ preventScroll: true });
  });
}

/** Show a place: ask for what it names, and draw it. */
async function show(target, { isTyping = false } = {}) {
  place = target;
  setInterface(chooseInterface(place.ui));
  if (!isTyping && box.value.trim() !== place.q.trim()) box.value = place.q;
  asked.abort();
  asked = new AbortController();
  const { signal } = asked;
  at("results").setAttribute("aria-busy", "true");
  try {
    if (place.id === null) {
      const result = await ask("search", place.request(about, isTyping), signal);
      if (signal.aborted) return; // another has begun in the meantime
      drawResults(result, isTyping);
    } else {
      await drawDocument(signal);
    }
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof Failure)) throw error;
    drawFailure(error);
  }
  at("results").removeAttribute("aria-busy");
}

// --- Drawing -------------------------------------------------------------------------------

function setInterface(code) {
  if (messages?.code === code) return;
  messages = new Messages(code);
  document.documentElement.lang = code;
  for (const one of document.querySelectorAll("[data-text]")) {
    one.textContent = messages.say(one.dataset.text);
  }
  for (const one of document.querySelectorAll("[data-label]")) {
    one.setAttribute("aria-label", messages.say(one.dataset.label));
  }
  box.placeholder = messages.say("placeholder");
  if (about.name) at("home").textContent = about.name;
  at("home").dir = "auto";
  fill(at("languages"), ...INTERFACES.map((one) => {
    const click = () => {
      // The place itself stays: page, document and all.
      go(place.with({ ui: one, page: place.page, id: place.id }));
    };
    const name = Messages.nameOf(one);
    return element("button", { type: "button", class: "plain", lang: one, "aria-pressed": String(one === code),
      "data-key": `ui ${one}`, click }, name);
  }));
  drawSorts();
}

function drawSorts() {
  const choices = [["", messages.say("relevance")]];
  for (const key of about.sorts) {
    const name = key.replace(/^-/, "");
    const field = messages.field(name);
    const type = about.fields[name];
    if (type === "date" || type === "datetime") {
      choices.push([key, messages.say(key === name ? "oldest" : "newest")]);
    } else if (type === "integer" || type === "float") {
      choices.push([key, messages.say(key === name ? "lowest" : "highest", { field })]);
    } else {
      choices.push([key, messages.say("alphabetical", { field })]);
    }
  }
  fill(at("sort"), ...choices.map(([value, text]) => element("option", { value }, text)));
  at("sorting").hidden = choices.length < 2;
}

function drawResults(result, isTyping) {
  if (!result.hits.length && result.total && place.page > 1) {
    // An address from when there were more, or one that somebody made up.
    const last = place.with({ page: lastPage(result.total) });
    history.replaceState(history.state, "", last.address);
    show(last);
    return;
  }
  document.body.classList.remove("reading");
  const isAll = !place.q.trim() && !place.chosen.length;
  const name = about.name || messages.say("search");
  document.title = place.q.trim() ? `${place.q.trim()} – ${name}` : name;
  at("status").textContent = messages.count(isAll ? "all" : "found", result.total);
  at("sort").value = place.sort || (place.q.trim() || !about.roles.date ? "" : `-${about.roles.date}`);
  at("toggle").textContent = messages.texts.filtersOf(place.chosen.length);
  fill(at("filters"), ...facets.draw(result, messages, place));
  at("toggle").hidden = !at("filters").children.length;
  fill(at("chips"), ...chips(about, messages, place, go));
  fill(at("notices"), ...(isTyping ? [] : notices(result))); // half a word is no mistake
  fill(at("found"), result.total ? hits(result, about, messages, place, follow) : nothing());
  drawPages(result.total);
}

async function drawDocument(signal) {
  const which = new URLSearchParams({ id: place.id });
  const found = await ask("document", which, signal);
  which.set("limit", "5");
  for (const name of textFields(about)) which.append("highlight", name);
  const similar = textFields(about).length ? await ask("similar", which, signal) : { hits: [] };
  if (signal.aborted) return;
  document.body.classList.add("reading");
  for (const id of ["filters", "chips", "notices"]) fill(at(id));
  at("status").textContent = "";
  const drawn = wholeDocument(found, similar, about, messages, place, follow);
  fill(at("found"), drawn);
  document.title = drawn.querySelector("h1").textContent;
  at("pages").hidden = true;
}

function notices(result) {
  const points = Array.from(place.q);
  const texts = new Set();
  for (const { code, message, start, end } of result.notices) {
    const word = start === undefined ? "" : points.slice(start, end).join("");
    const key = { corrected: "corrected", "unknown-word": "unknown" }[code];
    texts.add(key && word ? messages.say(key, { word }) : `${messages.say("misread")} ${message}`);
  }
  const drawn = [...texts].map((text) => element("p", { class: "notice" }, text));
  if (result.did_you_mean !== null) {
    const target = place.with({ q: result.did_you_mean });
    const [before, after] = messages.texts.meant.split("{query}");
    drawn.unshift(element("p", { class: "meant" }, before, element("a", { href: target.address, dir: "auto",
      click: (event) => follow(event, target) }, result.did_you_mean), after));
  }
  return drawn;
}

function nothing() {
  const isEmpty = !about.documents && !place.q.trim() && !place.chosen.length;
  return element("div", { class: "message" },
    element("p", {}, messages.say(isEmpty ? "nothingYet" : "nothing")),
    isEmpty ? null : element("p", {}, messages.say("tryFewer")));
}

function lastPage(total) {
  return Math.ceil(Math.min(total, about.limits.depth + HITS) / HITS);
}

function drawPages(total) {
  const last = lastPage(total);
  at("pages").hidden = last < 2;
  const link = (key, page) => {
    const target = place.with({ page });
    return page < 1 || page > last
      ? element("span")
      : element("a", { href: target.address, rel: key === "next" ? "next" : "prev", "data-key": key,
          click: (event) => follow(event, target) }, messages.say(key));
  };
  const [n, all] = [messages.number(place.page), messages.number(last)];
  fill(at("pages"), link("previous", place.page - 1), element("span", {}, messages.say("page", { n, all })),
    link("next", place.page + 1));
}

function drawFailure(error) {
  const known = { busy: "busy", index: "busy", "too-slow": "slow", "not-found": "gone", offline: "offline" };
  const key = known[error.code] ?? "wrong";
  at("status").textContent = "";
  for (const id of ["chips", "notices"]) fill(at(id));
  at("pages").hidden = true;
  const home = new Place("").with({ ui: place.ui });
  fill(at("found"), element("div", { class: "message", role: "alert" },
    element("p", {}, messages.say(key)),
    key === "wrong" ? element("p", { lang: "en" }, error.message) : null,
    key === "wrong" || key === "gone"
      ? element("p", {}, element("a", { href: home.address, click: (event) => follow(event, home) }, messages.say("anew")))
      : element("p", {}, element("button", { type: "button", click: () => show(place) }, messages.say("again")))));
}

// --- What people do ------------------------------------------------------------------------

let pause;

function typed() {
  clearTimeout(pause);
  pause = setTimeout(() => {
    suggestions.update();
    if (box.value.trim() !== place.q.trim() || place.id !== null) {
      go(place.with({ q: box.value.trim() ? box.value : "" }), { isTyping: true });
    }
  }, PAUSE);
}

/** What was typed is meant: what is typed from now on is another search. */
function settle() {
  if (history.state?.isTyping) history.replaceState({ isTyping: false }, "");
}

const suggestions = new Suggestions(box, at("suggestions"), ask, (text) => {
  box.value = text;
  clearTimeout(pause);
  go(place.with({ q: text }), { replaces: true });
});

box.addEventListener("input", (event) => {
  if (!event.isComposing) typed();
});
box.addEventListener("compositionend", typed);
box.addEventListener("blur", settle);
at("form").addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(pause);
  suggestions.close();
  const isShown = box.value.trim() === place.q.trim() && place.id === null;
  if (isShown && !history.state?.isTyping) return;
  go(isShown ? place : place.with({ q: box.value }), { replaces: true });
});
at("home").addEventListener("click", (event) => follow(event, new Place("").with({ ui: place.ui })));
at("sort").addEventListener("change", (event) => go(place.with({ sort: event.target.value })));
at("toggle").addEventListener("click", () => {
  const isOpen = document.body.classList.toggle("filtering");
  at("toggle").setAttribute("aria-expanded", String(isOpen));
});
document.addEventListener("keydown", (event) => {
  const isText = event.target.matches("input:not([type=checkbox]), select, textarea");
  if (event.key !== "/" || isText || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  box.focus();
  box.select();
});
window.addEventListener("popstate", () => show(new Place()));

async function start() {
  box.value = place.q;
  if (place.id === null && !place.q && !place.chosen.length) box.focus();
  try {
    about = await ask("about");
  } catch {
    // Nothing can be drawn without it: say so plainly.
    at("status").textContent = new Messages(chooseInterface(place.ui)).say("offline");
    return;
  }
  box.maxLength = about.limits.query;
  facets = new Facets(about, go, ask);
  if (box.value === place.q) await show(place);
  else await go(place.with({ q: box.value }), { isTyping: true });
}

start();
