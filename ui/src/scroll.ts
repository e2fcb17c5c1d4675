// Every list keeps its place: what has `data-keep-scroll="NAME"` comes back where it was left, within this tab. And a bar of pages
// that is wider than the screen shows the one that is open.
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
  for (const current of all<HTMLElement>("nav [aria-current]")) {
    const bar = current.closest<HTMLElement>("nav");
    if (!bar || bar.scrollWidth <= bar.clientWidth) continue;
    const [one, whole] = [current.getBoundingClientRect(), bar.getBoundingClientRect()];
    bar.scrollLeft += one.left + one.width / 2 - (whole.left + whole.width / 2);
  }
  document.addEventListener("scroll", (event) => {
    const element = event.target;
    if (element instanceof HTMLElement && element.dataset.keepScroll) {
      remember(key(element), String(Math.round(element.scrollTop)), sessionStorage);
    }
  }, { capture: true, passive: true });
}
