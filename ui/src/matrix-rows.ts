// What makes a large matrix scroll without a stutter. A browser that lays out a row when it comes into sight does so in the middle of
// scrolling, so all rows are laid out beforehand, in moments when nothing else is to be done. And a name that sticks to the edge
// is a layer of its own, a thousand names a thousand layers: instead one column with a copy of all names sticks there. Readers
// and the keyboard know only the names in the rows.
import { later, make } from "./dom";

const ROWS_AT_ONCE = 24;
/** Less than this is left to a spare moment: the next rows wait for the next one. */
const SPARE_MS_MIN = 6;
const TYPING_MS = 600;

const whenIdle = (action: (spare: () => number) => void): void => {
  if ("requestIdleCallback" in window) requestIdleCallback((deadline) => action(() => deadline.timeRemaining()));
  else setTimeout(() => action(() => 0), 60);
};

export class MatrixRows {
  private round = 0;
  private names = make("div", { class: "matrix-names", "aria-hidden": "true" });

  constructor(private frame: HTMLElement, private table: HTMLTableElement) {
    frame.append(this.names);
    this.countColumns(0);
    frame.classList.add("one-column");
    frame.addEventListener("scroll", this.aside, { passive: true });
    frame.addEventListener("focusin", this.bringNameBack);
    const head = table.tHead;
    if (head) new ResizeObserver(() => { this.names.style.paddingBlockStart = `${head.offsetHeight}px`; }).observe(head);
    whenIdle(() => this.showNames());
    this.layOut();
  }

  private get rows(): HTMLTableRowElement[] {
    return [...(this.table.tBodies[0]?.rows ?? [])];
  }

  /** All rows, beginning with the first, as many at a time as a spare moment has room for. */
  private layOut(): void {
    const round = ++this.round;
    const rows = this.rows;
    let next = 0;
    const go = () => whenIdle((spare) => {
      do {
        if (round !== this.round || !this.table.isConnected) return;
        const some = rows.slice(next, next + ROWS_AT_ONCE);
        for (const row of some) row.classList.add("laid");
        next += ROWS_AT_ONCE;
        // Asked for now, so that its cost falls into this moment.
        some[0]?.getBoundingClientRect();
      } while (next < rows.length && spare() > SPARE_MS_MIN);
      if (next < rows.length) go();
      else this.frame.classList.add("all-laid");
    });
    go();
  }

  private layOutLater = later(TYPING_MS, () => this.layOut());

  /** Before columns come or go: what is laid out would be laid out anew at once, so only what is seen stays so. */
  columnsChange(hidden: number): void {
    this.countColumns(hidden);
    this.round++;
    this.frame.classList.remove("all-laid");
    for (const row of this.rows) row.classList.remove("laid");
    this.layOutLater();
  }

  /** How wide a row is, without asking its cells. */
  private countColumns(hidden: number): void {
    const columns = (this.table.tHead?.rows[0]?.cells.length ?? 1) - 1 - hidden;
    this.frame.style.setProperty("--columns", String(columns));
  }

  /** The copy of the names, as the rows stand now. */
  showNames(): void {
    const names = this.rows.filter((row) => !row.hidden).map((row) => {
      const copy = make("div");
      copy.append(...[...(row.cells[0]?.childNodes ?? [])].map((it) => it.cloneNode(true)));
      copy.querySelector("a")?.setAttribute("tabindex", "-1");
      return copy;
    });
    this.names.replaceChildren(...names);
    this.aside();
  }

  /** In its place the names are seen themselves, with what the keyboard shows of them. */
  private aside = () => this.frame.classList.toggle("aside", this.frame.scrollLeft !== 0);

  private bringNameBack = (event: FocusEvent) => {
    if ((event.target as Element).closest("tbody th")) this.frame.scrollLeft = 0;
  };
}
