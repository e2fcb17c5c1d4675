// The rich text of the composer: TipTap with the few marks that e-mail carries well. Loaded only where one writes.
import { Editor as TipTap, Extension, type AnyExtension } from "@tiptap/core";
import Blockquote from "@tiptap/extension-blockquote";
import Bold from "@tiptap/extension-bold";
import Code from "@tiptap/extension-code";
import CodeBlock from "@tiptap/extension-code-block";
import Document from "@tiptap/extension-document";
import HardBreak from "@tiptap/extension-hard-break";
import Italic from "@tiptap/extension-italic";
import Link from "@tiptap/extension-link";
import { BulletList, ListItem, ListKeymap, OrderedList } from "@tiptap/extension-list";
import Paragraph from "@tiptap/extension-paragraph";
import Text from "@tiptap/extension-text";
import { Placeholder, UndoRedo } from "@tiptap/extensions";
import { all, icon, make } from "./dom";
import { spoken } from "./keys";
import { plainText } from "./plain";

interface Options {
  place: HTMLElement;
  html: string;
  text: string;
  label: string;
  placeholder(): string;
  toolbar: HTMLElement | null;
  onChange(): void;
  onFiles(files: FileList): void;
}

interface Tool {
  name: string;
  icon: string;
  label: string;
  key: string;
  run(editor: TipTap): void;
}

const TOOLS: Tool[] = [
  { name: "bold", icon: "bold", label: "Bold", key: "mod+b", run: (it) => it.chain().focus().toggleBold().run() },
  { name: "italic", icon: "italic", label: "Italic", key: "mod+i", run: (it) => it.chain().focus().toggleItalic().run() },
  { name: "bulletList", icon: "list", label: "List", key: "mod+shift+8", run: (it) => it.chain().focus().toggleBulletList().run() },
  { name: "orderedList", icon: "numbers", label: "Numbered list", key: "mod+shift+7", run: (it) => it.chain().focus().toggleOrderedList().run() },
  { name: "blockquote", icon: "quote", label: "Quote", key: "mod+shift+b", run: (it) => it.chain().focus().toggleBlockquote().run() },
  { name: "code", icon: "code", label: "Code", key: "mod+e", run: toggleCode },
  { name: "link", icon: "link", label: "Link", key: "mod+shift+l", run: askForLink },
];

export class Editor {
  private tiptap: TipTap;
  private visited = false;

  constructor(private options: Options) {
    const extensions: AnyExtension[] = [
      Document, Paragraph, Text, HardBreak, Bold, Italic, Code, CodeBlock, Blockquote, BulletList, OrderedList, ListItem, ListKeymap, UndoRedo,
      Link.configure({ openOnClick: false, autolink: true, defaultProtocol: "https", protocols: ["http", "https", "mailto", "tel"] }),
      Placeholder.configure({ placeholder: () => options.placeholder() }),
      Extension.create({
        name: "linkKey",
        addKeyboardShortcuts() {
          return { "Mod-Shift-l": ({ editor }) => (askForLink(editor as TipTap), true) };
        },
      }),
    ];
    this.tiptap = new TipTap({
      element: options.place,
      extensions,
      content: options.html || paragraphs(options.text),
      injectCSS: false,
      editorProps: {
        attributes: { class: "paper text", role: "textbox", "aria-multiline": "true", "aria-label": options.label, dir: "auto" },
        handlePaste: (_view, event) => this.takeFiles(event.clipboardData?.files, event),
        handleDrop: (_view, event) => this.takeFiles((event as DragEvent).dataTransfer?.files, event),
      },
      onFocus: () => (this.visited = true),
      onUpdate: () => options.onChange(),
      onTransaction: () => this.showActive(),
    });
    if (options.toolbar) this.fillToolbar(options.toolbar);
  }

  isEmpty(): boolean {
    return this.tiptap.isEmpty;
  }

  html(): string {
    return this.tiptap.getHTML();
  }

  /** The same as plain text, for the text part of the mail. */
  text(): string {
    return plainText(this.tiptap.state.doc);
  }

  focus(): void {
    this.tiptap.commands.focus("end");
  }

  /** After the cursor and what is chosen; at the end, if nobody has been in the text yet. */
  link(text: string, href: string): void {
    this.tiptap.commands.focus(this.visited ? null : "end");
    const { $to, to } = this.tiptap.state.selection;
    const gap = { type: "text", text: " " };
    const marked = { type: "text", text, marks: [{ type: "link", attrs: { href } }] };
    const before = /\S$/.test($to.nodeBefore?.text ?? "") ? [gap] : [];
    const after = /^\s/.test($to.nodeAfter?.text ?? "") ? [] : [gap];
    this.tiptap.commands.insertContentAt(to, [...before, marked, ...after]);
  }

