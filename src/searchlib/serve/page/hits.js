// Hits, and one document whole.

import { element, marked, valuesOf, webAddress, written } from "./dom.js";
import { textFields } from "./address.js";

const HEADING = 90; // characters of a text that stand for a title
const MOST_FACTS = 10;

/** The heading of a hit: its title with the matches marked, else the beginning of its text. */
function heading(found, about) {
  const { title, body } = about.roles;
  const [text] = valuesOf(found, title);
  if (text !== undefined && String(text).trim()) {
    const fragments = found.highlights?.[title] ?? [];
    const matches = fragments.filter((one) => one.value === 0).flatMap((one) => one.matches);
    return marked(String(text), matches);
  }
  const [fragment] = found.highlights?.[body] ?? [];
  const start = fragment?.text ?? String(valuesOf(found, body)[0] ?? "");
  const points = Array.from(start.trim());
  if (!points.length) return [found.id];
  return [points.length > HEADING ? `${points.slice(0, HEADING).join("")}…` : points.join("")];
}

/** Day, language, address and labels of a document, in the language of the interface. */
function facts(found, about, messages, place, go) {
  const { date, url, labels } = about.roles;
  const parts = [];
  const [day] = valuesOf(found, date);
  if (day !== undefined) parts.push(element("time", { datetime: day }, messages.day(day)));
  if (about.languages.length > 1 && found.language && found.language !== "und") {
    parts.push(messages.language(found.language));
  }
  const address = webAddress(valuesOf(found, url)[0]);
  if (address) parts.push(element("bdi", { class: "host" }, address.host));
  for (const name of labels) {
    const type = about.fields[name];
    for (const value of valuesOf(found, name).slice(0, 5)) {
      if (type === "keyword" || type === "category") {
        parts.push(label(name, value, shownValue(type, value, messages), messages, place, go));
      }
    }
  }
  const separated = parts.slice(0, MOST_FACTS).flatMap((part, number) => (number ? [" · ", part] : [part]));
  return parts.length ? element("p", { class: "facts", lang: messages.code, dir: "ltr" }, ...separated) : null;
}

/** A value that searches for itself. */
function label(name, value, shown, messages, place, go) {
  const target = place.filtered(name, [value]);
  return element(
    "a",
    { class: "label", href: target.address, title: messages.field(name), click: (event) => go(event, target) },
    element("bdi", { dir: "auto" }, shown),
  );
}

/** One hit of a list. */
function hit(found, about, messages, place, go, level) {
  const target = place.with({ id: found.id, page: place.page });
  const address = webAddress(valuesOf(found, about.roles.url)[0]);
  const own = { href: target.address, "data-key": `hit ${found.id}`, click: (event) => go(event, target) };
  const link = address ? { href: address.href, rel: "noopener noreferrer", "data-key": `hit ${found.id}` } : own;
  const fragments = (found.highlights?.[about.roles.body] ?? []).map((one) =>
    element(
      "p",
      { class: "fragment" },
      one.start ? "… " : "",
      ...marked(one.text, one.matches, one.start),
      one.end < one.length ? " …" : "",
    ),
  );
  return element(
    "li",
    {},
    element(
      "article",
      written(found.language),
      element(level, {}, element("a", link, ...heading(found, about))),
      facts(found, about, messages, place, go),
      ...fragments,
      address
        ? element("p", { class: "facts", lang: messages.code, dir: "ltr" },
            element("a", { ...own, "data-key": `more ${found.id}` }, messages.say("details")))
        : null,
    ),
  );
}

/** Hits without their marks: of documents alike nearly every word is one. */
function unmarked(result) {
  const bare = (fragments) => fragments.map((one) => ({ ...one, matches: [] }));
  const plain = (names) => Object.fromEntries(Object.entries(names).map(([name, all]) => [name, bare(all)]));
  return { ...result, hits: result.hits.map((found) => ({ ...found, highlights: plain(found.highlights) })) };
}

/** The hits of a page of results. */
export function hits(result, about, messages, place, go, level = "h2") {
  const items = result.hits.map((found) => hit(found, about, messages, place, go, level));
  return element("ol", { class: "hits", role: "list" }, ...items);
}

/** One document whole, with documents like it. */
export function wholeDocument(found, similar, about, messages, place, go) {
  const { title, body, url } = about.roles;
  const back = place.with({ page: place.page });
  const shown = new Set([title, url, about.id, ...textFields(about)]);
  const address = webAddress(valuesOf(found, url)[0]);
  const rows = Object.entries(found.document)
    .filter(([name, value]) => !shown.has(name) && value !== null && value !== "" && about.fields[name])
    .flatMap(([name]) => row(name, found, about, messages));
  const titled = heading(found, about);
  return element(
    "div",
    { class: "document" },
    element("p", {}, element("a", { href: back.address, "data-key": "back", click: (event) => go(event, back) },
      "← ", messages.say("back"))),
    element(
      "article",
      written(found.language),
      element("h1", { tabindex: "-1" }, ...titled),
      facts(found, about, messages, place.with({ q: "", filters: new Map() }), go),
      address ? element("p", { class: "facts", dir: "ltr" },
        element("a", { href: address.href, rel: "noopener noreferrer" }, address.href)) : null,
      ...valuesOf(found, body).map((text) => element("div", { class: "text" }, text)),
      rows.length ? element("dl", { lang: messages.code, dir: "ltr" }, ...rows) : null,
    ),
    similar.hits.length
      ? element("section", { class: "similar" }, element("h2", {}, messages.say("similar")),
          hits(unmarked(similar), about, messages, place, go, "h3"))
      : null,
  );
}

function row(name, found, about, messages) {
  const type = about.fields[name];
  const values = valuesOf(found, name).map((value) => {
    if (type === "text") return element("dd", { class: "text", ...written(found.language) }, value);
    return element("dd", { dir: "auto" }, shownValue(type, value, messages));
  });
  return values.length ? [element("dt", {}, messages.field(name)), ...values] : [];
}

/** A value of a document as people write it. */
export function shownValue(type, value, messages) {
  if (type === "date" || type === "datetime") return messages.day(String(value));
  if (type === "boolean") return messages.say(value ? "yes" : "no");
  if (type === "category") return String(value).split("/").join(" › ");
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}
