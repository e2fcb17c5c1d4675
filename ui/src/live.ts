// <live-stream topics="ticket:12,queue" presence="/tickets/12/presence">: one stream of events per tab. An event named
// after its topic becomes a DOM event `live:ticket:12`, and what shows that topic fetches itself anew. `since` is when the
// page was read: what changed before the stream began is told when it begins.
import htmx from "htmx.org";
import { all, later } from "./dom";

const GATHER_MS = 120;
const HIDDEN_MS_MAX = 60_000;
const HEARTBEAT_MS = 25_000;
const TYPING_MS = 4_000;
/** Says that somebody is still there, and nothing about what they look at. */
const STILL_HERE = "/presence/beat";

let source: EventSource | undefined;
let joined = "";
let interrupted = false;
const waiting = new Map<Element, ReturnType<typeof later>>();

class LiveStream extends HTMLElement {
  static observedAttributes = ["topics"];
  private beat = 0;
  private typedAt = 0;
  private seen = () => document.hidden || this.tell(false);
  private typing = (event: Event) => {
    if (!(event.target as Element).closest?.("ticket-composer") || Date.now() - this.typedAt < TYPING_MS) return;
    this.typedAt = Date.now();
    this.tell(true);
  };

  connectedCallback(): void {
    connect();
    if (!this.hasAttribute("presence")) return;
    document.addEventListener("input", this.typing);
    this.tell(false);
    // A hidden tab beats on: whoever reads elsewhere for two minutes has not gone, and keeps their work.
    this.beat = window.setInterval(() => this.tell(Date.now() - this.typedAt < HEARTBEAT_MS), HEARTBEAT_MS);
    document.addEventListener("visibilitychange", this.seen);
  }

  disconnectedCallback(): void {
    clearInterval(this.beat);
    document.removeEventListener("input", this.typing);
    document.removeEventListener("visibilitychange", this.seen);
    connect();
  }

  attributeChangedCallback(): void {
    if (this.isConnected) connect();
  }

  private tell(typing: boolean): void {
    const body = new URLSearchParams({ typing: String(typing) });
    // Presence is a courtesy: when it cannot be told, nobody needs to know.
    const place = document.hidden ? STILL_HERE : (this.getAttribute("presence") ?? STILL_HERE);
    fetch(place, { method: "POST", body, keepalive: true }).catch(() => undefined);
  }
}

export function defineLive(): void {
  customElements.define("live-stream", LiveStream);
  const rest = later(HIDDEN_MS_MAX, disconnect);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      rest();
    } else {
      rest.cancel();
      connect();
    }
  });
  window.addEventListener("pagehide", disconnect);
  window.addEventListener("pageshow", (event) => event.persisted && connect());
}

function topics(): string[] {
  const named = all("live-stream").flatMap((it) => (it.getAttribute("topics") ?? "").split(","));
  return [...new Set(named.map((it) => it.trim()).filter(Boolean))].sort();
}

/** The oldest of what this page shows. */
function since(): string {
  const read = all("live-stream").map((it) => Number(it.getAttribute("since"))).filter(Boolean);
  return read.length ? `&since=${Math.min(...read)}` : "";
}

function connect(): void {
  const wanted = topics();
  const name = wanted.join(",");
  if (source && name === joined && source.readyState !== EventSource.CLOSED) return;
  source?.close();
  source = undefined;
  joined = name;
  if (!name) return;
  source = new EventSource(`/live?topics=${encodeURIComponent(name)}${since()}`);
  for (const topic of wanted) {
    source.addEventListener(topic, (event) => refresh(topic, read(event as MessageEvent<string>)));
  }
  // More has happened than the stream can tell.
  source.addEventListener("missed", () => wanted.forEach((topic) => refresh(topic)));
  source.addEventListener("error", () => (interrupted = true));
  source.addEventListener("open", () => {
    // What happened while nobody listened is seen by looking again.
    if (interrupted) wanted.forEach((topic) => refresh(topic));
    interrupted = false;
  });
}

function disconnect(): void {
  source?.close();
  interrupted ||= source !== undefined;
  source = undefined;
}

function read(event: MessageEvent<string>): unknown {
  try {
    return JSON.parse(event.data);
  } catch {
    return event.data;
  }
}

function refresh(topic: string, detail?: unknown): void {
  document.dispatchEvent(new CustomEvent(`live:${topic}`, { detail }));
  for (const element of all<HTMLElement>(`[data-live~="${CSS.escape(topic)}"][data-live-get]`)) {
    let fetchSoon = waiting.get(element);
    if (!fetchSoon) {
      fetchSoon = later(GATHER_MS, () => {
        waiting.delete(element);
        if (!element.isConnected) return;
        void htmx.ajax("GET", element.dataset.liveGet ?? "", { source: element, target: element, swap: "outerMorph" });
      });
      waiting.set(element, fetchSoon);
    }
    fetchSoon();
  }
}
