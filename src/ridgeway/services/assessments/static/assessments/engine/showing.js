/* Numbers, dates and plural forms as a language writes them: the twin of engine/showing.py. */

import { fromDay, MILLION, parseDate, renderNumber } from "./expressions.js";

const MINUS = "\u2212";

const magnitude = (number) => (number < 0n ? -number : number);

/* A number; `decimals` is how many digits it has at least once it has any after the point. */
export function showNumber(number, formats, { decimals = 0, grouped = true } = {}) {
  const [digits, fraction = ""] = renderNumber(magnitude(number)).split(".");
  const whole = grouped && formats.group ? digits.replace(/\B(?=(\d{3})+$)/g, () => formats.group) : digits;
  const text = whole + (fraction ? formats.decimal + fraction.padEnd(decimals, "0") : "");
  return (number < 0n ? MINUS : "") + localiseDigits(text, formats);
}

export function localiseDigits(text, formats) {
  const digits = [...(formats.digits ?? "")];
  return digits.length === 10 ? text.replace(/[0-9]/g, (digit) => digits[Number(digit)]) : text;
}

/* A day, a month, a year, or from when to when. */
export function showDate(span, formats) {
  const [year, month] = fromDay(span[0]);
  if (span[0] === span[1]) return showDay(span[0], formats);
  const isSame = (text) => {
    const other = parseDate(text);
    return other !== null && other[0] === span[0] && other[1] === span[1];
  };
  const years = String(year).padStart(4, "0");
  if (isSame(`${years}-${String(month).padStart(2, "0")}`)) {
    return localiseDigits(put(put(formats.month, "m", getMonth(formats, month)), "y", String(year)), formats);
  }
  if (isSame(years)) return localiseDigits(String(year), formats);
  return `${showDay(span[0], formats)} – ${showDay(span[1], formats)}`;
}

export function showDay(day, formats) {
  const [year, month, date] = fromDay(day);
  const text = put(put(put(formats.date, "d", String(date)), "m", getMonth(formats, month)), "y", String(year));
  return localiseDigits(text, formats);
}

function put(text, name, value) {
  return text.replaceAll(`{${name}}`, () => value);
}

function getMonth(formats, month) {
  return formats.months.length === 12 ? formats.months[month - 1] : String(month);
}

/* The plural form of a number: the first category with an alternative whose relations all hold, else other. */
export function chooseForm(number, formats) {
  const operands = readOperands(number);
  const fits = (relations) => relations.every((relation) => holds(relation, operands));
  for (const [name, alternatives] of formats.plural ?? []) {
    if (alternatives.some(fits)) return name;
  }
  return "other";
}

function readOperands(number) {
  const size = magnitude(number);
  const [whole, fraction = ""] = renderNumber(size).split(".");
  const digits = BigInt(fraction || "0");
  const counted = BigInt(fraction.length);
  return { n: fraction ? null : size / MILLION, i: BigInt(whole), v: counted, w: counted, f: digits, t: digits };
}

function holds([name, modulus, inside, ranges], operands) {
  let value = operands[name];
  if (value === null) return !inside;
  if (modulus) value %= BigInt(modulus);
  return ranges.some(([low, high]) => value >= BigInt(low) && value <= BigInt(high)) === inside;
}