  clear(): void {
    this.tiptap.commands.clearContent();
  }

  setLabel(label: string): void {
    this.tiptap.view.dom.setAttribute("aria-label", label);
    // An empty transaction draws the placeholder of the new mode.
    this.tiptap.view.dispatch(this.tiptap.state.tr);
  }

  destroy(): void {
    this.tiptap.destroy();
  }

  private takeFiles(files: FileList | undefined, event: Event): boolean {
    if (!files?.length) return false;
    event.preventDefault();
    this.options.onFiles(files);
    return true;
  }

  private fillToolbar(toolbar: HTMLElement): void {
    toolbar.setAttribute("role", "toolbar");
    toolbar.setAttribute("aria-label", toolbar.getAttribute("aria-label") ?? "Text");
    toolbar.replaceChildren(...TOOLS.map((tool, n) => {
      const button = make("button", {
        type: "button", class: "btn quiet", "data-tool": tool.name, "aria-label": tool.label,
        "aria-pressed": "false", title: `${tool.label} (${spoken(tool.key)})`, tabindex: n === 0 ? "0" : "-1",
      }, icon(tool.icon));
      // Pressing a tool must not take the cursor out of the text.
      button.addEventListener("pointerdown", (event) => event.preventDefault());
      button.addEventListener("click", () => tool.run(this.tiptap));
      return button;
    }));
    toolbar.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const buttons = all<HTMLButtonElement>("button", toolbar);
      const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
      const next = buttons[(at + step + buttons.length) % buttons.length];
      buttons.forEach((it) => (it.tabIndex = it === next ? 0 : -1));
      next?.focus();
    });
  }

  private showActive(): void {
    for (const button of all<HTMLButtonElement>("[data-tool]", this.options.toolbar ?? this.options.place)) {
      const name = button.dataset.tool ?? "";
      const on = this.tiptap.isActive(name) || (name === "code" && this.tiptap.isActive("codeBlock"));
      button.setAttribute("aria-pressed", String(on));
    }
  }
}

/** A word becomes code in its line; several lines become a block. */
function toggleCode(editor: TipTap): void {
  const { from, to } = editor.state.selection;
  const many = editor.isActive("codeBlock") || editor.state.doc.textBetween(from, to, "\n").includes("\n");
  if (many) editor.chain().focus().toggleCodeBlock().run();
  else editor.chain().focus().toggleCode().run();
}

function askForLink(editor: TipTap): void {
  const now = (editor.getAttributes("link").href as string | undefined) ?? "";
  const input = make("input", { type: "text", inputmode: "url", name: "href", id: "link-href", placeholder: "https://", autocomplete: "off" });
  input.value = now;
  const form = make("form", { method: "dialog" },
    make("div", { class: "dialog-body" }, make("div", { class: "field" }, make("label", { for: "link-href" }, "Address of the link"), input)),
    make("div", { class: "dialog-foot" }, make("button", { class: "btn quiet", value: "remove" }, "Remove"), make("button", { class: "btn go", value: "set" }, "Set link")));
  const dialog = make("dialog", { "aria-label": "Link" }, form);
  form.querySelector("button")?.toggleAttribute("hidden", !now);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    dialog.close("set");
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    const href = input.value.trim();
    const chain = editor.chain().focus().extendMarkRange("link");
    if (dialog.returnValue === "remove" || (dialog.returnValue === "set" && !href)) {
      chain.unsetLink().run();
    } else if (dialog.returnValue === "set") {
      const whole = /^[a-z][a-z0-9+.-]*:/i.test(href) ? href : `https://${href}`;
      if (editor.state.selection.empty && !now) chain.insertContent({ type: "text", text: href, marks: [{ type: "link", attrs: { href: whole } }] }).run();
      else chain.setLink({ href: whole }).run();
    } else {
      editor.commands.focus();
    }
  });
  document.body.append(dialog);
  dialog.showModal();
}

/** Plain text as the editor's own tree, so nothing in it is ever read as HTML. */
function paragraphs(text: string): { type: string; content?: object[] } {
  const content = text.split(/\n{2,}/).map((paragraph) => ({
    type: "paragraph",
    content: paragraph.split("\n").flatMap((line, n) => [
      ...(n ? [{ type: "hardBreak" }] : []),
      ...(line ? [{ type: "text", text: line }] : []),
    ]),
  }));
  return { type: "doc", content };
}
