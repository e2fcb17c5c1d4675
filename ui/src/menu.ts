// A <details class="menu"> closes as a menu does: on Escape, on a click elsewhere, when its choice is made. News that come
// meanwhile change what stands around it, and leave it open.
import htmx from "htmx.org";
import { all } from "./dom";

const MENUS = "details.menu, details.me, details.rail-more";

export function watchMenus(): void {
  const open = () => all<HTMLDetailsElement>(MENUS).filter((it) => it.open);
  htmx.registerExtension("open-menus", {
    htmx_before_morph_attr: (element: Element, { attrName, newValue }: { attrName: string; newValue: string | null }) =>
      attrName !== "open" || newValue !== null || !element.matches(MENUS),
  });
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
