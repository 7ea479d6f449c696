/*
 * From a form to RAW answers, or to errors that say which field and why: the twin of engine/answering.py, where the rules
 * stand. A form is an object from field name to the list of its values.
 */

import { MILLION, parseDate, parseNumber } from "./expressions.js";
import { countLetters, fold, normaliseCode } from "./letters.js";
import { readTypedNumber, SPACES, toAsciiDigits, toCanonical } from "./numerals.js";
import { CODE_KINDS, getMaxLength, isForbidden, NUMBER_KINDS, REFUSED, TEXT_KINDS } from "./questions.js";
import { asksAgain } from "./replay.js";
import { PLAIN_FORMATS } from "./speaking.js";

const MAX_FORM_VALUE = 10_000;
const MAX_CHOSEN = 200;
const CHOICES = ["yes_no", "radios", "checkboxes"];
const PAIRS = ["duration", "salary"];
const DATES = ["date", "month"];
const PARTS = {
  date: ["-day", "-month", "-year"],
  month: ["-month", "-year"],
  duration: ["-amount"],
  salary: ["-amount"],
};

/* An answer cannot be read; `part` is the end of the field's id. */
class Fault extends Error {
  constructor(word, { given = [], part = "" } = {}) {
    super(word);
    this.word = word;
    this.given = given;
    this.part = part;
  }
}

/* What a person answered on a page of the trail: { values, errors: [{ field, question, word, given }] }. */
export function readAnswers(assessment, page, form, { trail, language, item = null }) {
  const step = trail.findPlace(page, item);
  if (step === null) throw new Error(`The page ${page} is not on the way of these answers.`);
  const reader = new Reader(assessment, form, trail.scopeBefore(step), language ?? assessment.source);
  const ready = assessment.pages.get(page);
  for (const asked of ready.questions) reader.read(asked);
  if (item !== null && asksAgain(ready, item)) reader.readAgain();
  return { values: reader.values, errors: reader.errors };
}

class Reader {
  constructor(assessment, form, scope, language) {
    this.assessment = assessment;
    this.form = form;
    this.scope = scope;
    this.language = language;
    this.formats = assessment.formats.get(language) ?? PLAIN_FORMATS;
    this.values = {};
    this.errors = [];
  }

  list(name) {
    return Object.hasOwn(this.form, name) ? this.form[name] : [];
  }

  /* The one value of a field, cut to what is looked at; empty when there is none. */
  get(name) {
    const value = this.list(name)[0] ?? "";
    return value.length > MAX_FORM_VALUE ? [...value].slice(0, MAX_FORM_VALUE).join("") : value;
  }

  readAgain() {
    const said = this.get("again");
    if (said === "yes" || said === "no") this.values.again = said === "yes";
    else this.errors.push({ field: "again", question: "again", word: "error_choose", given: [] });
  }

  read(asked) {
    try {
      this.values[asked.id] = this.readRaw(asked);
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      this.errors.push({ field: asked.id + fault.part, question: asked.id, word: fault.word, given: fault.given });
    }
  }

  readRaw(asked) {
    const { spec } = asked;
    if (CHOICES.includes(spec.type)) return this.readChoice(asked);
    const isEmpty = this.isEmpty(asked);
    if (spec.unknown && this.get(`${asked.id}-unknown`)) {
      if (!isEmpty) throw new Fault("error_unknown_alone", { given: [["word", "unknown"]] });
      return null;
    }
    if (isEmpty && spec.optional) return "";
    const raw = this.readWritten(asked, isEmpty);
    this.requireLimits(asked, raw);
    return raw;
  }

  /* Whether nothing was written; a unit alone is nothing. */
  isEmpty(asked) {
    return !(PARTS[asked.spec.type] ?? [""]).some((part) => clean(this.get(asked.id + part)));
  }

  readChoice(asked) {
    const { spec } = asked;
    const chosen = this.list(asked.id).slice(0, MAX_CHOSEN).filter(Boolean);
    if (chosen.length === 0 && spec.optional) return "";
    if (spec.unknown && chosen.includes("unknown")) {
      if (new Set(chosen).size > 1) throw new Fault("error_unknown_alone", { given: [["word", "unknown"]] });
      return null;
    }
    if (spec.type === "checkboxes") return this.readBoxes(asked, chosen);
    const raw = spec.type === "yes_no" ? new Map([["yes", true], ["no", false]]).get(chosen[0]) : chosen[0];
    if (asked.read(raw) === REFUSED) throw new Fault("error_choose");
    return raw;
  }

