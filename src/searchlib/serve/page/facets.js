// What can be chosen beside the hits, and what is.

import { element } from "./dom.js";

const MANY_YEARS = 8;
const SPAN = /^(\d{4}-\d{2}-\d{2})?\.\.(\d{4}-\d{2}-\d{2})?$/;

/** What people read for the text of a filter. */
export function spoken(name, text, about, messages) {
  const type = about.fields[name];
  if (name === "_language") return messages.language(text);
  if (type === "boolean") return messages.say(text === "true" ? "yes" : "no");
  if (type === "category") return text.split("/").join(" › ");
  const days = SPAN.exec(text);
  if ((type === "date" || type === "datetime") && days) {
    const [from, to] = [days[1], days[2]].map((day) => (day ? messages.day(day) : "…"));
    return `${from} – ${to}`;
  }
  const range = /^([[{])(\S+) TO (\S+)([\]}])$/.exec(text);
  if (!range) return text;
  const [, , low, high] = range;
  if (low === "*") return `< ${high}`;
  return high === "*" ? `≥ ${low}` : `${low} – ${high}`;
}

/** Draws the facets of a search. */
export class Facets {
  /** `go` takes the place to go to; `ask` an operation and its parameters. */
  constructor(about, go, ask) {
    this.about = about;
    this.go = go;
    this.ask = ask;
    this.opened = new Set(); // fields of which all lines are shown
    this.sought = new Map(); // field → what is looked for in its values
  }

  /** The facets, each a group of boxes to tick. */
  draw(result, messages, place) {
    this.results = result.facets;
    this.messages = messages;
    this.place = place;
    const groups = this.about.roles.facets
      .filter((name) => name in result.facets)
      .map((name) => this.group(name, result.facets[name]));
    return groups.filter((group) => group !== null);
  }

  group(name, facet) {
    const { messages, place } = this;
    const type = this.about.fields[name] ?? "keyword";
    const isDated = type === "date" || type === "datetime";
    const isChosen = place.filters.has(name);
    if (!isChosen && !this.sought.has(name) && !isUseful(facet, type)) return null;
    const list = element("ul", { role: "list" });
    const group = element(
      "fieldset",
      { "data-field": name },
      element("legend", {}, messages.field(name)),
      name === this.about.roles.date ? this.span(name) : null,
      type === "keyword" && name !== "_language" && facet.distinct > facet.lines.length
        ? this.finder(name, list)
        : null,
      list,
    );
    this.fillLines(list, name, type, facet);
    if (this.sought.has(name) || (type === "keyword" && this.opened.has(name))) this.seek(name, list);
    return group;
  }

  fillLines(list, name, type, facet) {
    const isDated = type === "date" || type === "datetime";
    const lines = isDated ? [...facet.lines].reverse() : facet.lines;
    const most = Math.max(1, ...lines.map((line) => line.count));
    const isOpen = this.opened.has(name);
    const isMany = isDated && lines.length > MANY_YEARS + 1;
    const shown = isMany && !isOpen
      ? lines.filter((line, number) => number < MANY_YEARS || line.selected)
      : lines;
    const rest = isDated ? 0 : facet.distinct - lines.length;
    const others = this.messages.say("others", { n: this.messages.number(rest) });
    const canOpen = type === "keyword" && !isOpen && !this.sought.has(name);
    const more = [];
    if (rest > 0 && canOpen) more.push(this.opener(name, list, type, others));
    else if (rest > 0) more.push(element("li", { class: "rest" }, others));
    if (isMany && !isOpen) more.push(this.opener(name, list, type, this.messages.say("more")));
    if (isOpen && (isMany || type === "keyword")) {
      more.push(this.opener(name, list, type, this.messages.say("fewer")));
    }
    list.replaceChildren(...shown.map((line) => this.line(name, type, line, most)), ...more);
  }

  line(name, type, line, most) {
    const shown = this.shown(name, type, line);
    const box = element("input", {
      type: "checkbox",
      "data-key": `${name}=${line.filter}`,
      change: () => this.toggle(name, type, line),
    });
    box.checked = line.selected;
    const label = element(
      "label",
      {},
      box,
      element("span", { class: "value", dir: "auto", title: shown }, shown),
      " ",
      element("span", { class: "count" }, this.messages.number(line.count)),
    );
    label.style.setProperty("--ratio", String(line.count / most));
    const children = (line.children ?? []).map((child) => this.line(name, type, child, most));
    return element("li", {}, label, children.length ? element("ul", { role: "list" }, ...children) : null);
  }

  shown(name, type, line) {
    if (name === "_language" || type === "boolean") {
      return spoken(name, line.filter, this.about, this.messages);
    }
    return type === "category" ? String(line.value).split("/").at(-1) : String(line.value);
  }

