// Every list keeps its place: what has `data-keep-scroll="NAME"` comes back where it was left, within this tab.
import { all, recall, remember } from "./dom";

export function keepScroll(): void {
  const key = (element: HTMLElement) => `scroll:${element.dataset.keepScroll}`;
  const restore = () => {
    for (const element of all<HTMLElement>("[data-keep-scroll]")) {
      const kept = Number(recall(key(element), sessionStorage));
      if (kept && !element.scrollTop) element.scrollTop = kept;
      const current = element.querySelector("[aria-current]");
      if (current && !element.dataset.placed) current.scrollIntoView({ block: "nearest" });
      element.dataset.placed = "yes";
    }
  };
  restore();
  document.addEventListener("scroll", (event) => {
    const element = event.target;
    if (element instanceof HTMLElement && element.dataset.keepScroll) {
      remember(key(element), String(Math.round(element.scrollTop)), sessionStorage);
    }
  }, { capture: true, passive: true });
}
