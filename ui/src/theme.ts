// Light, dark, or as the system has it. The choice is a cookie, so the server can write `data-theme` into the page at once.
import { all } from "./dom";

const YEAR_S = 31_536_000;
const THEMES = ["system", "light", "dark"];

export function watchTheme(): void {
  const chosen = document.cookie.match(/(?:^|;\s*)theme=(light|dark)/)?.[1];
  show(chosen ?? document.documentElement.dataset.theme ?? "system");
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest?.<HTMLElement>("[data-theme-set], [data-theme-next]");
    if (!button) return;
    const now = document.documentElement.dataset.theme ?? "system";
    const theme = button.dataset.themeSet ?? THEMES[(THEMES.indexOf(now) + 1) % THEMES.length] ?? "system";
    const age = theme === "system" ? 0 : YEAR_S;
    document.cookie = `theme=${theme}; path=/; max-age=${age}; samesite=lax`;
    show(theme);
  });
}

function show(theme: string): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const button of all<HTMLElement>("[data-theme-set]")) {
    if (button.dataset.themeSet === theme) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}
