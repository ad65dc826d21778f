// Elements made of text, never of HTML: what comes from documents stays text.

/** Make an element: attributes (null leaves one out, a function listens), then children. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") made.addEventListener(name, value);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Put new children into an element; what had the focus gets it again. */
export function fill(parent, ...children) {
  const active = document.activeElement;
  const key = parent.contains(active) ? active.dataset.key : undefined;
  parent.replaceChildren(...children.filter((child) => child !== null));
  if (key !== undefined) parent.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
}

const RIGHT_TO_LEFT = new Set(["ar", "ckb", "dv", "fa", "he", "iw", "ps", "sd", "ug", "ur", "yi"]);

/** The attributes of a text in a language; of one that is not known, its letters tell. */
export function written(language) {
  if (!language || language === "und") return { dir: "auto" };
  return { lang: language, dir: RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr" };
}

/** A text with its matches marked: places count code points, `start` is that of the text. */
export function marked(text, matches, start = 0) {
  const points = Array.from(text);
  const pieces = [];
  let position = 0;
  for (const [from, to] of matches) {
    const [first, last] = [Math.max(from - start, position), Math.min(to - start, points.length)];
    if (first >= last) continue;
    pieces.push(points.slice(position, first).join(""));
    pieces.push(element("mark", {}, points.slice(first, last).join("")));
    position = last;
  }
  pieces.push(points.slice(position).join(""));
  return pieces;
}

/** The values of a field of a document, as a list. */
export function valuesOf(found, name) {
  const value = name === null ? undefined : found.document[name];
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** An address if it is one of the web; anything else, javascript: among it, is none. */
export function webAddress(value) {
  if (typeof value !== "string" || !URL.canParse(value)) return null;
  const url = new URL(value);
  return url.protocol === "https:" || url.protocol === "http:" ? url : null;
}
