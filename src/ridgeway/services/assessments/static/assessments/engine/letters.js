/* Letters as the server counts and cuts them: by code point, with its idea of space. */

const SPACES = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const RUN = new RegExp(`[${SPACES}]+`, "g");
const ENDS = new RegExp(`^[${SPACES}]+|[${SPACES}]+$`, "g");
const DROPPED = /[ \u00a0\-./\u2010-\u2013]/g;

export function countLetters(text) {
  return [...text].length;
}

export function strip(text) {
  return text.replace(ENDS, "");
}

/* The parts of a text between its spaces. */
export function splitSpaces(text) {
  const stripped = strip(text);
  return stripped === "" ? [] : stripped.split(RUN);
}

/* A name as it is looked for: small letters, single spaces. */
export function fold(label) {
  return splitSpaces(label.toLowerCase()).join(" ");
}

/* The normal form of a code: upper case, without spaces, hyphens, points and slashes. */
export function normaliseCode(text) {
  return strip(text).toUpperCase().replace(DROPPED, "");
}
