/* Expressions in JSON → closures that take a scope and give a value: the browser's twin of `expressions/` in Python.

   Law: the same values for the same expression, answers and day, as `semantics.json` proves in both; nothing is evaluated
   as script. A number is a BigInt of millionths, a date [first day, last day] from 1970-01-01, ticked options an array,
   what is not known UNKNOWN. A scope has answers, parameters, facts, decisions, outputs (by "decision.output") and hits
   (a whole count), each with get(name), answers with has(name) besides; today; and item, a Map or null. */

export const UNKNOWN = null;
export const MILLION = 1000000n;
export const MAX_NUMBER = 10n ** 12n * MILLION;
export const FIRST_DAY = -719162;
export const LAST_DAY = 2932896;
const MAX_SHIFT = 4000000n * MILLION;
const MAX_NODES = 1000;
const MAX_DEPTH = 120;
const MAX_TEST_DEPTH = 20;

export class ExpressionError extends Error {}

/* Values */

/** The value that the JSON of a compiled document stands for. */
export function readValue(type, raw) {
  if (raw === null) return UNKNOWN;
  const kind = Array.isArray(type) ? type[0] : type;
  if (kind === "number") return BigInt(raw);
  if (kind === "date" || kind === "options") return Object.freeze([...raw]);
  return raw;
}

/** The value as the JSON of a compiled document. */
export function renderValue(value) {
  return typeof value === "bigint" ? String(value) : value;
}

/** The millionths of a decimal number like -12.5; null when it is none, too large or too fine. */
export function parseNumber(text) {
  const found = /^(-?)([0-9]{1,13})(?:\.([0-9]{1,6}))?$/.exec(text);
  if (found === null) return null;
  const size = BigInt(found[2]) * MILLION + BigInt((found[3] ?? "").padEnd(6, "0"));
  if (size > MAX_NUMBER) return null;
  return found[1] ? -size : size;
}

/** The number as a decimal text without needless zeros. */
export function renderNumber(number) {
  const size = number < 0n ? -number : number;
  const digits = String(size % MILLION).padStart(6, "0").replace(/0+$/, "");
  return (number < 0n ? "-" : "") + String(size / MILLION) + (digits ? "." + digits : "");
}

/** The days of 2026-11-15, of 2026-11 or of 2026; null when there is no such date. */
export function parseDate(text) {
  const found = /^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?$/.exec(text);
  if (found === null) return null;
  const year = Number(found[1]);
  const first = Number(found[2] ?? 1);
  const last = Number(found[2] ?? 12);
  if (year < 1 || first < 1 || first > 12) return null;
  const end = daysIn(year, last);
  const day = Number(found[3] ?? 1);
  if (day < 1 || day > end) return null;
  return Object.freeze([toDay(year, first, day), toDay(year, last, found[3] ? day : end)]);
}

/** The year, month and day of a day. */
export function fromDay(day) {
  const shifted = day + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const part = Math.floor((5 * dayOfYear + 2) / 153);
  const month = part < 10 ? part + 3 : part - 9;
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - Math.floor((153 * part + 2) / 5) + 1];
}

/** The day of a year, month and day that there are. */
export function toDay(year, month, day) {
  const moved = month <= 2 ? year - 1 : year;
  const era = Math.floor(moved / 400);
  const yearOfEra = moved - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468;
}

