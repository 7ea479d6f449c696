/* Expressions and tests back to text, and the facts behind them: the twin of expressions/rendering.py. */

import { fromDay, parseDate, renderNumber } from "./expressions.js";

const SIGNS = new Map([
  ["or", ["||", 2]],
  ["and", ["&&", 3]],
  ["eq", ["==", 4]],
  ["ne", ["!=", 4]],
  ["lt", ["<", 4]],
  ["le", ["<=", 4]],
  ["gt", [">", 4]],
  ["ge", [">=", 4]],
  ["in", ["in", 4]],
  ["add", ["+", 5]],
  ["sub", ["-", 5]],
  ["mul", ["*", 6]],
  ["div", ["/", 6]],
  ["mod", ["%", 6]],
]);
const [CONDITIONAL, RELATION, PREFIX, ATOM] = [1, 4, 7, 8];
const TEST_SIGNS = { eq: "", ne: "!= ", lt: "< ", le: "<= ", gt: "> ", ge: ">= " };

/* The text of an expression. */
export function renderExpression(expression) {
  return render(expression, CONDITIONAL);
}

/* The text, in brackets when it binds less tightly than `least`. */
function render(expression, least) {
  const [text, power] = renderBare(expression);
  return power < least ? `(${text})` : text;
}

function renderBare(expression) {
  const [word, second, third, fourth] = expression;
  switch (word) {
    case "lit":
      return [renderLiteral(second, third), ATOM];
    case "today":
      return ["today", ATOM];
    case "output":
      return [`${second}.${third}`, ATOM];
    case "not":
      return [`!${render(second, PREFIX)}`, PREFIX];
    case "neg": {
      const text = render(second, PREFIX);
      return [/^[0-9]/.test(text) ? `-(${text})` : `-${text}`, PREFIX];
    }
    case "if":
      return [`${render(second, 2)} ? ${render(third, 2)} : ${render(fourth, CONDITIONAL)}`, CONDITIONAL];
    case "list":
      return [`[${renderSeveral(second)}]`, ATOM];
    case "score": {
      const rows = Object.entries(third).map(([option, weight]) => `${quote(option)}: ${renderNumber(BigInt(weight))}`);
      return [`score(${second}, {${rows.join(", ")}})`, ATOM];
    }
    case "each":
      return [`${second}(${third}, ${render(fourth, CONDITIONAL)})`, ATOM];
    case "call":
      return [renderCall(second, third), ATOM];
  }
  if (!SIGNS.has(word)) return [String(second), ATOM];
  const [shown, power] = SIGNS.get(word);
  const tighter = power === RELATION ? power + 1 : power;
  return [`${render(second, tighter)} ${shown} ${render(third, power + 1)}`, power];
}

/* A call; what counts hits is written count, and a pattern by its name alone. */
function renderCall(name, given) {
  const shown = name === "matches_pattern" ? given.slice(0, 2) : given;
  return `${name === "hits" ? "count" : name}(${renderSeveral(shown)})`;
}

function renderSeveral(parts) {
  return parts.map((part) => render(part, CONDITIONAL)).join(", ");
}

/* A constant as an author writes it. */
function renderLiteral(type, value) {
  const kind = Array.isArray(type) ? type[0] : type;
  if (kind === "bool") return value ? "true" : "false";
  if (kind === "number") return renderNumber(BigInt(value));
  if (kind !== "date") return quote(value);
  const text = renderDate(value);
  return text.length === 10 ? text : `date("${text}")`;
}

/* The date as ISO text: a day, a whole month, a whole year, or first/last day for any other span. */
export function renderDate(span) {
  const [first, last] = span.map(renderDay);
  if (first === last) return first;
  const isSame = (text) => {
    const other = parseDate(text);
    return other[0] === span[0] && other[1] === span[1];
  };
  return [first.slice(0, 7), first.slice(0, 4)].find(isSame) ?? `${first}/${last}`;
}

export function renderDay(day) {
  const [year, month, date] = fromDay(day);
  return [String(year).padStart(4, "0"), String(month).padStart(2, "0"), String(date).padStart(2, "0")].join("-");
}

function quote(text) {
  const marks = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t" };
  return `"${text.replace(/[\\"\n\t]/g, (letter) => marks[letter])}"`;
}

/* The text of a cell. */
export function renderTest(test) {
  const [word, second, opening, high, closing] = test;
  switch (word) {
    case "any":
      return "-";
    case "unknown":
    case "known":
    case "empty":
      return word;
    case "has":
    case "has_any":
      return `${word}(${second.map((each) => JSON.stringify(each)).join(", ")})`;
    case "not":
      return `not(${renderTest(second)})`;
    case "one":
      return second.map(renderTest).join(", ");
    case "between": {
      const [from, to] = [second, high].map((end) => (end === null ? "" : render(end, 5)));
      return `${opening}${from}..${to}${closing}`;
    }
  }
  const text = render(second, 5);
  if (word === "eq") return text.startsWith("(") ? `== ${text}` : text;
  return TEST_SIGNS[word] + text;
}
