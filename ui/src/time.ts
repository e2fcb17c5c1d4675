// <rel-time datetime="2026-03-03T09:12:00Z">34 min ago</rel-time>: the server's text, kept true as time passes.
// `format="left"` counts down to a promise ("18 min") and then says how late it is; its chip changes with it.
import { all, language } from "./dom";

const TICK_MS = 20_000;
const SOON_MIN = 60;
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [["day", 1_440], ["hour", 60], ["minute", 1]];

const ago = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
const whole = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" });
const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
const dayAndYear = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric" });

class RelTime extends HTMLElement {
  static observedAttributes = ["datetime"];

  connectedCallback(): void {
    const at = this.at();
    if (!at) return;
    this.title ||= whole.format(at);
    if (!this.textContent?.trim()) this.refresh();
  }

  attributeChangedCallback(_name: string, before: string | null): void {
    if (before === null) return;
    const at = this.at();
    if (at) this.title = whole.format(at);
    this.refresh();
  }

  refresh(): void {
    const at = this.at();
    if (!at) return;
    const minutes = Math.round((at.getTime() - Date.now()) / 60_000);
    const text = this.getAttribute("format") === "left" ? this.left(minutes) : past(at, minutes);
    if (this.textContent !== text) this.textContent = text;
  }

  private left(minutes: number): string {
    const chip = this.closest(".promise");
    if (chip && !chip.matches(".kept")) {
      chip.classList.toggle("late", minutes < 0);
      chip.classList.toggle("due", minutes >= 0 && minutes <= Number(this.getAttribute("soon") ?? SOON_MIN));
    }
    const span = length(Math.abs(minutes));
    return minutes < 0 ? (this.getAttribute("late") ?? "late %").replace("%", span) : span;
  }

  private at(): Date | undefined {
    const at = new Date(this.getAttribute("datetime") ?? "");
    return Number.isNaN(at.getTime()) ? undefined : at;
  }
}

// <offer-time until="2026-03-03T09:12:00Z">23 s</offer-time>: what is left of an offer, by the second.
class OfferTime extends HTMLElement {
  private timer = 0;

  connectedCallback(): void {
    this.tell();
    this.timer = window.setInterval(() => this.tell(), 1_000);
  }

  disconnectedCallback(): void {
    clearInterval(this.timer);
  }

  private tell(): void {
    const left = Math.ceil((Date.parse(this.getAttribute("until") ?? "") - Date.now()) / 1_000);
    if (Number.isNaN(left)) return;
    const text = left > 0 ? `${left} s` : "passing on";
    if (this.textContent !== text) this.textContent = text;
    this.classList.toggle("late", left <= 5);
  }
}

export function defineTime(): void {
  customElements.define("offer-time", OfferTime);
  customElements.define("rel-time", RelTime);
  setInterval(() => {
    if (!document.hidden) all<RelTime>("rel-time").forEach((it) => it.refresh());
  }, TICK_MS);
}

function length(minutes: number): string {
  const [unit, size] = UNITS.find(([, it]) => minutes >= it * 2 || (it < 1_440 && minutes >= it)) ?? ["minute", 1];
  const format = new Intl.NumberFormat(language, { style: "unit", unit: unit as string, unitDisplay: unit === "day" ? "long" : "short" });
  return format.format(Math.floor(minutes / size));
}

function past(at: Date, minutes: number): string {
  const size = Math.abs(minutes);
  if (size >= 7 * 1_440) return (at.getFullYear() === new Date().getFullYear() ? day : dayAndYear).format(at);
  const [unit, unitMinutes] = UNITS.find(([, it]) => size >= it) ?? ["minute", 1];
  return ago.format(Math.trunc(minutes / unitMinutes), unit);
}
