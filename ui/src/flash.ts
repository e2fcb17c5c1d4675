// What has just happened, said once, with a way back. Undo comes instead of "are you sure?".
import { all, icon, make } from "./dom";

const SHOWN_MS = 8_000;

export interface FlashOptions {
  bad?: boolean;
  /** Where a POST undoes it. */
  undo?: string;
  undoLabel?: string;
}

export function flash(text: string, options: FlashOptions = {}): void {
  const box = make("div", { class: options.bad ? "flash bad" : "flash" }, icon(options.bad ? "warning" : "check"), make("p", {}, text));
  if (options.undo) {
    const button = make("button", { class: "btn", "data-key": "z" }, `${options.undoLabel ?? "Undo"} `, make("kbd", {}, "Z"));
    box.append(make("form", { method: "post", action: options.undo }, button));
  }
  place().append(box);
}

/** Gives every flash, ours or the server's, its close button and its end. */
export function watchFlashes(): void {
  const place_ = place();
  const tend = (box: HTMLElement) => {
    if (box.dataset.tended) return;
    box.dataset.tended = "yes";
    const close = make("button", { class: "btn icon-only", type: "button", "aria-label": "Close" }, icon("close"));
    close.addEventListener("click", () => box.remove());
    box.append(close);
    if (!box.classList.contains("bad")) fade(box);
  };
  all<HTMLElement>(".flash", place_).forEach(tend);
  new MutationObserver(() => all<HTMLElement>(".flash", place_).forEach(tend)).observe(place_, { childList: true });

  // The header `HX-Trigger: {"flash": {"text": "Solved.", "undo": "/undo/7"}}` says the same without a fragment.
  document.addEventListener("flash", (event) => {
    const said = (event as CustomEvent<{ text?: string; undo?: string; undoLabel?: string; bad?: boolean }>).detail;
    if (said?.text) flash(said.text, said);
  });
}

function fade(box: HTMLElement): void {
  let timer = window.setTimeout(() => box.remove(), SHOWN_MS);
  const hold = () => clearTimeout(timer);
  const go = () => {
    hold();
    timer = window.setTimeout(() => box.remove(), SHOWN_MS / 2);
  };
  box.addEventListener("pointerenter", hold);
  box.addEventListener("focusin", hold);
  box.addEventListener("pointerleave", go);
  box.addEventListener("focusout", go);
}

function place(): HTMLElement {
  let found = document.getElementById("flashes");
  if (!found) {
    found = make("div", { class: "flashes", id: "flashes", role: "status", "aria-live": "polite" });
    document.body.append(found);
  }
  return found;
}
