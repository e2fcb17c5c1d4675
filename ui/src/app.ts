// The first script of every page of the workspace: htmx, set up for a strict content policy, and the small elements.
import htmx from "htmx.org";
import { defineComposer } from "./composer";
import { watchCopies } from "./copy";
import { flash, watchFlashes } from "./flash";
import { watchFrames } from "./frames";
import { watchKeys } from "./keys";
import { watchLists } from "./list";
import { defineLive } from "./live";
import { watchMenus } from "./menu";
import { definePalette } from "./palette";
import { keepScroll } from "./scroll";
import { watchTheme } from "./theme";
import { defineTime } from "./time";

const brought = new Set<string>();

setUpHtmx();
watchTheme();
watchFlashes();
watchCopies();
watchKeys();
watchLists();
watchMenus();
watchFrames();
keepScroll();
defineTime();
defineLive();
definePalette();
defineComposer();
bringParts();
document.addEventListener("htmx:after:swap", bringParts);

// What few pages show comes with those pages: a first visit has a budget of bytes.
function bringParts(): void {
  bring("skill-matrix", () => import("./matrix").then(({ defineMatrix }) => defineMatrix()));
  bring("roster-board", () => import("./roster").then(({ defineRoster }) => defineRoster()));
}

function bring(tag: string, load: () => Promise<void>): void {
  if (brought.has(tag) || !document.querySelector(tag)) return;
  brought.add(tag);
  load().catch(() => brought.delete(tag));
}

function setUpHtmx(): void {
  htmx.config.defaultSwap = "outerMorph";
  htmx.config.defaultTimeout = 20_000;
  // What somebody has opened (a menu, a folded quotation) stays open when news change what stands around it.
  htmx.config.morphIgnore.push("open");
  // The style sheet has these rules already.
  const injected = (htmx as unknown as { indicatorStyleSheet?: CSSStyleSheet }).indicatorStyleSheet;
  document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== injected);

  htmx.registerExtension("no-eval", {
    init(api: { initSecurity(policy: null, sync: unknown, async: unknown): void }) {
      api.initSecurity(null, refuse, refuse);
    },
  });

  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = event.detail as { ctx: { response: { status: number }; text: string; swap: string } };
    if (ctx.response.status === 401) {
      // Signed out meanwhile: the server knows where to send whoever asks for this page.
      location.reload();
      ctx.swap = "none";
    } else if (ctx.response.status >= 400 && /<html[\s>]/i.test(ctx.text)) {
      // A whole error page does not belong inside this one; its message does.
      const page = new DOMParser().parseFromString(ctx.text, "text/html");
      flash(page.querySelector("h1")?.textContent?.trim() || page.title || "That did not work.", { bad: true });
      ctx.swap = "none";
    }
  });
  document.addEventListener("htmx:error", (event) => {
    const { error } = event.detail as { error: unknown };
    if (error instanceof TypeError || (error as Error | undefined)?.name === "AbortError") {
      flash("The desk cannot be reached. Nothing was changed; try again.", { bad: true });
    }
  });
}

function refuse(): never {
  throw new Error("attributes may not carry script here");
}
