// <skill-matrix> around a table.matrix: arrows go from cell to cell (one tab stop), Enter or a click opens what stands behind a
// cell, a name hides rows in place, and choices ask the server anew. Cells carry a figure and classes; their words are made here.
import { all } from "./dom";
import { flash } from "./flash";
import { MatrixNews } from "./matrix-news";
import { MatrixRows } from "./matrix-rows";

class SkillMatrix extends HTMLElement {
  private at: HTMLTableCellElement | undefined;
  private columnSheet: CSSStyleSheet | undefined;
  private drawn: MatrixRows | undefined;
  private news: MatrixNews | undefined;

  connectedCallback(): void {
    this.addEventListener("keydown", this.onKey);
    this.addEventListener("focusin", this.onFocus);
    this.addEventListener("pointerover", this.onHover);
    this.addEventListener("click", this.onClick);
    this.addEventListener("input", this.filter);
    this.addEventListener("change", this.ask);
    queueMicrotask(() => {
      this.rove(this.table?.tBodies[0]?.rows[0]?.cells[1]);
      this.filter();
      const frame = this.querySelector<HTMLElement>(".matrix-frame");
      if (!frame || !this.table || this.drawn) return;
      this.drawn = new MatrixRows(frame, this.table);
      this.news = new MatrixNews(this, this.table, (cell) => cell === this.at && this.say(cell));
    });
  }

  disconnectedCallback(): void {
    this.news?.stop();
    this.hide([]);
  }

  private get table(): HTMLTableElement | null {
    return this.querySelector("table.matrix");
  }

  private cell(event: Event): HTMLTableCellElement | undefined {
    const found = (event.target as Element).closest?.("tbody td");
    return found instanceof HTMLTableCellElement ? found : undefined;
  }

  /** One cell can be reached by Tab. */
  private rove(to: HTMLTableCellElement | undefined): void {
    if (!to || to === this.at) return;
    if (this.at) this.at.removeAttribute("tabindex");
    to.tabIndex = 0;
    this.at = to;
    this.say(to);
  }

  /** What a cell means, in words: said when somebody comes to it. */
  private say(cell: HTMLTableCellElement): void {
    if (cell.hasAttribute("aria-label")) return;
    const row = cell.parentElement as HTMLTableRowElement;
    const person = row.cells[0]?.querySelector("a")?.textContent ?? "";
    const head = this.table?.tHead?.rows[0]?.cells[cell.cellIndex];
    const words = [`${person}, ${head?.textContent ?? ""}: `];
    const figure = cell.firstChild?.nodeValue?.trim() ?? "";
    const unsure = /\bu(\d+)\b/.exec(cell.className)?.[1];
    words.push(figure ? `${figure} ± ${(Number(unsure) / 10).toFixed(1)}` : "nothing known");
    if (cell.classList.contains("n")) words.push(", not yet sure");
    if (cell.classList.contains("r")) words.push(", nobody else holds it");
    if (cell.classList.contains("g")) words.push(", below what the role asks");
    if (cell.classList.contains("p")) words.push(", risen this month");
    if (cell.classList.contains("m")) words.push(", fallen this month");
    const [own, lead] = [cell.querySelector("i")?.textContent, cell.querySelector("b")?.textContent];
    if (own || lead) {
      // What is seen comes first: whoever speaks to the page says that.
      words.unshift(`${cell.textContent?.trim()}; `);
      words.push(`; says ${own}, the lead says ${lead}`);
    }
    cell.setAttribute("aria-label", words.join(""));
    cell.title = words.join("");
  }

  private open(cell: HTMLTableCellElement): void {
    const row = cell.parentElement as HTMLTableRowElement;
    const user = row.dataset.u;
    const skill = this.table?.tHead?.rows[0]?.cells[cell.cellIndex]?.dataset.s;
    if (!user || !skill) return;
    location.assign("e" in row.dataset ? `/skills/${skill}/people/${user}` : `/people/${user}#skill-${skill}`);
  }

  private onFocus = (event: FocusEvent) => this.rove(this.cell(event));

  private onHover = (event: Event) => {
    const cell = this.cell(event);
    if (cell) this.say(cell);
  };

  private onClick = (event: MouseEvent) => {
    const cell = this.cell(event);
    if (!cell) return;
    this.rove(cell);
    if (event.metaKey || event.ctrlKey || event.shiftKey || getSelection()?.toString()) return;
    this.open(cell);
  };