  /* The RAW of checkboxes: options in their order. */
  readBoxes(asked, chosen) {
    const { spec } = asked;
    if (spec.has.includes("none") && chosen.includes("none")) {
      if (new Set(chosen).size > 1) throw new Fault("error_choose_none_alone", { given: [["none", asked.id]] });
      return [];
    }
    const ticked = spec.options.filter((option) => chosen.includes(option.id));
    if (ticked.length === 0) throw new Fault("error_choose_at_least_one");
    const alone = ticked.find((option) => option.exclusive);
    if (alone && ticked.length > 1) {
      throw new Fault("error_choose_none_alone", { given: [["option", [asked.id, alone.id]]] });
    }
    return ticked.map((option) => option.id);
  }

  readWritten(asked, isEmpty) {
    const kind = asked.spec.type;
    if (kind === "date") return this.readDate(asked, isEmpty);
    if (kind === "month") return this.readMonth(asked, isEmpty);
    if (isEmpty) throw new Fault("error_empty", { part: PAIRS.includes(kind) ? "-amount" : "" });
    if (PAIRS.includes(kind)) return this.readPair(asked);
    if (kind === "list") return this.readEntry(asked);
    if (kind === "year") return String(this.readYear(this.get(asked.id)));
    if (NUMBER_KINDS.has(kind)) return this.readNumber(asked, this.get(asked.id), "");
    return this.readText(asked);
  }

  /* A number with as many decimals as the question takes. */
  readNumber(asked, text, part) {
    const number = readTypedNumber(text, this.formats);
    if (number === null) throw new Fault("error_number", { part });
    const decimals = asked.spec.decimals ?? 0;
    if ((number.split(".")[1] ?? "").length > decimals) {
      if (decimals === 0) throw new Fault("error_number_whole", { part });
      throw new Fault("error_number_decimals", { given: [["number", BigInt(decimals) * MILLION]], part });
    }
    const canonical = toCanonical(number);
    if (canonical === null) throw new Fault("error_number", { part });
    return canonical;
  }

  readPair(asked) {
    const amount = this.readNumber(asked, this.get(`${asked.id}-amount`), "-amount");
    if (amount.startsWith("-")) throw new Fault("error_too_low", { given: [["number", 0n]], part: "-amount" });
    const { spec } = asked;
    const units = (spec.type === "duration" ? spec.units : spec.periods) ?? [];
    const unit = this.get(`${asked.id}-unit`) || (units.length === 1 ? units[0] : "");
    if (!units.includes(unit)) throw new Fault("error_unit", { part: "-unit" });
    return [amount, unit];
  }

  /* An entry of a list by its name or id. */
  readEntry(asked) {
    const listed = asked.spec.list;
    const wanted = fold(clean(this.get(asked.id)));
    for (const code of [this.language, this.assessment.source]) {
      const found = this.assessment.entries.get(`${listed}@${code}`)?.get(wanted);
      if (found !== undefined) return found;
    }
    const entry = this.assessment.lists.get(listed).ids.find((id) => id.toLowerCase() === wanted);
    if (entry === undefined) throw new Fault("error_list");
    return entry;
  }

  /* A text in its normal form. */
  readText(asked) {
    const { spec } = asked;
    let text = clean(this.get(asked.id), spec.type === "long_text");
    if (CODE_KINDS.has(spec.type) || spec.type === "phone") text = normaliseCode(toAsciiDigits(text));
    if (spec.type === "phone") text = text.replace(/[()]/g, "");
    const most = getMaxLength(spec);
    if (countLetters(text) > most) throw new Fault("error_too_long", { given: [["number", BigInt(most) * MILLION]] });
    if (text === "" || asked.read(text) === REFUSED) {
      const word = { email: "error_email", phone: "error_phone" }[spec.type] ?? "error_code";
      throw new Fault(word, { given: [["text", text]] });
    }
    return text;
  }

  /* A year of four digits. */
  readYear(text, part = "") {
    const digits = toAsciiDigits(clean(text));
    if (!/^[0-9]{4}$/.test(digits) || digits === "0000") throw new Fault("error_year", { part });
    return Number(digits);
  }

  /* A month by its number or its name. */
  readMonthPart(text) {
    const written = toAsciiDigits(clean(text));
    if (/^[0-9]{1,2}$/.test(written)) {
      const number = Number(written);
      if (number >= 1 && number <= 12) return number;
      throw new Fault("error_date", { part: "-month" });
    }
    const names = this.formats.months.map(fold);
    const wanted = fold(written).replace(/\.+$/, "");
    const place = (fits) => names.flatMap((name, index) => (fits(name) ? [index + 1] : []));
    const exact = place((name) => name === wanted);
    const found = place((name) => countLetters(wanted) >= 3 && name.startsWith(wanted));
    const fitting = exact.length > 0 ? exact : found;
    if (fitting.length !== 1) throw new Fault("error_date", { part: "-month" });
    return fitting[0];
  }

