// Lists by keyboard: j and k go along, Enter opens, x chooses; what is to be done with the chosen rows appears below.
import { all, isTyping, isVisible, recall } from "./dom";

export function watchLists(): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    const inside = (event.target as Element).closest?.("[data-list]");
    const single = !recall("keys-off");
    if ((event.key === "j" && single) || (event.key === "ArrowDown" && inside)) go(event, 1);
    else if ((event.key === "k" && single) || (event.key === "ArrowUp" && inside)) go(event, -1);
    else if (event.key === "x" && single) choose(event);
  });
  document.addEventListener("change", (event) => {
    const box = event.target as HTMLInputElement;
    const all_ = box.closest?.<HTMLInputElement>("[data-pick-all]");
    if (all_) {
      const scope = all_.closest("[data-list], form, main") ?? document;
      for (const one of all<HTMLInputElement>(".pick input:not([data-pick-all])", scope)) one.checked = all_.checked;
    }
    if (all_ || box.closest?.(".pick")) count();
  });
  // Back from another page, the browser may have kept the checks.
  window.addEventListener("pageshow", count);
  document.addEventListener("htmx:after:swap", count);
}

function rows(list: Element): HTMLElement[] {
  return all<HTMLElement>(".item, tbody tr > * > a[data-row]", list).filter(isVisible);
}

function go(event: KeyboardEvent, step: number): void {
  const list = (event.target as Element).closest?.("[data-list]") ?? document.querySelector("[data-list]");
  if (!list) return;
  const found = rows(list);
  const focused = found.indexOf(document.activeElement as HTMLElement);
  const start = focused >= 0 ? focused : found.findIndex((it) => it.matches("[aria-current]"));
  const next = found[Math.min(Math.max(start + step, 0), found.length - 1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function choose(event: KeyboardEvent): void {
  const row = (event.target as Element).closest?.("[data-list] li, [data-list] tr");
  const box = row?.querySelector<HTMLInputElement>(".pick input");
  if (!box) return;
  event.preventDefault();
  box.click();
}

function count(): void {
  const chosen = all<HTMLInputElement>("[data-list] .pick input:checked:not([data-pick-all])").length;
  for (const bar of all<HTMLElement>("[data-bulk]")) {
    bar.hidden = chosen === 0;
    const figure = bar.querySelector("[data-count]");
    if (figure) figure.textContent = String(chosen);
  }
}
