// <skill-matrix> around a table.matrix: arrows go from cell to cell (one tab stop), filters hide rows and columns in place.
import { all } from "./dom";

class SkillMatrix extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("keydown", this.onKey);
    this.addEventListener("focusin", this.onFocus);
    this.addEventListener("input", this.filter);
    queueMicrotask(() => {
      this.querySelector("table.matrix")?.setAttribute("role", "grid");
      this.rove(this.cells()[0]?.[0]);
      this.filter();
    });
  }

  /** Rows of cells that are shown and lead somewhere. */
  private cells(): HTMLElement[][] {
    return all<HTMLTableRowElement>("tbody tr:not([hidden])", this)
      .map((row) => all<HTMLElement>("td:not(.hide) > :is(a, button)", row))
      .filter((row) => row.length);
  }

  private rove(to: HTMLElement | undefined): void {
    for (const cell of all<HTMLElement>("tbody td > :is(a, button)", this)) cell.tabIndex = cell === to ? 0 : -1;
  }

  private onFocus = (event: FocusEvent) => {
    const cell = event.target as HTMLElement;
    if (cell.matches("tbody td > :is(a, button)")) this.rove(cell);
  };

  private onKey = (event: KeyboardEvent) => {
    const rows = this.cells();
    const row = rows.findIndex((it) => it.includes(event.target as HTMLElement));
    const line = rows[row];
    if (!line) return;
    const column = line.indexOf(event.target as HTMLElement);
    const forward = getComputedStyle(this).direction === "rtl" ? -1 : 1;
    let next: HTMLElement | undefined;
    if (event.key === "ArrowRight") next = line[column + forward];
    else if (event.key === "ArrowLeft") next = line[column - forward];
    else if (event.key === "ArrowDown") next = rows[row + 1]?.[column];
    else if (event.key === "ArrowUp") next = rows[row - 1]?.[column];
    else if (event.key === "Home") next = event.ctrlKey ? rows[0]?.[0] : line[0];
    else if (event.key === "End") next = (event.ctrlKey ? rows.at(-1) : line)?.at(-1);
    else return;
    event.preventDefault();
    next?.focus();
  };

  private filter = () => {
    const word = this.querySelector<HTMLInputElement>("[data-matrix-filter]")?.value.trim().toLocaleLowerCase() ?? "";
    const kind = this.querySelector<HTMLSelectElement>("[data-matrix-kind]")?.value ?? "";
    const group = this.querySelector<HTMLSelectElement>("[data-matrix-group]")?.value ?? "";
    if (!this.querySelector("[data-matrix-filter], [data-matrix-kind], [data-matrix-group]")) return;

    const heads = all<HTMLElement>("thead th", this);
    const columnsNamed = word ? heads.map((it) => (it.textContent ?? "").toLocaleLowerCase().includes(word)) : [];
    const rows = all<HTMLTableRowElement>("tbody tr", this);
    const rowNamed = (row: HTMLTableRowElement) => (row.cells[0]?.textContent ?? "").toLocaleLowerCase().includes(word);
    // The word is a person or, if nobody is called that, a skill.
    const people = !word || rows.some(rowNamed);
    for (const row of rows) {
      row.hidden = (people && !!word && !rowNamed(row)) || (!!group && row.dataset.group !== group);
    }
    heads.forEach((head, n) => {
      if (n === 0) return;
      const hide = (!!kind && head.dataset.kind !== kind) || (!people && !columnsNamed[n]);
      for (const row of all<HTMLTableRowElement>("tr", this)) row.cells[n]?.classList.toggle("hide", hide);
    });
    this.rove(this.cells()[0]?.[0]);
  };
}

export function defineMatrix(): void {
  customElements.define("skill-matrix", SkillMatrix);
}
