// Attachments of the composer: each file goes to the server at once and comes back as a token in the form.
import { icon, make } from "./dom";

export const UPLOAD_BYTES_MAX = 50 * 1024 * 1024;

export class Uploads {
  private running = new Set<XMLHttpRequest>();

  constructor(private url: string, private list: HTMLElement, private changed: () => void) {
    // Those that came with a draft.
    list.addEventListener("click", (event) => {
      const row = (event.target as Element).closest("button")?.closest("li[data-kept]");
      if (!row) return;
      row.remove();
      changed();
    });
  }

  get busy(): boolean {
    return this.running.size > 0;
  }

  add(files: Iterable<File>): void {
    for (const file of files) this.send(file);
  }

  clear(): void {
    for (const request of this.running) request.abort();
    this.list.replaceChildren();
  }

  private send(file: File): void {
    const progress = make("progress", { max: "1", "aria-label": "Uploading" });
    const remove = make("button", { type: "button", class: "link", "aria-label": `Remove ${file.name}` }, icon("close"));
    const row = make("li", { class: "file" }, icon("attach"), make("span", {}, file.name), make("small", {}, size(file.size)), progress, remove);
    this.list.append(row);
    if (file.size > UPLOAD_BYTES_MAX) {
      fail(row, progress, `larger than ${size(UPLOAD_BYTES_MAX)}`);
      remove.addEventListener("click", () => row.remove());
      return;
    }
    // fetch cannot say how much of a body has gone out.
    const request = new XMLHttpRequest();
    request.open("POST", this.url);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress.value = event.loaded / event.total;
    });
    request.addEventListener("loadend", () => {
      this.running.delete(request);
      const token = request.status < 300 ? tokenIn(request.responseText) : undefined;
      if (token) {
        progress.remove();
        row.append(make("input", { type: "hidden", name: "upload_token", value: token }));
      } else if (row.isConnected) {
        fail(row, progress, "could not be uploaded");
      }
      this.changed();
    });
    remove.addEventListener("click", () => {
      request.abort();
      row.remove();
      this.changed();
    });
    const body = new FormData();
    body.append("file", file);
    this.running.add(request);
    request.send(body);
  }
}

function fail(row: HTMLElement, progress: HTMLElement, why: string): void {
  row.classList.add("bad");
  progress.replaceWith(make("small", { role: "alert" }, why));
}

function tokenIn(answer: string): string | undefined {
  try {
    const { token } = JSON.parse(answer) as { token?: unknown };
    return typeof token === "string" ? token : undefined;
  } catch {
    return undefined;
  }
}

function size(bytes: number): string {
  const kib = bytes / 1024;
  return kib < 1024 ? `${Math.max(1, Math.round(kib))} KB` : `${(kib / 1024).toFixed(1)} MB`;
}
