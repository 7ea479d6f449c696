/*
 * From a compiled document to an assessment that can run: the twin of engine/loading.py. Law: the document is one that was
 * compiled here, its digest proven; what a stranger may write is refused when it is compiled, not in the browser.
 */

import { compileExpression, compileTest, parseDate, readValue, UNKNOWN } from "./expressions.js";
import { fold } from "./letters.js";
import { Asked, makeReader } from "./questions.js";
import { Text } from "./wording.js";

const FORMAT = "assessment-compiled/1";
const DATE_KINDS = ["date", "month"];

const toMap = (object, change = (value) => value) =>
  new Map(Object.entries(object ?? {}).map(([key, value]) => [key, change(value, key)]));
const compileIf = (expression) => (expression === null || expression === undefined ? null : compileExpression(expression));
const readDay = (text) => (text === null || text === undefined ? null : parseDate(text)[0]);

export class Assessment {
  constructor(compiled) {
    this.compiled = compiled;
    this.id = compiled.id;
    this.languages = compiled.languages;
    this.source = compiled.languages[0].code;
    this.lists = toMap(compiled.lists);
    this.order = compiled.pages.map((page, place) => loadPage(page, place, this.lists));
    this.pages = new Map(this.order.map((page) => [page.id, page]));
    this.questions = new Map(this.order.flatMap((page) => page.questions.map((asked) => [asked.id, asked])));
    this.facts = new Map((compiled.facts ?? []).map(([name, expression]) => [name, compileExpression(expression)]));
    this.decisions = toMap(compiled.decisions, loadDecision);
    this.outcomes = toMap(compiled.outcomes);
    this.calendars = new Map();
    for (const [name, outcome] of this.outcomes) {
      if (outcome.calendar) this.calendars.set(name, compileExpression(outcome.calendar.date));
    }
    this.texts = toMap(compiled.texts, (texts) => toMap(texts, (nodes) => new Text(nodes)));
    this.words = toMap(compiled.words, (words) => toMap(words));
    this.formats = toMap(compiled.formats);
    this.entries = loadEntries(this.lists);
    this.parameters = toMap(compiled.parameters, loadParameter);
  }

  /* Each parameter's value on a day: that of the last entry which has begun; unknown before the first. */
  onDay(day) {
    const find = (entries) => entries.filter(([first]) => first === null || first <= day).pop()?.[1] ?? UNKNOWN;
    return new Map([...this.parameters].map(([name, entries]) => [name, find(entries)]));
  }
}

export function load(compiled) {
  if (compiled.format !== FORMAT) throw new Error(`this is no ${FORMAT}`);
  return new Assessment(compiled);
}

function loadPage(page, place, lists) {
  const routes = page.routes?.length ? page.routes : [{ when: null, to: "next" }];
  return {
    id: page.id,
    place,
    spec: page,
    questions: (page.questions ?? []).map((question) => loadQuestion(question, lists)),
    onlyIf: compileIf(page.only_if),
    routes: routes.map(({ when, to }) => ({ when: compileIf(when), ...splitTarget(to) })),
  };
}

function splitTarget(to) {
  const [kind, target = ""] = to.split(":");
  return { kind, target };
}

function loadQuestion(question, lists) {
  const spec = { ...question, options: question.options ?? [], has: question.has ?? [] };
  const isDated = DATE_KINDS.includes(spec.type);
  const bound = (expression) => (isDated ? compileIf(expression) : null);
  return new Asked(spec, makeReader(spec, lists), bound(spec.min), bound(spec.max));
}

function loadDecision(decision, id) {
  const outputs = decision.outputs ?? {};
  const otherwise = decision.default ?? null;
  return {
    id,
    spec: decision,
    hit: decision.hit,
    collect: decision.collect ?? null,
    outputs: decision.outputs ? Object.keys(outputs) : [""],
    inputs: decision.inputs.map(compileExpression),
    rules: decision.rules.map((rule) => loadRule(rule, outputs)),
    otherwise: otherwise === null ? null : loadRule({ id: "", tests: [], then: otherwise }, outputs),
  };
}

function loadRule(rule, outputs) {
  const { then } = rule;
  const isValues = typeof then === "object" && then !== null && !Array.isArray(then);
  return {
    id: rule.id,
    spec: rule,
    tests: rule.tests.map(compileTest),
    first: readDay(rule.from),
    last: readDay(rule.until),
    outcome: typeof then === "string" ? then.replace(/^outcome:/, "") : null,
    entitlements: Array.isArray(then) ? then : [],
    values: isValues ? toMap(then, (value, name) => readValue(outputs[name], value)) : new Map(),
  };
}

function loadParameter(parameter) {
  return parameter.values.map(([first, value]) => [readDay(first), readValue(parameter.type, value)]);
}

/* The ids of lists by their names, by `list@language`. */
function loadEntries(lists) {
  const entries = new Map();
  for (const [name, listed] of lists) {
    for (const [code, labels] of Object.entries(listed.labels)) {
      entries.set(`${name}@${code}`, new Map(labels.map((label, place) => [fold(label), listed.ids[place]])));
    }
  }
  return entries;
}
