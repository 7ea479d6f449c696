/* Says texts, words and values in one language with what is true of these answers: the twin of engine/speaking.py. */

import { MILLION, UNKNOWN } from "./expressions.js";
import { chooseForm, showDate, showNumber } from "./showing.js";
import { toPlain } from "./wording.js";

const OTHER = "@other";
const MAX_NESTED_LABELS = 3;
export const PLAIN_FORMATS = { months: [], date: "{d} {m} {y}", month: "{m} {y}", decimal: ".", group: ",", digits: "", plural: [] };

export const isSpan = (value) => Array.isArray(value) && typeof value[0] === "number";

export class Speaker {
  constructor(assessment, language, scope, other = null) {
    this.assessment = assessment;
    this.language = language;
    this.scope = scope;
    this.other = other === null ? scope.answers.get("on_behalf") === true : other;
    this.formats = assessment.formats.get(language) ?? PLAIN_FORMATS;
    this.words = assessment.words.get(language) ?? new Map();
    this.fellBack = false;
    this.nested = 0;
    this.source = null;
  }

  /* A text and who says it: this one, or the one of the source language. */
  find(key) {
    const mine = this.findOwn(key);
    if (mine !== null || this.language === this.assessment.source) return [mine, this];
    if (this.source === null) {
      this.source = new Speaker(this.assessment, this.assessment.source, this.scope, this.other);
      this.source.nested = this.nested;
    }
    return [this.source.findOwn(key), this.source];
  }

  findOwn(key) {
    const texts = this.assessment.texts.get(this.language);
    return (this.other && texts?.get(key + OTHER)) || texts?.get(key) || null;
  }

  /* A text of one line as INL; empty when there is none. */
  line(key) {
    const [text, speaker] = this.find(key);
    return text === null ? [] : this.mark(text.line(speaker, ""), speaker);
  }

  /* A text as NODES; empty when there is none. */
  blocks(key) {
    const [text, speaker] = this.find(key);
    return text === null ? [] : this.mark(text.blocks(speaker, ""), speaker);
  }

  /* A text of one line without marks. */
  plain(key) {
    const [text, speaker] = this.find(key);
    return text === null ? "" : toPlain(text.line(speaker, ""));
  }

  /* What was said, within a mark of its language when that is another. */
  mark(said, speaker) {
    if (speaker === this || said.length === 0) return said;
    this.fellBack = true;
    return [["lang", speaker.language, this.assessment.languages[0].dir, said]];
  }

  /* One of the engine's own words; `{0}` is the first argument. */
  word(name, ...given) {
    const source = this.assessment.words.get(this.assessment.source);
    let text = this.words.get(name) ?? source?.get(name) ?? name;
    given.forEach((argument, place) => {
      text = text.replaceAll(`{${place}}`, () => argument);
    });
    return text;
  }

  chooseForm(value) {
    return typeof value === "bigint" ? chooseForm(value, this.formats) : "other";
  }

  /* A value in a text. */
  show(expression, kind, value) {
    if (value === UNKNOWN) return this.word("unknown_value");
    if (typeof value === "boolean") return this.word(value ? "yes" : "no");
    if (typeof value === "bigint") {
      return this.number(value, { decimals: this.findQuestion(expression)?.type === "money" ? 2 : 0 });
    }
    if (isSpan(value)) return showDate(value, this.formats);
    return this.showChosen(kind, value);
  }

  /* The question whose answer an expression is, when it is one. */
  findQuestion(expression) {
    if (!["answer", "item"].includes(expression[0]) || expression.length !== 2) return null;
    return this.assessment.questions.get(expression[1])?.spec ?? null;
  }

  number(value, options) {
    return showNumber(value, this.formats, options);
  }

  /* A text, an option's label, or the labels of several; of a page that is repeated, how many items. */
  showChosen(kind, value) {
    const isOwned = Array.isArray(kind) && kind.length === 2 && ["option", "options"].includes(kind[0]);
    const owner = isOwned ? kind[1] : null;
    if (typeof value === "string") return owner === null ? value : this.label(owner, value);
    if (owner === null) return this.number(BigInt(value.length) * MILLION);
    return value.length > 0 ? value.map((each) => this.label(owner, each)).join(", ") : this.none(owner);
  }

  /* The label of an option; its id where there is none, or where labels name one another without end. */
  label(question, option) {
    const spec = this.assessment.questions.get(question)?.spec;
    if (spec?.type === "list") return this.showEntry(spec, option);
    if (this.nested >= MAX_NESTED_LABELS) return option;
    this.nested += 1;
    const text = this.plain(`question.${question}.option.${option}.label`);
    this.nested -= 1;
    return text || option;
  }

  none(question) {
    return this.plain(`question.${question}.none`) || this.word("none");
  }

  showEntry(question, entry) {
    const listed = this.assessment.lists.get(question.list);
    const labels = listed.labels[this.language] ?? listed.labels[this.assessment.source] ?? listed.ids;
    const place = listed.ids.indexOf(entry);
    return place < 0 ? entry : labels[place];
  }
}