/** How many days a month has. */
export function daysIn(year, month) {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/* Operations. None throws; what cannot be reckoned is unknown. */

function bounded(number) {
  return number >= -MAX_NUMBER && number <= MAX_NUMBER ? number : UNKNOWN;
}

/** The quotient as a whole number, a half rounded to the even one; `bottom` is above zero. */
function divideEven(top, bottom) {
  let whole = top / bottom;
  let rest = top % bottom;
  if (rest < 0n) {
    whole -= 1n;
    rest += bottom;
  }
  const double = 2n * rest;
  return double > bottom || (double === bottom && whole % 2n !== 0n) ? whole + 1n : whole;
}

function floorTo(number) {
  const rest = number % MILLION;
  return rest < 0n ? number - rest - MILLION : number - rest;
}

function divide(a, b) {
  if (b === 0n) return UNKNOWN;
  return bounded(b > 0n ? divideEven(a * MILLION, b) : divideEven(-a * MILLION, -b));
}

function isEqual(a, b) {
  if (!Array.isArray(a)) return a === b;
  if (a[1] < b[0] || b[1] < a[0]) return false;
  return a[0] === a[1] && b[0] === b[1] ? true : UNKNOWN;
}

function isLess(a, b) {
  if (!Array.isArray(a)) return a < b;
  if (a[1] < b[0]) return true;
  return a[0] >= b[1] ? false : UNKNOWN;
}

function isAtMost(a, b) {
  if (!Array.isArray(a)) return a <= b;
  if (a[1] <= b[0]) return true;
  return a[0] > b[1] ? false : UNKNOWN;
}

function opposite(truth) {
  return truth === UNKNOWN ? UNKNOWN : !truth;
}

function least(a, b) {
  if (Array.isArray(a)) return [Math.min(a[0], b[0]), Math.min(a[1], b[1])];
  return a < b ? a : b;
}

function greatest(a, b) {
  if (Array.isArray(a)) return [Math.max(a[0], b[0]), Math.max(a[1], b[1])];
  return a > b ? a : b;
}

function shift(move, span, number) {
  if (number % MILLION !== 0n || number > MAX_SHIFT || number < -MAX_SHIFT) return UNKNOWN;
  const count = Number(number / MILLION);
  const first = move(span[0], count);
  const last = move(span[1], count);
  return first === null || last === null ? UNKNOWN : [first, last];
}

function moveDays(day, count) {
  const moved = day + count;
  return moved >= FIRST_DAY && moved <= LAST_DAY ? moved : null;
}

function moveMonths(day, count) {
  const [year, month, date] = fromDay(day);
  const months = year * 12 + month - 1 + count;
  const toYear = Math.floor(months / 12);
  if (toYear < 1 || toYear > 9999) return null;
  const toMonth = months - toYear * 12 + 1;
  return toDay(toYear, toMonth, Math.min(date, daysIn(toYear, toMonth)));
}

function fullYears(begin, end) {
  const [year, month, day] = fromDay(begin);
  const [toYear, toMonth, toDate] = fromDay(end);
  return toYear - year - (toMonth < month || (toMonth === month && toDate < day) ? 1 : 0);
}

function ageOn(birth, on) {
  const leastAge = fullYears(birth[1], on[0]);
  return leastAge === fullYears(birth[0], on[1]) && leastAge >= 0 ? BigInt(leastAge) * MILLION : UNKNOWN;
}

function daysBetween(a, b) {
  return a[0] === a[1] && b[0] === b[1] ? BigInt(b[0] - a[0]) * MILLION : UNKNOWN;
}

function yearOf(span) {
  const year = fromDay(span[0])[0];
  return year === fromDay(span[1])[0] ? BigInt(year) * MILLION : UNKNOWN;
}

function sizeOf(value) {
  return BigInt(typeof value === "string" ? [...value].length : value.length) * MILLION;
}

function weigh(chosen, weights) {
  if (typeof chosen === "string") return weights.get(chosen) ?? 0n;
  return bounded(chosen.reduce((total, option) => total + (weights.get(option) ?? 0n), 0n));
}

const NEGATE = (a) => -a;
const ONE = new Map([
  ["ceil", (a) => -floorTo(-a)],
  ["floor", floorTo],
  ["round", (a) => divideEven(a, MILLION) * MILLION],
  ["size", sizeOf],
  ["year", yearOf],
]);
const INFIX = new Map([
  ["add", (a, b) => bounded(a + b)],
  ["sub", (a, b) => bounded(a - b)],
  ["mul", (a, b) => bounded(divideEven(a * b, MILLION))],
  ["div", divide],
  ["mod", (a, b) => (b === 0n ? UNKNOWN : a % b)],
  ["eq", isEqual],
  ["ne", (a, b) => opposite(isEqual(a, b))],
  ["lt", isLess],
  ["le", isAtMost],
  ["gt", (a, b) => isLess(b, a)],
  ["ge", (a, b) => isAtMost(b, a)],
]);
const COMPARISONS = new Set(["eq", "ne", "lt", "le", "gt", "ge"]);
const EXTREMES = new Map([
  ["min", least],
  ["max", greatest],
]);
const TWO = new Map([
  ["days_between", daysBetween],
  ["add_days", (span, number) => shift(moveDays, span, number)],
  ["add_months", (span, number) => shift(moveMonths, span, number)],
  ["age_on", ageOn],
]);

/* Expressions */

/** The closure of an expression: scope → value. Throws ExpressionError when the JSON is no expression. */
export function compileExpression(expr) {
  return compile(expr, { nodes: 0 }, 1);
}

function compile(expr, count, depth) {
  count.nodes += 1;
  if (count.nodes > MAX_NODES || depth > MAX_DEPTH) throw new ExpressionError("The compiled expression is too large.");
  const closure = Array.isArray(expr)
    ? compileLeaf(expr) ?? compileInner(expr, (part) => compile(part, count, depth + 1))
    : null;
  if (closure === null) throw new ExpressionError(`${JSON.stringify(expr)} is no compiled expression.`);
  return closure;
}

function compileLeaf(expr) {
  const [word, name, third] = expr;
  switch (word) {
    case "lit": {
      const value = readValue(name, third);
      return () => value;
    }
    case "answer":
      return (scope) => scope.answers.get(name) ?? UNKNOWN;
    case "item":
      return (scope) => scope.item?.get(name) ?? UNKNOWN;
    case "param":
      return (scope) => scope.parameters.get(name) ?? UNKNOWN;
    case "fact":
      return (scope) => scope.facts.get(name) ?? UNKNOWN;
    case "decision":
      return (scope) => scope.decisions.get(name) ?? UNKNOWN;
    case "output": {
      const key = `${name}.${third}`;
      return (scope) => scope.outputs.get(key) ?? UNKNOWN;
    }
    case "today":
      return (scope) => scope.today;
    case "score": {
      const weights = new Map(Object.entries(third).map(([option, weight]) => [option, BigInt(weight)]));
      return applyOne((chosen) => weigh(chosen, weights), (scope) => scope.answers.get(name) ?? UNKNOWN);
    }
  }
  return null;
}

function compileInner(expr, inner) {
  const [word, second, third] = expr;
  switch (word) {
    case "not":
      return applyOne(opposite, inner(second));
    case "neg":
      return applyOne(NEGATE, inner(second));
    case "and":
    case "or":
      return compileLogic(inner(second), inner(third), word === "or");
    case "if":
      return compileIf(inner(second), inner(third), inner(expr[3]));
    case "in":
      if (third[0] === "list") return compileChoice(inner(second), third[1].map(inner));
      return applyTwo((option, options) => options.includes(option), inner(second), inner(third));
    case "each":
      return compileEach(second, third, inner(expr[3]));
    case "call":
      return compileCall(second, third, inner);
  }
  return INFIX.has(word) ? applyTwo(INFIX.get(word), inner(second), inner(third)) : null;
}

function compileCall(name, parts, inner) {
  if (name === "answered") {
    const question = parts[0][1];
    return parts[0][0] === "item"
      ? (scope) => scope.item?.has(question) ?? false
      : (scope) => scope.answers.has(question);
  }
  if (name === "hits") {
    const decision = parts[0][1];
    return applyOne((hits) => BigInt(hits) * MILLION, (scope) => scope.hits.get(decision) ?? UNKNOWN);
  }
  if (name === "known") {
    const closure = inner(parts[0]);
    return (scope) => closure(scope) !== UNKNOWN;
  }
  if (name === "matches_pattern") {
    const form = new RegExp(`^(?:${parts[2][2]})$`, "u");
    return applyOne((text) => form.test(text), inner(parts[0]));
  }
  if (EXTREMES.has(name)) return parts.map(inner).reduce((one, two) => applyTwo(EXTREMES.get(name), one, two));
  if (ONE.has(name)) return applyOne(ONE.get(name), inner(parts[0]));
  return TWO.has(name) ? applyTwo(TWO.get(name), inner(parts[0]), inner(parts[1])) : null;
}

function applyOne(operation, inner) {
  return (scope) => {
    const value = inner(scope);
    return value === UNKNOWN ? UNKNOWN : operation(value);
  };
}

function applyTwo(operation, left, right) {
  return (scope) => {
    const first = left(scope);
    if (first === UNKNOWN) return UNKNOWN;
    const second = right(scope);
    return second === UNKNOWN ? UNKNOWN : operation(first, second);
  };
}

/** And (false decides) or or (true decides): one side that decides is enough, whatever the other is. */
function compileLogic(left, right, decisive) {
  return (scope) => {
    const first = left(scope);
    if (first === decisive) return decisive;
    const second = right(scope);
    if (second === decisive) return decisive;
    return first === UNKNOWN || second === UNKNOWN ? UNKNOWN : !decisive;
  };
}

function compileIf(condition, then, other) {
  return (scope) => {
    const held = condition(scope);
    if (held === UNKNOWN) return UNKNOWN;
    return held ? then(scope) : other(scope);
  };
}

/** Whether a value is among others: true as soon as one is equal, else unknown when one is unknown. */
function compileChoice(one, several) {
  return (scope) => {
    const value = one(scope);
    if (value === UNKNOWN) return UNKNOWN;
    let found = false;
    for (const each of several) {
      const other = each(scope);
      const same = other === UNKNOWN ? UNKNOWN : isEqual(value, other);
      if (same === true) return true;
      if (same === UNKNOWN) found = UNKNOWN;
    }
    return found;
  };
}

/** The same sight, and one item of a page that is asked more than once. */
function withItem(scope, item) {
  const inner = Object.create(scope);
  inner.item = item;
  return inner;
}

function compileEach(word, page, inner) {
  const gather = {
    any: (values) => decide(values, true),
    all: (values) => decide(values, false),
    count: (values) =>
      values.includes(UNKNOWN) ? UNKNOWN : BigInt(values.filter((value) => value).length) * MILLION,
    sum: (values) =>
      values.reduce((total, value) => (total === UNKNOWN || value === UNKNOWN ? UNKNOWN : bounded(total + value)), 0n),
  }[word];
  if (gather === undefined) return null;
  return (scope) => {
    const items = scope.answers.get(page) ?? UNKNOWN;
    return items === UNKNOWN ? UNKNOWN : gather(items.map((item) => inner(withItem(scope, item))));
  };
}

function decide(values, decisive) {
  if (values.includes(decisive)) return decisive;
  return values.includes(UNKNOWN) ? UNKNOWN : !decisive;
}

/* Cells of tables */

/** The closure of a cell: (value, scope) → whether it matches. Throws ExpressionError when the JSON is no test. */
export function compileTest(test) {
  const inner = compileCell(test, 0);
  return (value, scope) => inner(value, scope) === true;
}

function compileCell(test, depth) {
  if (depth > MAX_TEST_DEPTH) throw new ExpressionError("The compiled test is too deep.");
  const [word, second, third] = test;
  switch (word) {
    case "any":
      return () => true;
    case "unknown":
      return (value) => value === UNKNOWN;
    case "known":
      return (value) => value !== UNKNOWN;
    case "empty":
      return known((value) => value.length === 0);
    case "has":
      return known((value) => second.every((option) => value.includes(option)));
    case "has_any":
      return known((value) => second.some((option) => value.includes(option)));
    case "not": {
      const inner = compileCell(second, depth + 1);
      return (value, scope) => opposite(inner(value, scope));
    }
    case "one":
      return compileAlternatives(second.map((each) => compileCell(each, depth + 1)));
    case "between":
      return compileRange(
        second === null ? null : compare(third === "[" ? "ge" : "gt", second),
        test[3] === null ? null : compare(test[4] === "]" ? "le" : "lt", test[3]),
      );
  }
  if (COMPARISONS.has(word)) return compare(word, second);
  throw new ExpressionError(`${JSON.stringify(test)} is no compiled test.`);
}

function known(operation) {
  return (value) => (value === UNKNOWN ? UNKNOWN : operation(value));
}

function compare(word, operand) {
  const closure = compileExpression(operand);
  const operation = INFIX.get(word);
  return (value, scope) => {
    if (value === UNKNOWN) return UNKNOWN;
    const other = closure(scope);
    return other === UNKNOWN ? UNKNOWN : operation(value, other);
  };
}

function compileRange(above, below) {
  if (above === null || below === null) return above ?? below ?? known(() => true);
  return (value, scope) => {
    const first = above(value, scope);
    if (first === false) return false;
    const second = below(value, scope);
    if (second === false) return false;
    return first === UNKNOWN || second === UNKNOWN ? UNKNOWN : true;
  };
}

function compileAlternatives(tests) {
  return (value, scope) => {
    let found = false;
    for (const test of tests) {
      const held = test(value, scope);
      if (held === true) return true;
      if (held === UNKNOWN) found = UNKNOWN;
    }
    return found;
  };
}
