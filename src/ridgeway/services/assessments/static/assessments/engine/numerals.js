/* Numbers as people write them: the twin of engine/numerals.py, where the rules stand. */

import { parseNumber, renderNumber } from "./expressions.js";

/* The zero of each script whose ten digits follow one another. */
const ZEROS = [
  0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0de6, 0x0e50,
  0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50,
  0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
];
const DIGITS = new Map(ZEROS.flatMap((zero) => [...Array(10).keys()].map((digit) => [zero + digit, String(digit)])));
const SPACE_LETTERS = "\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";
export const SPACES = new RegExp(`[${SPACE_LETTERS}]`, "g");
const VANISHING = new RegExp(`[${SPACE_LETTERS}'\u2019\u066c]|\\p{Sc}`, "gu");
const PLAIN = /^-?[0-9]*[.,]?[0-9]*$/;
const GROUPED = { ".": /^-?[0-9]{1,3}(?:\.[0-9]{3})+$/, ",": /^-?[0-9]{1,3}(?:,[0-9]{3})+$/ };
const MAX_CHARACTERS = 60;

/* The text with the digits of every script as 0 to 9. */
export function toAsciiDigits(text) {
  return [...text].map((letter) => DIGITS.get(letter.codePointAt(0)) ?? letter).join("");
}

/* A number that a person wrote as a decimal text such as -12.5; null when it is none. */
export function readTypedNumber(written, formats) {
  const cut = [...written].slice(0, MAX_CHARACTERS).join("");
  const ascii = toAsciiDigits(cut).replaceAll("\u066b", ",").replaceAll("\u2212", "-").replace(VANISHING, "");
  const text = dropGroups(ascii.replace(/^\+/, ""), formats.group);
  if (!PLAIN.test(text)) return null;
  const [signed, fraction, hasPoint] = partition(text.replaceAll(",", "."), ".");
  const sign = signed.startsWith("-") ? "-" : "";
  const digits = signed.slice(sign.length);
  if (digits === "" || (hasPoint && fraction === "")) return null;
  const whole = digits.replace(/^0+/, "") || "0";
  const rest = fraction.replace(/0+$/, "");
  const number = whole + (rest && `.${rest}`);
  return number === "0" ? number : sign + number;
}

function partition(text, mark) {
  const place = text.indexOf(mark);
  return place < 0 ? [text, "", false] : [text.slice(0, place), text.slice(place + 1), true];
}

/* The text without the sign between groups of three digits. */
function dropGroups(text, mark) {
  if (!Object.hasOwn(GROUPED, mark) || !text.includes(mark)) return text;
  const point = mark === "." ? "," : ".";
  const [whole, fraction, hasPoint] = partition(text, point);
  return GROUPED[mark].test(whole) ? whole.replaceAll(mark, "") + (hasPoint ? point : "") + fraction : text;
}

/* The number in the form that answers have; null when it is too large or too fine. */
export function toCanonical(number) {
  const value = parseNumber(number);
  return value === null ? null : renderNumber(value);
}
