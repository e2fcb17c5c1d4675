// What is written in the composer as plain text, for the text part of a mail: lists with their marks, quotes with theirs, and the
// address behind a word that is a link.
import type { Node } from "@tiptap/pm/model";

/** One blank line between paragraphs, none between the items of a list. */
export function plainText(doc: Node): string {
  return blocks(doc).trim();
}

function blocks(parent: Node): string {
  return children(parent).map(block).join("\n\n");
}

function block(node: Node): string {
  switch (node.type.name) {
    case "bulletList":
      return items(node, () => "- ");
    case "orderedList":
      return items(node, (nth) => `${nth + Number(node.attrs.start ?? 1)}. `);
    case "blockquote":
      return blocks(node).split("\n").map((line) => `> ${line}`.trimEnd()).join("\n");
    case "codeBlock":
      return node.textContent;
    default:
      return node.isTextblock ? line(node) : blocks(node);
  }
}

function items(list: Node, mark: (nth: number) => string): string {
  return children(list).map((item, nth) => {
    const lines = children(item).map(block).join("\n").split("\n");
    return lines.map((line, at) => (at ? " ".repeat(mark(nth).length) : mark(nth)) + line).join("\n");
  }).join("\n");
}

function line(paragraph: Node): string {
  let text = "";
  const pieces = children(paragraph);
  pieces.forEach((piece, at) => {
    text += piece.type.name === "hardBreak" ? "\n" : piece.text ?? "";
    const href = linkOf(piece);
    // A link whose words are in part bold is several pieces: its address follows the last of them.
    if (!href || href === linkOf(pieces[at + 1])) return;
    let words = piece.text ?? "";
    for (let before = at - 1; before >= 0 && linkOf(pieces[before]) === href; before -= 1) words = (pieces[before]?.text ?? "") + words;
    const address = href.replace(/^(mailto|tel):/, "");
    if (!sameAddress(words, address)) text += ` <${address}>`;
  });
  return text;
}

function linkOf(piece: Node | undefined): string | undefined {
  return piece?.marks.find((mark) => mark.type.name === "link")?.attrs.href as string | undefined;
}

function sameAddress(words: string, address: string): boolean {
  const bare = (it: string) => it.trim().replace(/^https?:\/\//i, "").replace(/\/$/, "");
  return bare(words) === bare(address);
}

function children(node: Node): Node[] {
  const all: Node[] = [];
  node.forEach((child) => all.push(child));
  return all;
}