  /* A day; where the question takes it, a month or a year. */
  readDate(asked, isEmpty) {
    const [day, month, year] = ["day", "month", "year"].map((part) => clean(this.get(`${asked.id}-${part}`)));
    if (isEmpty) throw new Fault("error_date", { part: "-day" });
    const isLoose = Boolean(asked.spec.approximate);
    if (!day && !isLoose) throw new Fault("error_date_day", { part: "-day" });
    if (!month && (day || !isLoose)) throw new Fault("error_date_month", { part: "-month" });
    if (!year) throw new Fault("error_date_year", { part: "-year" });
    const number = String(this.readYear(year, "-year")).padStart(4, "0");
    if (!month) return number;
    const text = `${number}-${twoDigits(this.readMonthPart(month))}`;
    if (!day) return text;
    const digits = toAsciiDigits(day);
    const whole = `${text}-${twoDigits(Number(digits))}`;
    if (!/^[0-9]{1,2}$/.test(digits) || parseDate(whole) === null) throw new Fault("error_date", { part: "-day" });
    return whole;
  }

  /* A month of a year. */
  readMonth(asked, isEmpty) {
    const [month, year] = ["month", "year"].map((part) => clean(this.get(`${asked.id}-${part}`)));
    if (isEmpty || !month) throw new Fault("error_date_month", { part: "-month" });
    if (!year) throw new Fault("error_date_year", { part: "-year" });
    const number = String(this.readYear(year, "-year")).padStart(4, "0");
    return `${number}-${twoDigits(this.readMonthPart(month))}`;
  }

  /* Go on only when the answer is within the limits. */
  requireLimits(asked, raw) {
    const { type } = asked.spec;
    const value = asked.read(raw);
    if (!DATES.includes(type)) {
      if (value === REFUSED) throw findLimitFault(asked, raw);
      return;
    }
    const part = type === "date" ? "-day" : "-month";
    if (asked.isEarly(value, this.scope)) {
      throw new Fault("error_too_early", { given: [["date", asked.earliest(this.scope)]], part });
    }
    if (asked.isLate(value, this.scope)) {
      throw new Fault("error_too_late", { given: [["date", asked.latest(this.scope)]], part });
    }
  }
}

const twoDigits = (number) => String(number).padStart(2, "0");

/* Why a number is refused. */
function findLimitFault(asked, raw) {
  const { spec } = asked;
  const part = PAIRS.includes(spec.type) ? "-amount" : "";
  const value = typeof raw === "string" ? parseNumber(raw) : null;
  const [low, high] = [spec.min, spec.max].map((bound) => (bound === null || bound === undefined ? null : BigInt(bound)));
  const kind = spec.type === "year" ? "plain" : "number";
  const tooLow = () => new Fault("error_too_low", { given: [[kind, low]], part });
  if (value !== null && low !== null && value < low) return tooLow();
  if (high !== null && (value === null || value > high)) return new Fault("error_too_high", { given: [[kind, high]], part });
  if (value === null && low !== null) return tooLow();
  return new Fault(TEXT_KINDS.has(spec.type) ? "error_empty" : "error_number", { part });
}

/* A text in normal form C, without control characters, with single spaces and none at the ends. */
export function clean(text, manyLines = false) {
  const normal = text.replace(/\r\n?/g, "\n").normalize("NFC");
  const lines = manyLines ? normal.split("\n") : [normal];
  return lines
    .map((line) => splitWords(line).join(" "))
    .join("\n")
    .replace(/^[\n ]+|[\n ]+$/g, "");
}

function splitWords(line) {
  const isKept = (letter) => !isForbidden(letter.codePointAt(0), false);
  return line
    .replace(SPACES, " ")
    .split(" ")
    .map((word) => [...word].filter(isKept).join(""))
    .filter(Boolean);
}

/* The answers with those of one page, or of one item of it, put in; the others stay as they are. */
export function withAnswers(answers, page, item, values) {
  if (item === null) return { ...answers, ...values };
  const given = Object.hasOwn(answers, page) && Array.isArray(answers[page]) ? answers[page] : [];
  const items = given.map((each) => (typeof each === "object" && each !== null && !Array.isArray(each) ? each : {}));
  while (items.length < item + 1) items.push({});
  items[item] = { ...items[item], ...values };
  return { ...answers, [page]: items };
}
