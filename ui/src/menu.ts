// A <details class="menu"> closes as a menu does: on Escape, on a click elsewhere, when its choice is made.
import { all } from "./dom";

export function watchMenus(): void {
  const open = () => all<HTMLDetailsElement>("details.menu[open], details.me[open], details.rail-more[open]");
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    for (const menu of open()) {
      // On phones the rail itself is the sheet of "More".
      const sheet = menu.matches(".rail-more") ? menu.closest(".rail") : menu;
      if (!sheet?.contains(target) || target.closest(".menu-sheet a, .menu-sheet button")) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      for (const menu of open()) {
        menu.open = false;
        menu.querySelector<HTMLElement>("summary")?.focus();
      }
      return;
    }
    const sheet = (event.target as Element).closest?.("details.menu[open], details.me[open]");
    if (!sheet || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    const choices = all<HTMLElement>(".menu-sheet a, .menu-sheet button", sheet);
    const at = choices.indexOf(document.activeElement as HTMLElement);
    const next = choices[(at + (event.key === "ArrowDown" ? 1 : -1) + choices.length) % choices.length];
    event.preventDefault();
    next?.focus();
  });
}
