// <roster-board> around a table of shifts: a bar, or a break on it, is moved or made longer with the pointer or with the
// arrow keys, and the server keeps what came of it. Without this script a bar is a link to a form that does the same.
import { all, later, morph } from "./dom";
import { flash } from "./flash";

const STEP_MINUTES = 15;
const DAY_MINUTES = 24 * 60;
const WEEK_MINUTES = 7 * DAY_MINUTES;
/** So near to the end of a bar, one takes hold of its end. */
const EDGE_PX = 7;
/** A press that moves less is a click. */
const STILL_PX = 4;
/** Arrow keys are gathered for so long. */
const GATHER_MS = 700;

type Hold = "all" | "start" | "end";

interface Drag {
  bar: HTMLAnchorElement;
  hold: Hold;
  x: number;
  y: number;
  minutesPerPx: number;
  moved: boolean;
  pointer: number;
}

class RosterBoard extends HTMLElement {
  private drag: Drag | undefined;
  private pressed: HTMLAnchorElement | undefined;
  private keepSoon = later(GATHER_MS, () => this.keepPressed());

  connectedCallback(): void {
    this.addEventListener("pointerdown", this.onDown);
    this.addEventListener("pointermove", this.onMove);
    this.addEventListener("pointerup", this.onUp);
    this.addEventListener("pointercancel", this.onCancel);
    this.addEventListener("keydown", this.onKey);
    this.addEventListener("click", this.onClick, true);
    this.addEventListener("dragstart", this.noDrag);
    this.addEventListener("focusout", this.onLeave);
  }

  disconnectedCallback(): void {
    this.keepSoon.cancel();
  }

  private bar(event: Event): HTMLAnchorElement | undefined {
    return (event.target as Element).closest?.<HTMLAnchorElement>("a.shift, a.pause") ?? undefined;
  }

  private user(bar: Element): string {
    return bar.closest("tr")?.dataset.user ?? "";
  }

  private minutes(bar: HTMLElement): [number, number] {
    return [Number(bar.dataset.newFrom ?? bar.dataset.from), Number(bar.dataset.newTo ?? bar.dataset.to)];
  }

  /** A break stays with its shift and its person. */
  private isPause(bar: HTMLElement): boolean {
    return bar.classList.contains("pause");
  }

  private isReversed(): boolean {
    return getComputedStyle(this).direction === "rtl";
  }

  // --- by pointer

  private onDown = (event: PointerEvent) => {
    const bar = this.bar(event);
    if (!bar || event.button !== 0) return;
    const cell = bar.closest("td");
    if (!cell) return;
    const box = bar.getBoundingClientRect();
    const [left, right] = [event.clientX - box.left, box.right - event.clientX];
    const narrow = box.width < 4 * EDGE_PX;
    const reversed = this.isReversed();
    let hold: Hold = "all";
    if (!narrow && right <= EDGE_PX) hold = reversed ? "start" : "end";
    else if (!narrow && left <= EDGE_PX) hold = reversed ? "end" : "start";
    const minutesPerPx = (DAY_MINUTES / cell.clientWidth) * (reversed ? -1 : 1);
    this.drag = { bar, hold, x: event.clientX, y: event.clientY, minutesPerPx, moved: false, pointer: event.pointerId };
  };

  private onMove = (event: PointerEvent) => {
    const it = this.drag;
    if (!it) {
      const bar = this.bar(event);
      if (bar) {
        const box = bar.getBoundingClientRect();
        const edge = Math.min(event.clientX - box.left, box.right - event.clientX) <= EDGE_PX && box.width >= 4 * EDGE_PX;
        bar.classList.toggle("sizing", edge);
      }
      return;
    }
    const [dx, dy] = [event.clientX - it.x, event.clientY - it.y];
    if (!it.moved && Math.hypot(dx, dy) < STILL_PX) return;
    if (!it.moved) {
      it.moved = true;
      it.bar.setPointerCapture(it.pointer);
      it.bar.classList.add("moving");
    }
    event.preventDefault();
    const by = Math.round((dx * it.minutesPerPx) / STEP_MINUTES) * STEP_MINUTES;
    this.shift(it.bar, it.hold, by);
    it.bar.style.translate = it.hold === "all" && !this.isPause(it.bar) ? `0 ${dy}px` : "";
  };

