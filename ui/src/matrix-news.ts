// Levels move while somebody looks: the cells that changed are written anew where they stand, nothing else is touched. A large
// matrix only says that there is something new.
import { later } from "./dom";

const GATHER_MS = 400;
/** Looking again takes at most so small a part of the time. */
const REST_PER_LOOK = 20;
const SHOWN_MS = 2_400;

export class MatrixNews {
  private restUntil = 0;

  constructor(private host: HTMLElement, private table: HTMLTableElement, private changed: (cell: HTMLTableCellElement) => void) {
    document.addEventListener("live:matrix", this.hear);
  }

  stop(): void {
    document.removeEventListener("live:matrix", this.hear);
    this.look.cancel();
  }

  private hear = () => {
    if (!("large" in this.host.dataset)) this.look();
    else this.host.querySelector("[data-matrix-anew]")?.removeAttribute("hidden");
  };

  private look = later(GATHER_MS, () => {
    const rest = this.restUntil - performance.now();
    if (rest > 0) window.setTimeout(this.look, rest);
    else void this.read().catch(() => undefined); // The next news tries again.
  });

  private async read(): Promise<void> {
    const begun = performance.now();
    const answer = await fetch(`/skills/_levels${location.search}`);
    if (answer.ok) this.show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    this.restUntil = performance.now() + REST_PER_LOOK * (performance.now() - begun);
  }

  private show(page: Document): void {
    const fresh = page.querySelector("table");
    const heads = [...(this.table.tHead?.rows[0]?.cells ?? [])];
    const columns = [...(fresh?.tHead?.rows[0]?.cells ?? [])].map((it) => heads.findIndex((head) => head.dataset.s === it.dataset.s));
    const people = new Map([...(this.table.tBodies[0]?.rows ?? [])].map((row) => [row.dataset.u, row]));
    for (const row of fresh?.tBodies[0]?.rows ?? []) this.compare(people.get(row.dataset.u), row, columns, this.flash);
    const feet = [...(this.table.tFoot?.rows ?? [])];
    [...(fresh?.tFoot?.rows ?? [])].forEach((row, n) => this.compare(feet[n], row, columns));
  }

  private compare(row: HTMLTableRowElement | undefined, fresh: HTMLTableRowElement, columns: number[], then?: (cell: HTMLTableCellElement) => void): void {
    [...fresh.cells].forEach((it, n) => {
      const cell = n > 0 ? row?.cells[columns[n] ?? -1] : undefined;
      if (!cell || (cell.className === it.className && cell.innerHTML === it.innerHTML)) return;
      cell.className = it.className;
      cell.replaceChildren(...it.childNodes);
      then?.(cell);
    });
  }

  private flash = (cell: HTMLTableCellElement) => {
    cell.removeAttribute("aria-label");
    cell.removeAttribute("title");
    this.changed(cell);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    cell.animate({ outline: ["2px solid var(--focus)", "2px solid transparent"], outlineOffset: ["-2px", "-2px"] }, { duration: SHOWN_MS, easing: "ease-in" });
  };
}