  /** Tick or untick: any of the values of one field will do, and of a category the deepest. */
  toggle(name, type, line) {
    this.ticked = `${name}=${line.filter}`;
    const before = this.place.filters.get(name) ?? [];
    const text = line.filter;
    let after = before.filter((value) => !SPAN.test(value));
    if (line.selected) {
      after = after.filter((value) => value !== text);
    } else {
      if (type === "category") {
        after = after.filter((value) => !`${text}/`.startsWith(`${value}/`));
        after = after.filter((value) => !`${value}/`.startsWith(`${text}/`));
      }
      after.push(text);
    }
    this.go(this.place.filtered(name, after));
  }

  /** A button that shows all lines, or some of them again. */
  opener(name, list, type, text) {
    const key = `more ${name}`;
    const click = async () => {
      const isOpen = this.opened.delete(name);
      if (!isOpen) this.opened.add(name);
      if (!isOpen && type === "keyword") await this.seek(name, list);
      else this.fillLines(list, name, type, this.results[name]);
      list.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
    };
    return element("li", {}, element("button", { type: "button", class: "plain", "data-key": key, click }, text));
  }

  /** From and to: a span of days in place of years. */
  span(name) {
    const text = (this.place.filters.get(name) ?? []).find((value) => SPAN.test(value)) ?? "..";
    const [, from = "", to = ""] = SPAN.exec(text);
    const boxes = [from, to].map((day, number) => {
      const box = element("input", { type: "date", "data-key": `${name} ${number}`, min: "0001-01-01", max: "9999-12-31" });
      box.value = day;
      return box;
    });
    const change = () => {
      const [first, last] = boxes.map((box) => box.value);
      if (`${first}..${last}` === text || boxes.some((box) => box.validity.badInput)) return;
      this.go(this.place.filtered(name, first || last ? [`${first}..${last}`] : []));
    };
    // Not at each change: while a date is typed, it is already one in the year 2.
    for (const box of boxes) {
      box.addEventListener("blur", change);
      box.addEventListener("keydown", (event) => event.key === "Enter" && change());
      box.addEventListener("change", () => document.activeElement !== box && change());
    }
    return element(
      "div",
      { class: "span" },
      element("label", {}, this.messages.say("from"), boxes[0]),
      element("label", {}, this.messages.say("to"), boxes[1]),
    );
  }

  /** A box in which a value is looked for among many. */
  finder(name, list) {
    const text = this.messages.say("find", { field: this.messages.field(name).toLocaleLowerCase(this.messages.code) });
    const input = (event) => {
      if (event.target.value) this.sought.set(name, event.target.value);
      else this.sought.delete(name);
      if (this.sought.has(name) || this.opened.has(name)) this.seek(name, list);
      else this.fillLines(list, name, "keyword", this.results[name]);
    };
    const box = element("input", { type: "search", class: "find", dir: "auto", placeholder: text, "aria-label": text, maxlength: 200, "data-key": `find ${name}`, input });
    box.value = this.sought.get(name) ?? "";
    return box;
  }

  /** Ask for the lines of a value that is looked for, or for all there are. */
  async seek(name, list) {
    const matching = this.sought.get(name);
    const asked = this.place.narrowing();
    asked.set("field", name);
    if (matching) asked.set("matching", matching);
    if (this.opened.has(name)) asked.set("limit", this.about.limits.values);
    const facet = await this.ask("facet", asked).catch(() => null);
    if (facet === null || this.sought.get(name) !== matching) return; // typed on
    this.fillLines(list, name, "keyword", facet);
    if (document.activeElement === document.body && this.ticked) {
      list.querySelector(`[data-key="${CSS.escape(this.ticked)}"]`)?.focus(); // it was drawn anew
    }
  }
}

/** Whether a facet tells anything: more than one line, and not each value once. */
function isUseful(facet, type) {
  if (facet.lines.length < 2) return type === "date" || type === "datetime" ? facet.lines.length > 0 : false;
  const isOnceEach = facet.lines.every((line) => line.count <= 1) && facet.distinct > 20;
  return !isOnceEach || type !== "keyword";
}

/** What the search is filtered by, each to be taken away with one press. */
export function chips(about, messages, place, go) {
  const made = place.chosen.map(([name, text]) => {
    const value = spoken(name, text, about, messages);
    const rest = place.filters.get(name).filter((other) => other !== text);
    return element(
      "button",
      {
        type: "button",
        class: "chip",
        "data-key": `chip ${name}=${text}`,
        "aria-label": messages.say("remove", { value: `${messages.field(name)}: ${value}` }),
        click: () => go(place.filtered(name, rest)),
      },
      element("span", { class: "of" }, `${messages.field(name)} `),
      element("bdi", { dir: "auto" }, value),
      element("span", { class: "cross", "aria-hidden": "true" }, "×"),
    );
  });
  if (made.length > 1) {
    const click = () => go(place.with({ filters: new Map() }));
    made.push(element("button", { type: "button", class: "plain", "data-key": "clear", click }, messages.say("clear")));
  }
  return made;
}