  private onKey = (event: KeyboardEvent) => {
    const cell = this.cell(event);
    if (!cell || event.altKey || event.metaKey) return;
    const row = cell.parentElement as HTMLTableRowElement;
    const forward = getComputedStyle(this).direction === "rtl" ? -1 : 1;
    const beside = (by: number) => {
      let next = cell.cellIndex + by;
      while (row.cells[next] && this.columnIsHidden(next)) next += Math.sign(by);
      return next > 0 ? row.cells[next] : undefined;
    };
    const below = (by: number) => {
      let left = Math.abs(by);
      let last: HTMLTableRowElement | undefined;
      for (let it: Element | null = row; left && it; ) {
        it = by > 0 ? it.nextElementSibling : it.previousElementSibling;
        if (it instanceof HTMLTableRowElement && !it.hidden) {
          last = it;
          left--;
        }
      }
      return last?.cells[cell.cellIndex];
    };
    let next: HTMLTableCellElement | undefined;
    const rows = row.parentElement?.children.length ?? 0;
    if (event.key === "Enter") return this.open(cell);
    if (event.key === "ArrowRight") next = beside(forward);
    else if (event.key === "ArrowLeft") next = beside(-forward);
    else if (event.key === "ArrowDown") next = below(1);
    else if (event.key === "ArrowUp") next = below(-1);
    else if (event.key === "PageDown") next = below(10);
    else if (event.key === "PageUp") next = below(-10);
    else if (event.key === "Home") next = event.ctrlKey ? below(-rows) : row.cells[1];
    else if (event.key === "End") next = event.ctrlKey ? below(rows) : row.cells[row.cells.length - 1];
    else return;
    event.preventDefault();
    if (!next) return;
    this.rove(next);
    next.focus({ preventScroll: true });
    this.bringIntoView(next);
  };

  /** Beside the heads that stay where they are, not under them. */
  private bringIntoView(cell: HTMLTableCellElement): void {
    const frame = this.querySelector<HTMLElement>(".matrix-frame");
    const row = cell.parentElement as HTMLTableRowElement;
    if (!frame) return;
    const [box, at] = [frame.getBoundingClientRect(), cell.getBoundingClientRect()];
    const top = box.top + (this.table?.tHead?.offsetHeight ?? 0);
    const bottom = box.bottom - (this.table?.tFoot?.offsetHeight ?? 0);
    const left = box.left + (row.cells[0]?.offsetWidth ?? 0);
    const by = (low: number, high: number, from: number, to: number) => (from < low ? from - low : to > high ? to - high : 0);
    frame.scrollBy(by(left, box.right, at.left, at.right), by(top, bottom, at.top, at.bottom));
  }

  private hiddenColumns = new Set<number>();

  private columnIsHidden(index: number): boolean {
    return this.hiddenColumns.has(index);
  }

  /** Hides columns by one rule each: touching every cell would take as long as it looks. */
  private hide(columns: number[]): void {
    if (!columns.length && !this.hiddenColumns.size) return;
    this.hiddenColumns = new Set(columns);
    this.drawn?.columnsChange(columns.length);
    if (!this.columnSheet) {
      if (!columns.length) return;
      this.columnSheet = new CSSStyleSheet();
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, this.columnSheet];
    }
    this.columnSheet.replaceSync(columns.map((n) => `.matrix tr > :nth-child(${n + 1}) { display: none }`).join("\n"));
  }

  /** A word is a person or, if nobody is called that, a skill. */
  private filter = (event?: Event) => {
    const field = this.querySelector<HTMLInputElement>("[data-matrix-filter]");
    if (!field || (event && event.target !== field)) return;
    // What the server was asked with is done; only what is typed now is looked for here.
    const word = field.value === field.defaultValue ? "" : field.value.trim().toLocaleLowerCase();
    const rows = [...(this.table?.tBodies[0]?.rows ?? [])];
    const isNamed = (row: HTMLTableRowElement) => (row.cells[0]?.textContent ?? "").toLocaleLowerCase().includes(word);
    const people = !word || rows.some(isNamed);
    for (const row of rows) row.hidden = people && !!word && !isNamed(row);
    this.drawn?.showNames();
    const heads = all<HTMLElement>("thead tr:first-child th", this);
    const others = heads.map((head, n) => (n && !(head.textContent ?? "").toLocaleLowerCase().includes(word) ? n : 0));
    this.hide(people ? [] : others.filter(Boolean));
  };

  private ask = (event: Event) => {
    const field = event.target as HTMLElement;
    if (field.matches("[data-matrix-ask]")) (field as HTMLInputElement).form?.requestSubmit();
  };
}

/** The button stands beside the matrix, in the menu of downloads. */
function onPicture(event: Event): void {
  const button = (event.target as Element).closest?.<HTMLButtonElement>("[data-matrix-picture]");
  const table = document.querySelector<HTMLTableElement>("skill-matrix table.matrix");
  if (!button || !table) return;
  button.closest("details")?.removeAttribute("open");
  const name = `skills-${new Date().toISOString().slice(0, 10)}.png`;
  import("./picture")
    .then(({ download }) => download(table, name))
    .catch((error: unknown) => flash(`No picture could be made: ${error instanceof Error ? error.message : "try again"}.`, { bad: true }));
}

export function defineMatrix(): void {
  document.addEventListener("click", onPicture);
  customElements.define("skill-matrix", SkillMatrix);
}
