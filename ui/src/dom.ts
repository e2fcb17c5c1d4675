// Small helpers that every element here uses.
import htmx from "htmx.org";

declare const ICONS: string;

const sprite = new URL(ICONS, import.meta.url).pathname;

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
export const language = document.documentElement.lang || navigator.language;

export function all<T extends Element>(selector: string, within: ParentNode = document): T[] {
  return [...within.querySelectorAll<T>(selector)];
}

/** An element with attributes and children; text is set as text, never as HTML. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function icon(name: string): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

export function later<A extends unknown[]>(wait_ms: number, action: (...given: A) => void) {
  let timer = 0;
  const call = (...given: A) => {
    clearTimeout(timer);
    timer = window.setTimeout(() => action(...given), wait_ms);
  };
  call.cancel = () => clearTimeout(timer);
  return call;
}

export function isVisible(element: Element): boolean {
  return element.checkVisibility?.({ visibilityProperty: true }) ?? element.getClientRects().length > 0;
}

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement
    && (target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])"));
}

/** Puts a fragment from our own server into the page, where htmx takes it over. */
export function fill(target: Element, html: string): void {
  target.innerHTML = html;
  htmx.process(target);
}

/** Morphs a fragment from our own server into its place, keeping focus, scroll and typed text. */
export function morph(target: Element, html: string): Promise<void> {
  return htmx.swap({ text: html, target, sourceElement: target, swap: "outerMorph" });
}

export function remember(key: string, value: string | null, store: Storage = localStorage): void {
  try {
    if (value === null) store.removeItem(key);
    else store.setItem(key, value);
  } catch {
    // A browser may refuse to keep anything; then nothing is remembered.
  }
}

export function recall(key: string, store: Storage = localStorage): string | null {
  try {
    return store.getItem(key);
  } catch {
    return null;
  }
}
