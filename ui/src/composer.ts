// <ticket-composer> around a plain form with <textarea name="body_text">: rich text, a draft on the server, attachments,
// and a send that stops when something unseen has come. Without script the form posts as it is.
import htmx from "htmx.org";
import { all, fill, isVisible, later, make, morph, recall, remember } from "./dom";
import type { Editor } from "./editor";
import { Uploads } from "./uploads";

const DRAFT_MS = 800;
const LETTER_GAP_PX = 12;
/** What a form carries beside what is written. */
const NOT_OF_A_DRAFT = new Set(["seen", "file"]);

class TicketComposer extends HTMLElement {
  private form!: HTMLFormElement;
  private text!: HTMLTextAreaElement;
  private html!: HTMLInputElement;
  private sheet!: HTMLElement;
  private uploads!: Uploads;
  private editor?: Editor;
  private loading?: Promise<void>;
  private sending = false;
  private unsaved = false;
  private save = later(DRAFT_MS, () => void this.saveDraft());

  connectedCallback(): void {
    const form = this.querySelector("form");
    const text = form?.querySelector<HTMLTextAreaElement>("textarea[name=body_text]");
    if (!form || !text || this.form) return;
    this.form = form;
    this.text = text;
    this.sheet = this.querySelector<HTMLElement>(".sheet") ?? form;
    this.html = form.querySelector<HTMLInputElement>("input[name=body_html]") ?? make("input", { type: "hidden", name: "body_html" });
    if (!this.html.isConnected) form.append(this.html);

    this.restore();
    this.setMode();
    this.setUpFiles();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.send(event.submitter);
    });
    text.addEventListener("input", () => this.changed());
    text.addEventListener("focus", () => void this.load(), { once: true });
    form.addEventListener("change", (event) => {
      if ((event.target as HTMLInputElement).name !== "public") return;
      this.setMode();
      this.changed();
    });
    // Where the form asks for more than a text, all of it is the draft.
    form.addEventListener("input", (event) => {
      if ((event.target as Element).matches("input[name]:not([type=file], [type=radio]), select[name]")) this.changed();
    });
    form.addEventListener("click", (event) => {
      const choice = (event.target as Element).closest("label")?.querySelector("input[name=public]");
      // By pointer or by its key one goes on to write; whoever walks the choices with arrows stays there. After its key at once: the
      // next letter belongs to the text already.
      if (choice && !event.isTrusted) this.focusText();
      else if (choice && event.detail > 0) setTimeout(() => this.focusText());
    });
    this.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
        // Before the editor sees it, which would begin a new line.
        event.preventDefault();
        event.stopPropagation();
        form.requestSubmit(form.querySelector<HTMLButtonElement>("button.go"));
      } else if (event.key === "Escape" && !event.defaultPrevented) {
        (document.activeElement as HTMLElement | null)?.blur();
      }
    }, { capture: true });
    window.addEventListener("pagehide", this.onLeave);
    document.addEventListener("click", this.onLink);
    (window.requestIdleCallback ?? ((it: () => void) => setTimeout(it, 600)))(() => void this.load());
  }

  disconnectedCallback(): void {
    this.onLeave();
    window.removeEventListener("pagehide", this.onLeave);
    document.removeEventListener("click", this.onLink);
    this.editor?.destroy();
  }

  private say(name: string, usual: string): string {
    return this.getAttribute(`data-text-${name}`) ?? usual;
  }

  private set notice(text: string) {
    const place = this.querySelector("[data-notice]");
    if (place) place.textContent = text;
  }

  private set saved(text: string) {
    const place = this.querySelector("[data-saved]");
    if (place) place.textContent = text;
  }

  private get draftUrl(): string | undefined {
    return this.dataset.draft;
  }

  private get isEmpty(): boolean {
    return this.editor ? this.editor.isEmpty() : !this.text.value.trim();
  }

  private setMode(): void {
    const chosen = this.form.querySelector<HTMLInputElement>("input[name=public]:checked");
    this.dataset.mode = chosen?.value === "false" ? "internal" : "public";
    const label = chosen?.closest("label")?.textContent?.trim();
    if (label) this.editor?.setLabel(label);
  }

  private focusText(): void {
    if (this.editor) this.editor.focus();
    else this.text.focus();
  }

  /** Fetches the editor and puts it where the plain field was, with what has been typed meanwhile. */
  private load(): Promise<void> {
    this.loading ??= import("./editor").then(({ Editor }) => {
      if (!this.isConnected) return;
      const focused = document.activeElement === this.text;
      this.editor = new Editor({
        place: this.text.parentElement ?? this.form,
        html: this.html.value,
        text: this.text.value,
        label: this.text.getAttribute("aria-label") ?? "",
        placeholder: () => (this.dataset.mode === "internal" && this.text.dataset.placeholderInternal) || this.text.placeholder,
        toolbar: this.querySelector<HTMLElement>("[data-format]"),
        onChange: () => this.changed(),
        onFiles: (files) => this.uploads.add(files),
      });
      this.text.hidden = true;
      if (focused) this.editor.focus();
      this.setMode();
    }, () => {
      // Without the editor the plain field does the job.
      this.loading = undefined;
    });
    return this.loading;
  }

  private changed(): void {
    this.sync();
    this.unsaved = true;
    this.sheet.classList.toggle("has-text", !this.isEmpty);
    this.notice = "";
    this.save();
  }

  private sync(): void {
    if (!this.editor) {
      this.html.value = "";
      return;
    }
    this.text.value = this.editor.text();
    this.html.value = this.editor.isEmpty() ? "" : this.editor.html();
  }

  private draft(): URLSearchParams {
    const draft = new URLSearchParams();
    for (const [name, value] of new FormData(this.form)) if (typeof value === "string" && !NOT_OF_A_DRAFT.has(name)) draft.append(name, value);
    draft.set("public", String(this.dataset.mode !== "internal"));
    return draft;
  }

  private async saveDraft(): Promise<void> {
    const url = this.draftUrl;
    if (!url || !this.unsaved || this.sending) return;
    this.unsaved = false;
    const body = this.draft();
    try {
      const answer = await fetch(url, { method: "PUT", body, headers: { "HX-Request": "true" } });
      if (!answer.ok) throw new Error(String(answer.status));
      remember(`draft:${url}`, null);
      if (!this.unsaved) this.saved = this.say("saved", "draft saved");
    } catch {
      this.unsaved = true;
      remember(`draft:${url}`, body.toString());
      this.saved = this.say("kept", "draft kept on this computer");
    }
  }

  /** A draft the server could not take waits in this browser. */
  private restore(): void {
    const kept = this.draftUrl && recall(`draft:${this.draftUrl}`);
    if (kept) {
      const draft = new URLSearchParams(kept);
      for (const [name, value] of draft) {
        // Files are shown by the page itself.
        if (name === "upload_token") continue;
        const field = this.form.elements.namedItem(name);
        if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = true;
        else if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement || field instanceof HTMLTextAreaElement) field.value = value;
      }
      const choice = this.form.querySelector<HTMLInputElement>(`input[name=public][value="${draft.get("public") === "false" ? "false" : "true"}"]`);
      if (choice) choice.checked = true;
      this.unsaved = true;
      this.save();
    }
    this.sheet.classList.toggle("has-text", !!this.text.value.trim());
  }

  private onLeave = () => {
    const url = this.draftUrl;
    if (!url || !this.unsaved || this.sending) return;
    this.save.cancel();
    remember(`draft:${url}`, this.draft().toString());
    fetch(url, { method: "PUT", body: this.draft(), keepalive: true }).then(
      (answer) => answer.ok && remember(`draft:${url}`, null),
      () => undefined,
    );
  };

  /** A button anywhere on the page puts its link where one writes. */
  private onLink = async (event: Event) => {
    const data = (event.target as Element).closest?.<HTMLElement>("[data-link]")?.dataset;
    if (!data?.link) return;
    const { link, linkText = link } = data;
    await this.load();
    // On a phone the text is on another page than the facts.
    if (!isVisible(this)) location.hash = "letters";
    if (this.editor) {
      this.editor.link(linkText, link);
    } else {
      const at = this.text.selectionEnd;
      this.text.setRangeText(`${linkText}: ${link} `, at, at, "end");
      this.text.focus();
      this.changed();
    }
  };

  private setUpFiles(): void {
    const list = this.querySelector<HTMLElement>("[data-files]") ?? make("ul", { class: "files" });
    if (!list.isConnected) this.sheet.append(list);
    this.uploads = new Uploads(this.dataset.uploads ?? "/uploads", list, () => this.changed());
    const input = this.querySelector<HTMLInputElement>("input[type=file]");
    input?.addEventListener("change", () => {
      this.uploads.add(input.files ?? []);
      input.value = "";
    });
    const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    this.addEventListener("dragover", (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      this.sheet.classList.add("dropping");
    });
    this.addEventListener("dragleave", (event) => {
      if (!this.contains(event.relatedTarget as Node | null)) this.sheet.classList.remove("dropping");
    });
    this.addEventListener("drop", (event) => {
      this.sheet.classList.remove("dropping");
      if (!carriesFiles(event) || event.defaultPrevented) return;
      event.preventDefault();
      this.uploads.add(event.dataTransfer?.files ?? []);
    });
    this.text.addEventListener("paste", (event) => {
      if (event.clipboardData?.files.length) {
        event.preventDefault();
        this.uploads.add(event.clipboardData.files);
      }
    });
  }

  private async send(submitter: HTMLElement | null): Promise<void> {
    if (this.sending) return;
    if (this.uploads.busy) {
      this.notice = this.say("uploading", "A file is still on its way. Send again when it has arrived.");
      return;
    }
    this.sync();
    this.save.cancel();
    const fields = new FormData(this.form, submitter as HTMLButtonElement | null);
    const body = this.form.enctype === "multipart/form-data" ? fields : new URLSearchParams(fields as unknown as Record<string, string>);
    const buttons = all<HTMLButtonElement>("button.go", this.form);
    this.sending = true;
    buttons.forEach((it) => (it.disabled = true));
    try {
      const answer = await fetch(this.form.action, { method: "POST", body, headers: { "HX-Request": "true", Accept: "text/html" } });
      await this.answered(answer);
    } catch {
      this.notice = this.say("offline", "The desk cannot be reached. Your text is safe; send again in a moment.");
    } finally {
      this.sending = false;
      buttons.forEach((it) => (it.disabled = false));
    }
  }

  private async answered(answer: Response): Promise<void> {
    const moved = answer.headers.get("HX-Redirect") ?? (answer.redirected ? answer.url : null);
    const html = await answer.text();
    if (answer.ok) {
      this.clear();
      tellOthers(answer.headers.get("HX-Trigger"));
      const target = document.querySelector(this.dataset.target ?? "#conversation");
      if (moved) location.assign(moved);
      else if (target && html.trim()) {
        const known = new Set(all(".letter", target).map((it) => it.id));
        await morph(target, html);
        const fresh = all(".letter", document.querySelector(this.dataset.target ?? "#conversation") ?? target).filter((it) => !known.has(it.id)).at(-1);
        if (fresh) requestAnimationFrame(() => this.show(fresh));
      }
      return;
    }
    this.unsaved = true;
    this.save();
    const unseen = this.querySelector("[data-unseen]");
    if (answer.status === 409 && unseen) {
      fill(unseen, html);
      // The fragment says what has been seen now; the form's own word on it is out of date.
      const fresh = unseen.querySelector<HTMLInputElement>("input[type=hidden][name]");
      if (fresh) for (const old of all<HTMLInputElement>(`input[type=hidden][name="${CSS.escape(fresh.name)}"]`, this.form)) if (old !== fresh) old.remove();
      unseen.scrollIntoView({ block: "nearest" });
      this.querySelector<HTMLElement>("button.go")?.focus();
    } else if (answer.status === 401) {
      this.notice = this.say("signed-out", "You have been signed out. Sign in again in another tab, then send; your text stays here.");
    } else {
      const page = new DOMParser().parseFromString(html, "text/html");
      this.notice = (page.querySelector(".error, h1") ?? page.body).textContent?.trim() || this.say("failed", "That could not be sent.");
      const wrong = page.querySelector<HTMLInputElement>("[aria-invalid=true][name]");
      const field = wrong && this.form.elements.namedItem(wrong.name);
      if (field === this.text) this.focusText();
      else if (field instanceof HTMLElement) field.focus();
    }
  }

  /** What was just sent stands in full above the sheet; of a long letter, its beginning. */
  private show(letter: Element): void {
    letter.classList.add("fresh");
    const { top, bottom } = letter.getBoundingClientRect();
    const hidden = bottom + LETTER_GAP_PX - this.getBoundingClientRect().top;
    const head = document.querySelector("#ticket-head");
    const covered = head && getComputedStyle(head).position === "sticky" ? head.clientHeight : 0;
    if (hidden > 0) window.scrollBy({ top: Math.min(hidden, top - covered), behavior: "instant" });
  }

  private clear(): void {
    this.editor?.clear();
    this.text.value = "";
    this.html.value = "";
    this.unsaved = false;
    this.uploads.clear();
    this.querySelector("[data-unseen]")?.replaceChildren();
    this.sheet.classList.remove("has-text");
    this.notice = "";
    this.saved = "";
    if (this.draftUrl) remember(`draft:${this.draftUrl}`, null);
  }
}

export function defineComposer(): void {
  customElements.define("ticket-composer", TicketComposer);
}

/** The events an answer asks for, as htmx would have sent them. */
function tellOthers(header: string | null): void {
  if (!header) return;
  try {
    for (const [name, detail] of Object.entries(JSON.parse(header) as Record<string, unknown>)) htmx.trigger(document.body, name, detail);
  } catch {
    for (const name of header.split(",")) htmx.trigger(document.body, name.trim(), {});
  }
}
