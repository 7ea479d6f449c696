/*
 * Which RAW answers a question takes, and the value that each stands for: the twin of engine/questions.py, where the forms
 * are told. A RAW in another form is REFUSED: it is no answer at all.
 */

import { MAX_NUMBER, MILLION, parseDate, parseNumber, renderNumber, UNKNOWN } from "./expressions.js";
import { countLetters } from "./letters.js";

export const REFUSED = Symbol("refused");
export const DAYS_OF_UNIT = { days: 1n, weeks: 7n, months: 30n, years: 365n };
export const PERIODS_A_YEAR = { week: 52n, two_weeks: 26n, month: 12n, year: 1n };
export const TEXT_KINDS = new Set(["text", "long_text", "email", "phone", "postal_code", "identifier"]);
export const NUMBER_KINDS = new Set(["number", "money", "year"]);
export const CODE_KINDS = new Set(["postal_code", "identifier"]);
const MAX_CODE = 40;
const MAX_TEXT = 200;
const MAX_LENGTHS = { long_text: 2000, email: 254, postal_code: MAX_CODE, identifier: MAX_CODE };
const MAX_AMOUNT_LETTERS = 24;

/* A question ready to be answered: `read` reads a RAW, `earliest` and `latest` are closures or null. */
export class Asked {
  constructor(spec, read, earliest, latest) {
    this.spec = spec;
    this.id = spec.id;
    this.read = read;
    this.earliest = earliest;
    this.latest = latest;
  }

  /* The value of a RAW, or REFUSED; `scope` is that before the page. */
  accept(raw, scope) {
    if (raw === null) return this.spec.unknown ? UNKNOWN : REFUSED;
    if (raw === "") return this.spec.optional ? UNKNOWN : REFUSED;
    const value = this.read(raw);
    if (value === REFUSED) return REFUSED;
    return this.isEarly(value, scope) || this.isLate(value, scope) ? REFUSED : value;
  }

  isEarly(value, scope) {
    const bound = this.earliest ? this.earliest(scope) : UNKNOWN;
    return bound !== UNKNOWN && value[1] < bound[0];
  }

  isLate(value, scope) {
    const bound = this.latest ? this.latest(scope) : UNKNOWN;
    return bound !== UNKNOWN && value[0] > bound[1];
  }
}

export function makeReader(spec, lists) {
  if (TEXT_KINDS.has(spec.type)) return readTextWith(spec);
  if (NUMBER_KINDS.has(spec.type)) return readNumberWith(spec);
  switch (spec.type) {
    case "list":
      return readChoiceAmong(new Set(lists.get(spec.list).ids));
    case "radios":
      return readChoiceAmong(new Set(spec.options.map((option) => option.id)));
    case "checkboxes":
      return readChoicesWith(spec);
    case "duration":
    case "salary":
      return readPairWith(spec);
    case "yes_no":
      return (raw) => (typeof raw === "boolean" ? raw : REFUSED);
    case "month":
      return readDateOf([7]);
  }
  return readDateOf(spec.approximate ? [4, 7, 10] : [10]);
}

function readChoiceAmong(ids) {
  return (raw) => (typeof raw === "string" && ids.has(raw) ? raw : REFUSED);
}

function readChoicesWith(spec) {
  const places = new Map(spec.options.map((option, place) => [option.id, place]));
  const alone = new Set(spec.options.filter((option) => option.exclusive).map((option) => option.id));
  const takesNone = spec.has.includes("none");
  return (raw) => {
    if (!Array.isArray(raw) || raw.length > places.size || !(raw.length > 0 || takesNone)) return REFUSED;
    let before = -1;
    for (const each of raw) {
      const place = places.get(each) ?? -1;
      if (place <= before || (alone.has(each) && raw.length > 1)) return REFUSED;
      before = place;
    }
    return raw;
  };
}

/* The millionths of a canonical number with at most so many decimals; null for any other text. */
function readAmount(raw, decimals) {
  if (typeof raw !== "string" || raw.length > MAX_AMOUNT_LETTERS) return null;
  const value = parseNumber(raw);
  if (value === null || renderNumber(value) !== raw) return null;
  return value % 10n ** BigInt(6 - decimals) === 0n ? value : null;
}

const readBound = (bound) => (bound === null || bound === undefined ? null : BigInt(bound));
const isBeyond = (value, low, high) => (low !== null && value < low) || (high !== null && value > high);

function readNumberWith(spec) {
  const [low, high] = [readBound(spec.min), readBound(spec.max)];
  const isYear = spec.type === "year";
  return (raw) => {
    const value = readAmount(raw, isYear ? 0 : spec.decimals ?? 0);
    if (value === null || isBeyond(value, low, high)) return REFUSED;
    return isYear && (value < MILLION || value > 9999n * MILLION) ? REFUSED : value;
  };
}

function readPairWith(spec) {
  const factors = spec.type === "duration" ? DAYS_OF_UNIT : PERIODS_A_YEAR;
  const named = (spec.type === "duration" ? spec.units : spec.periods) ?? Object.keys(factors);
  const [low, high] = [readBound(spec.min), readBound(spec.max)];
  return (raw) => {
    if (!Array.isArray(raw) || raw.length !== 2 || !named.includes(raw[1])) return REFUSED;
    const amount = readAmount(raw[0], spec.decimals ?? 0);
    if (amount === null || amount < 0n) return REFUSED;
    const value = amount * factors[raw[1]];
    return value > MAX_NUMBER || isBeyond(value, low, high) ? REFUSED : value;
  };
}

function readDateOf(lengths) {
  return (raw) => (typeof raw === "string" && lengths.includes(raw.length) ? parseDate(raw) ?? REFUSED : REFUSED);
}

function readTextWith(spec) {
  const longest = getMaxLength(spec);
  const fits = findPattern(spec);
  return (raw) => {
    if (typeof raw !== "string" || countLetters(raw) > longest || !isPlain(raw, spec.type === "long_text")) return REFUSED;
    return fits === null || fits(raw) ? raw : REFUSED;
  };
}

/* How many characters an answer may have. */
export function getMaxLength(spec) {
  const most = MAX_LENGTHS[spec.type] ?? MAX_TEXT;
  return Math.min(most, spec.max_length ?? most);
}

/* What a text must look like, if anything. */
export function findPattern(spec) {
  if (spec.type === "email") return isEmail;
  if (spec.pattern === null || spec.pattern === undefined) return null;
  const form = new RegExp(spec.pattern, "u");
  return (text) => countLetters(text) <= MAX_CODE && form.test(text);
}

/* Whether a text looks like an e-mail address: one @, then a name with a point in it. */
function isEmail(text) {
  const at = text.indexOf("@");
  if (at < 1 || countLetters(text.slice(0, at)) > 64 || text.includes(" ")) return false;
  const domain = text.slice(at + 1);
  const labels = domain.split(".");
  const isLabel = (label) => label !== "" && countLetters(label) <= 63;
  return labels.length >= 2 && labels.length <= 9 && !domain.includes("@") && labels.every(isLabel);
}

/* Whether a text has no control characters (a line break only where there may be several lines) and no loose ends. */
export function isPlain(text, manyLines) {
  if (text === "" || " \n".includes(text[0]) || " \n".includes(text[text.length - 1])) return false;
  return ![...text].some((letter) => isForbidden(letter.codePointAt(0), manyLines));
}

export function isForbidden(code, manyLines) {
  return (code < 32 && !(manyLines && code === 10)) || (code >= 127 && code < 160) || (code >= 0xd800 && code < 0xe000);
}
