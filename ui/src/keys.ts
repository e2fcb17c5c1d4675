// Every action has a key: `data-key="e"`, `data-key="g h"` (one after the other) or `data-key="mod+enter"`.
import { all, icon, isMac, isTyping, isVisible, make, recall, remember } from "./dom";

const SEQUENCE_MS = 1_200;
const OFF = "keys-off";
const ALWAYS_SHOWN: [string, string][] = [
  ["mod+k", "Find anything"],
  ["?", "Show these keys"],
  ["j", "Next in the list"],
  ["k", "Previous in the list"],
  ["Enter", "Open"],
  ["x", "Choose the row"],
];

let pressed: string[] = [];
let pressedAt = 0;

export function watchKeys(): void {
  if (!isMac) {
    speakHere();
    document.addEventListener("htmx:after:swap", speakHere);
  }
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    const key = nameOf(event);
    if (!key) return;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (plain && (isTyping(event.target) || recall(OFF))) return;
    if (key === "?" && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      showHelp();
      return;
    }
    if (event.timeStamp - pressedAt > SEQUENCE_MS) pressed = [];
    pressedAt = event.timeStamp;
    pressed = [...pressed.slice(-1), key];
    const target = actionFor(pressed.join(" ")) ?? actionFor(key);
    if (!target) return;
    event.preventDefault();
    pressed = [];
    act(target);
  });
  document.addEventListener("click", (event) => {
    if ((event.target as Element).closest?.("[data-open='keys']")) showHelp();
  });
}

/** What can be done on this page now, for the palette and for the list of keys. */
export function actions(): { key: string; label: string; run: () => void }[] {
  const scope = document.querySelector("dialog[open]:not(.palette)") ?? document;
  return all<HTMLElement>("[data-key]", scope)
    .filter(isAtHand)
    .map((element) => ({ key: element.dataset.key ?? "", label: labelOf(element), run: () => act(element) }))
    .filter((it) => it.label);
}

/** `mod+enter` as this machine's people write it. */
export function spoken(key: string): string {
  return key
    .split(" ")
    .map((part) => part
      .replace("mod+", isMac ? "⌘" : "Ctrl ")
      .replace("shift+", isMac ? "⇧" : "Shift ")
      .replace(/enter$/i, "↵")
      .replace(/[a-z]$/, (letter) => letter.toUpperCase()))
    .join(" ");
}

/** The server writes ⌘; other keyboards say Ctrl. */
function speakHere(): void {
  for (const key of all("kbd")) {
    if (key.textContent?.includes("⌘")) key.textContent = key.textContent.replace("⌘", "Ctrl ");
  }
}

function nameOf(event: KeyboardEvent): string {
  if (["Shift", "Control", "Alt", "Meta", "CapsLock"].includes(event.key)) return "";
  const mod = isMac ? event.metaKey : event.ctrlKey;
  if (event.altKey || (event.ctrlKey && event.metaKey) || (isMac && event.ctrlKey)) return "";
  const name = event.key.toLowerCase();
  const shift = event.shiftKey && (mod || event.key.length > 1) ? "shift+" : "";
  return `${mod ? "mod+" : ""}${shift}${name}`;
}

function actionFor(keys: string): HTMLElement | undefined {
  const scope = document.querySelector("dialog[open]") ?? document;
  return all<HTMLElement>(`[data-key="${CSS.escape(keys)}"]`, scope).find((it) => isAtHand(it) && !it.matches(":disabled"));
}

/** Seen, or a choice of a menu that is seen and closed. */
function isAtHand(element: HTMLElement): boolean {
  const summary = element.closest("details.menu:not([open])")?.querySelector("summary");
  return isVisible(summary ?? element);
}

function act(element: HTMLElement): void {
  if (element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])")) {
    element.focus();
  } else {
    element.click();
  }
}

function labelOf(element: HTMLElement): string {
  if (element.dataset.keyLabel) return element.dataset.keyLabel;
  const named = element.getAttribute("aria-label");
  if (named) return named;
  const copy = element.cloneNode(true) as HTMLElement;
  for (const part of all("kbd, .count, small, .off-screen", copy)) part.remove();
  return (copy.textContent ?? "").replace(/\s+/g, " ").trim() || element.getAttribute("title") || "";
}

function showHelp(): void {
  const list = make("dl", { class: "key-list" });
  const seen = new Set<string>();
  for (const [key, label] of [...actions().map((it) => [it.key, it.label] as [string, string]), ...ALWAYS_SHOWN]) {
    if (seen.has(key)) continue;
    seen.add(key);
    list.append(make("dt", {}, label), make("dd", {}, make("kbd", {}, spoken(key))));
  }
  const single = make("input", { type: "checkbox", role: "switch" });
  single.checked = !recall(OFF);
  single.addEventListener("change", () => remember(OFF, single.checked ? null : "yes"));
  const close = make("button", { class: "btn quiet icon-only", "aria-label": "Close", value: "close" }, icon("close"));
  const dialog = make(
    "dialog",
    { "aria-labelledby": "keys-title" },
    make("form", { method: "dialog", class: "dialog-head" }, make("h2", { id: "keys-title" }, "Keys on this page"), close),
    make("div", { class: "dialog-body" }, list, make("label", { class: "switch" }, single, "Single keys work on this computer")),
  );
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
}