  private onUp = (event: PointerEvent) => {
    const it = this.drag;
    this.drag = undefined;
    if (!it?.moved) return;
    it.bar.classList.remove("moving");
    it.bar.style.translate = "";
    it.bar.style.pointerEvents = "none";
    const under = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>("tr[data-user]");
    it.bar.style.pointerEvents = "";
    const to = it.hold === "all" && !this.isPause(it.bar) && under && this.contains(under) ? under.dataset.user : undefined;
    void this.keep(it.bar, to);
  };

  private onCancel = () => {
    const it = this.drag;
    this.drag = undefined;
    if (it) this.reset(it.bar);
  };

  /** A drag ends with a click, which is none. */
  private onClick = (event: MouseEvent) => {
    const bar = this.bar(event);
    if (bar && (bar.dataset.newFrom !== undefined || bar.getAttribute("aria-busy") === "true")) {
      event.preventDefault();
      event.stopPropagation();
    }
  };

  private noDrag = (event: Event) => event.preventDefault();

  // --- by keyboard

  private onKey = (event: KeyboardEvent) => {
    const bar = this.bar(event);
    if (!bar || event.ctrlKey || event.metaKey) return;
    const step = (event.shiftKey ? 2 : 1) * STEP_MINUTES * (this.isReversed() ? -1 : 1);
    const hold: Hold = event.altKey ? "end" : "all";
    const [from, to] = this.minutes(bar);
    const by = (hold === "end" ? to - Number(bar.dataset.to) : from - Number(bar.dataset.from));
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      event.preventDefault();
      const sign = event.key === "ArrowRight" ? 1 : -1;
      // Both ends may have been moved before: the other keeps what it has.
      this.press(bar, hold, by + sign * step);
    } else if ((event.key === "ArrowUp" || event.key === "ArrowDown") && !event.altKey && !this.isPause(bar)) {
      const row = bar.closest("tr");
      const next = event.key === "ArrowUp" ? row?.previousElementSibling : row?.nextElementSibling;
      const user = next instanceof HTMLElement ? next.dataset.user : undefined;
      if (!user) return;
      event.preventDefault();
      void this.keep(bar, user);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      void this.keep(bar, undefined, true);
    } else if (event.key === "Escape") {
      this.keepSoon.cancel();
      this.reset(bar);
    }
  };

  private press(bar: HTMLAnchorElement, hold: Hold, by: number): void {
    if (this.pressed && this.pressed !== bar) this.keepPressed();
    this.pressed = bar;
    if (hold === "end") {
      bar.dataset.newTo = String(this.within(Number(bar.dataset.to) + by, this.minutes(bar)[0] + STEP_MINUTES));
      this.place(bar);
    } else {
      const length = this.minutes(bar)[1] - this.minutes(bar)[0];
      const from = Math.max(-DAY_MINUTES, Math.min(Number(bar.dataset.from) + by, WEEK_MINUTES - STEP_MINUTES));
      [bar.dataset.newFrom, bar.dataset.newTo] = [String(from), String(from + length)];
      this.place(bar);
    }
    this.keepSoon();
  }

  private within(minute: number, least: number): number {
    return Math.max(least, Math.min(minute, least + DAY_MINUTES - STEP_MINUTES));
  }

  private keepPressed(): void {
    const bar = this.pressed;
    this.pressed = undefined;
    this.keepSoon.cancel();
    if (bar?.isConnected && bar.dataset.newTo !== undefined) void this.keep(bar);
  }

  private onLeave = () => this.keepPressed();

  // --- what both do

  private shift(bar: HTMLAnchorElement, hold: Hold, by: number): void {
    const [from, to] = [Number(bar.dataset.from), Number(bar.dataset.to)];
    const newFrom = hold === "end" ? from : hold === "start" ? Math.min(from + by, to - STEP_MINUTES) : from + by;
    const newTo = hold === "start" ? to : hold === "end" ? this.within(to + by, from + STEP_MINUTES) : to + by;
    [bar.dataset.newFrom, bar.dataset.newTo] = [String(newFrom), String(newTo)];
    this.place(bar);
  }

  /** Draws the bar where it would be; its cell stays, the bar may reach beyond. */
  private place(bar: HTMLAnchorElement): void {
    const [from, to] = this.minutes(bar);
    const old = Number(bar.dataset.from);
    const day = this.dataset.day !== undefined ? Number(this.dataset.day) : Math.max(0, Math.floor(old / DAY_MINUTES));
    const share = (minutes: number) => `${((100 * minutes) / DAY_MINUTES).toFixed(3)}%`;
    bar.style.insetInlineStart = share(from - day * DAY_MINUTES);
    bar.style.width = share(to - from);
    const clock = (minute: number) => {
      const inDay = ((minute % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
      return `${Math.floor(inDay / 60)}:${String(inDay % 60).padStart(2, "0")}`;
    };
    if (!this.isPause(bar)) bar.textContent = `${clock(from)}–${clock(to)}`;
    const told = this.querySelector("[data-told]");
    if (told) told.textContent = `${clock(from)} to ${clock(to)}`;
  }

  private reset(bar: HTMLAnchorElement): void {
    delete bar.dataset.newFrom;
    delete bar.dataset.newTo;
    bar.classList.remove("moving");
    bar.style.translate = "";
    this.place(bar);
  }

  /** Tells the server; the board comes back as it is then. */
  private async keep(bar: HTMLAnchorElement, to?: string, remove = false): Promise<void> {
    this.pressed = undefined;
    this.keepSoon.cancel();
    const [from, until] = this.minutes(bar);
    const user = this.user(bar);
    const same = bar.dataset.newTo === undefined || (from === Number(bar.dataset.from) && until === Number(bar.dataset.to));
    if (same && !remove && (!to || to === user)) return this.reset(bar);
    const body = new URLSearchParams({ user, was: bar.dataset.was ?? "" });
    if (remove) body.set("remove", "1");
    body.set("from_minute", String(from));
    body.set("to_minute", String(until));
    if (to && to !== user) body.set("hand_to", to);
    const isPause = this.isPause(bar);
    if (isPause) body.set("shift", bar.dataset.shift ?? "");
    if (this.dataset.day !== undefined) body.set("day", this.dataset.day);
    if (this.dataset.show !== undefined) body.set("show", this.dataset.show);
    bar.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch((isPause ? this.dataset.postBreak : this.dataset.post) ?? "", { method: "POST", body, headers: { "hx-request": "true" } });
      const html = await answer.text();
      const page = new DOMParser().parseFromString(html, "text/html");
      if (!answer.ok) throw new Error(page.querySelector("h1")?.textContent?.trim() || "That did not work.");
      const said = answer.headers.get("hx-trigger");
      const board = this.closest("#roster");
      const fresh = page.querySelector("#roster");
      if (!board || !fresh) throw new Error("The board could not be shown; load the page again.");
      const scroll = this.querySelector(".roster-frame");
      const [left, top] = [scroll?.scrollLeft ?? 0, scroll?.scrollTop ?? 0];
      await morph(board, fresh.outerHTML);
      const frame = document.querySelector("#roster .roster-frame");
      frame?.scrollTo(left, top);
      this.focusOn(to ?? user, from);
      if (said) document.dispatchEvent(new CustomEvent("flash", { detail: (JSON.parse(said) as { flash: unknown }).flash }));
    } catch (error) {
      bar.removeAttribute("aria-busy");
      this.reset(bar);
      flash(error instanceof TypeError ? "The desk cannot be reached. Nothing was changed; try again." : (error as Error).message, { bad: true });
    }
  }

  private focusOn(user: string, from: number): void {
    const bars = all<HTMLAnchorElement>(`#roster tr[data-user="${CSS.escape(user)}"] :is(a.shift, a.pause)`);
    bars.find((it) => Number(it.dataset.from) === from)?.focus({ preventScroll: true });
  }
}

export function defineRoster(): void {
  customElements.define("roster-board", RosterBoard);
}
