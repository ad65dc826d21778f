// Suggestions below the search box, by the pattern of a combobox.

import { element, fill } from "./dom.js";

/** The list below the search box. `ask` gets suggestions, `choose` takes the text chosen. */
export class Suggestions {
  constructor(box, list, ask, choose) {
    this.box = box;
    this.list = list;
    this.ask = ask;
    this.choose = choose;
    this.options = [];
    this.active = -1;
    box.addEventListener("keydown", (event) => this.onKey(event));
    box.addEventListener("blur", () => this.close());
    // Before the box loses the focus, which would close the list below the pointer.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  async update() {
    const typed = this.box.value;
    if (!typed.trim()) return this.close();
    const found = await this.ask("suggest", new URLSearchParams({ q: typed, limit: 5 })).catch(() => null);
    if (found === null || this.box.value !== typed || document.activeElement !== this.box) return undefined;
    const words = found.words.filter((one) => one.query.trim() !== typed.trim());
    this.options = [
      ...words.map((one) => ({ text: one.query, kind: "word" })),
      ...found.titles.slice(0, 4).map((one) => ({ text: one.text, kind: "title" })),
    ];
    return this.draw();
  }

  draw() {
    this.active = -1;
    fill(
      this.list,
      ...this.options.map(({ text, kind }, number) =>
        element(
          "li",
          { id: `suggestion-${number}`, role: "option", class: kind, dir: "auto", "aria-selected": "false",
            click: () => this.take(number) },
          text,
        ),
      ),
    );
    this.show(this.options.length > 0);
  }

  show(isOpen) {
    this.list.hidden = !isOpen;
    this.box.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) this.mark(-1);
  }

  close() {
    this.options = [];
    this.show(false);
  }

  take(number) {
    const { text } = this.options[number];
    this.close();
    this.choose(text);
  }

  mark(number) {
    this.active = number;
    for (const [place, option] of [...this.list.children].entries()) {
      option.setAttribute("aria-selected", String(place === number));
      if (place === number) option.scrollIntoView({ block: "nearest" });
    }
    if (number < 0) this.box.removeAttribute("aria-activedescendant");
    else this.box.setAttribute("aria-activedescendant", `suggestion-${number}`);
  }

  onKey(event) {
    if (event.isComposing || this.list.hidden) {
      if (event.key === "ArrowDown" && !event.isComposing) this.update();
      return;
    }
    const count = this.options.length;
    if (event.key === "ArrowDown") this.mark(this.active + 1 >= count ? -1 : this.active + 1);
    else if (event.key === "ArrowUp") this.mark(this.active < 0 ? count - 1 : this.active - 1);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && this.active >= 0) this.take(this.active);
    else return;
    event.preventDefault();
  }
}
