// A letter in a frame is as tall as its content. The frame runs no script, so this page measures it from outside. Heights
// live in a sheet of their own: morphing a conversation anew takes attributes away and leaves rules alone.
import { all } from "./dom";

const HEIGHT_PX_MAX = 20_000;
const SCROLLBAR_PX = 16;

const sheet = new CSSStyleSheet();
const heights = new Map<string, number>();
const widths = new ResizeObserver((entries) => entries.forEach((entry) => measure(entry.target as HTMLIFrameElement)));

export function watchFrames(): void {
  document.adoptedStyleSheets.push(sheet);
  document.addEventListener("load", (event) => {
    if (event.target instanceof HTMLIFrameElement) follow(event.target);
  }, { capture: true });
  all<HTMLIFrameElement>(".letter iframe").forEach(follow);
}

function follow(frame: HTMLIFrameElement): void {
  if (!frame.closest(".letter")) return;
  widths.observe(frame);
  measure(frame);
}

function measure(frame: HTMLIFrameElement): void {
  const letter = frame.closest(".letter")?.id;
  const page = frame.contentDocument;
  const root = page?.documentElement;
  if (!letter || !root || page.URL === "about:blank" || page.readyState !== "complete") return;
  const sideways = root.scrollWidth > root.clientWidth ? SCROLLBAR_PX : 0;
  const height = Math.min(Math.ceil(root.getBoundingClientRect().height) + sideways, HEIGHT_PX_MAX);
  if (height === 0 || heights.get(letter) === height) return;
  heights.set(letter, height);
  sheet.replaceSync([...heights].map(([id, px]) => `#${CSS.escape(id)} iframe{height:${px}px}`).join(""));
}
