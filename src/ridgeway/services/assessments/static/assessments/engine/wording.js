/*
 * Texts of the compiled document as functions (speaker, number) → what is said: the twin of engine/wording.py, where the
 * shapes are told. A text is compiled when it is first said.
 */

import { compileExpression } from "./expressions.js";

/* A text: `blocks` says it all, `line` its first paragraph alone. */
export class Text {
  constructor(nodes) {
    this.nodes = nodes;
    this.said = new Map();
  }

  get blocks() {
    return this.compile("blocks", () => compileBlocks(this.nodes));
  }

  get line() {
    const first = this.nodes[0];
    return this.compile("line", () => compileLine(first && first[0] === "p" ? first[1] : []));
  }

  compile(kind, make) {
    if (!this.said.has(kind)) this.said.set(kind, make());
    return this.said.get(kind);
  }
}

function compileBlocks(nodes) {
  const parts = nodes.map(compileBlock);
  return (speaker, number) => parts.flatMap((part) => part(speaker, number));
}

function compileBlock(node) {
  const [kind, second, third] = node;
  switch (kind) {
    case "p":
      return wrap(["p"], compileLine(second));
    case "h":
      return wrap(["h", second], compileLine(third));
    case "ul":
    case "ol": {
      const items = second.map(compileBlocks);
      return wrap([kind], (speaker, number) => items.map((item) => item(speaker, number)));
    }
    case "inset":
    case "warning":
      return wrap([kind], compileBlocks(second));
    case "when":
      return compileWhen(second, compileBlocks(third));
  }
  throw new Error(`${JSON.stringify(node)} is no part of a text`);
}

function compileWhen(condition, inner) {
  const isTrue = compileExpression(condition);
  return (speaker, number) => (isTrue(speaker.scope) === true ? inner(speaker, number) : []);
}

function wrap(head, inner) {
  return (speaker, number) => [[...head, inner(speaker, number)]];
}

function compileLine(line) {
  const parts = line.map(compileInline);
  return (speaker, number) => join(parts.flatMap((part) => part(speaker, number)));
}

/* Neighbouring texts as one, empty ones gone. */
function join(pieces) {
  const joined = [];
  for (const each of pieces) {
    const last = joined.length - 1;
    if (typeof each === "string" && typeof joined[last] === "string") joined[last] += each;
    else if (each !== "") joined.push(each);
  }
  return joined;
}

function compileInline(node) {
  if (typeof node === "string") return () => [node];
  const [kind, second, third] = node;
  switch (kind) {
    case "b":
    case "i":
      return wrap([kind], compileLine(second));
    case "a":
      return wrap(["a", second], compileLine(third));
    case "br":
      return () => [["br"]];
    case "#":
      return (_, number) => [number];
    case "x": {
      const read = compileExpression(second);
      return (speaker) => [speaker.show(second, third, read(speaker.scope))];
    }
    case "plural":
      return compilePlural(second, third);
  }
  throw new Error(`${JSON.stringify(node)} is no part of a text`);
}

function compilePlural(expression, forms) {
  const read = compileExpression(expression);
  const parts = new Map(Object.entries(forms).map(([form, line]) => [form, compileLine(line)]));
  return (speaker) => {
    const value = read(speaker.scope);
    const shown = speaker.show(expression, "number", value);
    return (parts.get(speaker.chooseForm(value)) ?? parts.get("other"))(speaker, shown);
  };
}

/* A line without its marks. */
export function toPlain(line) {
  return line
    .map((part) => {
      if (typeof part === "string") return part;
      return part[0] === "br" ? " " : toPlain(part[part.length - 1]);
    })
    .join("");
}
