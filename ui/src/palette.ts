// <command-palette src="/palette">: ⌘K or Ctrl-K finds everything. The server answers `src?q=…` with
// `<li role="option"><a href="…">…</a></li>` rows; what can be done on the page itself is added here.
import { all, fill, icon, isMac, later, make } from "./dom";
import { actions, spoken } from "./keys";

const ASK_MS = 70;
const OWN_ACTIONS_MAX = 6;

class CommandPalette extends HTMLElement {
  private dialog?: HTMLDialogElement;
  private input!: HTMLInputElement;
  private list!: HTMLUListElement;
  private asking?: AbortController;
  private ask = later(ASK_MS, () => void this.fetch());

  connectedCallback(): void {
    document.addEventListener("keydown", this.onKey);
    document.addEventListener("click", this.onClick);
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.onKey);
    document.removeEventListener("click", this.onClick);
    this.dialog?.remove();
    this.dialog = undefined;
  }

  show(): void {
    this.dialog ??= this.build();
    if (this.dialog.open) return;
    this.input.value = "";
    this.own = actions();
    this.list.replaceChildren();
    this.dialog.showModal();
    this.input.focus();
    void this.fetch();
  }

  private own: ReturnType<typeof actions> = [];

  private onKey = (event: KeyboardEvent) => {
    if ((isMac ? event.metaKey : event.ctrlKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (this.dialog?.open) this.dialog.close();
      else this.show();
    }
  };

  private onClick = (event: MouseEvent) => {
    if ((event.target as Element).closest?.("[data-open='palette']")) this.show();
  };

  private build(): HTMLDialogElement {
    const label = this.getAttribute("label") ?? "Find tickets, people, skills and actions";
    this.list = make("ul", { role: "listbox", id: "palette-list", "aria-label": label });
    this.input = make("input", { type: "text", role: "combobox", "aria-label": label, placeholder: label, "aria-expanded": "true", "aria-controls": "palette-list", "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false", enterkeyhint: "go" });
    const keys = make("div", { class: "keys", "aria-hidden": "true" });
    for (const [key, word] of [["↑↓", "move"], ["↵", "open"], ["esc", "close"]] as const) {
      keys.append(make("span", {}, make("kbd", {}, key), ` ${word}`));
    }
    const dialog = make("dialog", { class: "palette", "aria-label": label }, make("div", { class: "ask" }, icon("search"), this.input), this.list, keys);
    this.input.addEventListener("input", () => this.ask());
    this.input.addEventListener("keydown", (event) => this.move(event));
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || (event.target as Element).closest("[role=option] a, [role=option] button")) dialog.close();
    });
    this.list.addEventListener("pointermove", (event) => {
      const option = (event.target as Element).closest("[role=option]");
      if (option) this.select(option);
    });
    this.append(dialog);
    return dialog;
  }

  private options(): HTMLElement[] {
    return all<HTMLElement>("[role=option]", this.list);
  }

  private async fetch(): Promise<void> {
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    const query = this.input.value.trim();
    try {
      const url = `${this.getAttribute("src") ?? "/palette"}?q=${encodeURIComponent(query)}`;
      const answer = await fetch(url, { signal: asking.signal, headers: { "HX-Request": "true" } });
      if (answer.redirected) location.reload();
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      const html = await answer.text();
      if (asking.signal.aborted) return;
      fill(this.list, html);
    } catch {
      if (asking.signal.aborted) return;
      this.list.replaceChildren();
    }
    this.addOwn(query);
    if (!this.options().length) {
      this.list.append(make("li", { class: "nothing", role: "presentation" }, this.getAttribute("nothing") ?? "Nothing is called that."));
    }
    this.options().forEach((option, n) => (option.id ||= `palette-${n}`));
    this.select(this.options()[0]);
  }

  private addOwn(query: string): void {
    if (!query) return;
    const wanted = query.toLocaleLowerCase();
    const found = this.own.filter((it) => it.label.toLocaleLowerCase().includes(wanted)).slice(0, OWN_ACTIONS_MAX);
    for (const it of found) {
      const button = make("button", { type: "button", tabindex: "-1" }, icon("bolt"), it.label, make("small", {}, make("kbd", {}, spoken(it.key))));
      button.addEventListener("click", () => queueMicrotask(it.run));
      this.list.append(make("li", { role: "option" }, button));
    }
  }

  private select(option: Element | undefined): void {
    for (const other of this.options()) other.setAttribute("aria-selected", String(other === option));
    for (const link of all<HTMLElement>("[role=option] > *", this.list)) link.tabIndex = -1;
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  private move(event: KeyboardEvent): void {
    const options = this.options();
    const at = options.findIndex((it) => it.getAttribute("aria-selected") === "true");
    const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 8, PageUp: at - 8 };
    const to = steps[event.key];
    if (event.key === "Enter") {
      event.preventDefault();
      const target = options[at]?.querySelector<HTMLElement>("a, button");
      if (target instanceof HTMLAnchorElement && (event.metaKey || event.ctrlKey)) window.open(target.href);
      else target?.click();
    } else if (to !== undefined && options.length) {
      event.preventDefault();
      const wrapped = event.key.startsWith("Arrow") ? (to + options.length) % options.length : Math.min(Math.max(to, 0), options.length - 1);
      this.select(options[wrapped]);
      options[wrapped]?.scrollIntoView({ block: "nearest" });
    }
  }
}

export function definePalette(): void {
  customElements.define("command-palette", CommandPalette);
}
