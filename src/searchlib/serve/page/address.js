// What is searched stands in the address, so that it can be gone back to, kept and sent.

const PREFIX = "filter.";
export const HITS = 10;
// Words without any sign of the query language, the last of two letters or more.
const PLAIN = /^(?:[\p{L}\p{M}\p{N}]+\s+)*([\p{L}\p{M}\p{N}]{2,})$/u;

/** One state of the page, as its address says it. */
export class Place {
  constructor(search = location.search) {
    const given = new URLSearchParams(search);
    this.q = given.get("q") ?? "";
    this.sort = given.get("sort") ?? "";
    this.page = Math.max(1, Number.parseInt(given.get("page") ?? "1", 10) || 1);
    this.id = given.get("id");
    this.ui = given.get("ui") ?? "";
    this.filters = new Map();
    for (const [name, value] of given) {
      if (name.startsWith(PREFIX)) this.add(name.slice(PREFIX.length), value);
    }
  }

  /** The same with some changes; what is found changes with them, so the first page comes. */
  with(changes) {
    const other = new Place("");
    const filters = new Map([...this.filters].map(([name, values]) => [name, [...values]]));
    return Object.assign(other, { ...this, filters, page: 1, id: null }, changes);
  }

  add(name, value) {
    const values = this.filters.get(name) ?? [];
    if (!values.includes(value)) this.filters.set(name, [...values, value]);
  }

  /** The same with other values of one filter. */
  filtered(name, values) {
    const other = this.with({});
    if (values.length) other.filters.set(name, values);
    else other.filters.delete(name);
    return other;
  }

  get chosen() {
    return [...this.filters].flatMap(([name, values]) => values.map((value) => [name, value]));
  }

  get address() {
    const given = this.narrowing();
    if (this.sort) given.set("sort", this.sort);
    if (this.page > 1) given.set("page", this.page);
    if (this.id !== null) given.set("id", this.id);
    if (this.ui) given.set("ui", this.ui);
    const search = given.toString();
    return search ? `?${search}` : "./";
  }

  /** The query and the filters, as the API takes them too. */
  narrowing() {
    const given = new URLSearchParams();
    if (this.q) given.set("q", this.q);
    for (const [name, value] of this.chosen) given.append(PREFIX + name, value);
    return given;
  }

  /** What the API is asked for the hits of this place. While somebody types, the last word may be
   *  the beginning of one. */
  request(about, isTyping) {
    const { title, body, url, date, facets, labels } = about.roles;
    const asked = this.narrowing();
    const [, begun] = (isTyping && PLAIN.exec(this.q)) || [];
    if (begun && this.q.length + begun.length + 2 <= about.limits.query) asked.set("q", `${this.q} ${begun}*`);
    const sort = this.sort || (this.q.trim() || !date ? "" : `-${date}`);
    if (sort) asked.set("sort", sort);
    asked.set("limit", HITS);
    asked.set("offset", Math.min((this.page - 1) * HITS, about.limits.depth));
    for (const name of facets.slice(0, about.limits.facets)) asked.append("facet", name);
    for (const name of new Set([title, url, date, ...labels])) {
      if (name !== null) asked.append("fields", name);
    }
    for (const name of textFields(about)) asked.append("highlight", name);
    return asked;
  }
}

/** The text fields that a hit shows. */
export function textFields(about) {
  const { title, body } = about.roles;
  return [title, body].filter((name) => name !== null && about.fields[name] === "text");
}
