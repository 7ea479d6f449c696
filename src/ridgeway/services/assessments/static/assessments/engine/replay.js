/*
 * From answers to a trail: which pages these answers lead over, in order, and where they end. The twin of
 * engine/replay.py, where the rules stand. Days are counted from 1970-01-01.
 */

import { decide } from "./deciding.js";
import { REFUSED } from "./questions.js";
import { forget, makeScope } from "./scoping.js";

const MAX_STEPS = 500;

const isBag = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/* The pages in order; the last one is pending unless `isOver`, then the outcome is step steps.length + 1. */
export class Trail {
  constructor(parts) {
    Object.assign(this, parts);
  }

  get values() {
    return this.scope.answers;
  }

  get lastStep() {
    return this.steps.length + (this.isOver ? 1 : 0);
  }

  get dropped() {
    return findDropped(this);
  }

  /* The step, from 1, of a page or an item of one. */
  findPlace(page, item = null) {
    const place = this.steps.findIndex((step) => step.page === page && step.item === item);
    return place < 0 ? null : place + 1;
  }

  /* A scope over what counted before a step; of the outcome, over all. */
  scopeBefore(step) {
    const { answers } = this.scope;
    if (step > this.counted.length || this.counted[step - 1] === answers.size) return this.scope;
    return makeScope(this.assessment, this.today, new Map([...answers].slice(0, this.counted[step - 1])));
  }
}

/* The trail of these answers on this day; whatever JSON the answers hold, it ends. */
export function replay(assessment, answers, { today }) {
  return new Walk(assessment, answers, today).run();
}

class Walk {
  constructor(assessment, answers, today) {
    this.assessment = assessment;
    this.answers = answers;
    this.today = today;
    this.values = new Map();
    this.scope = makeScope(assessment, today, this.values);
    this.steps = [];
    this.counted = [];
    this.decision = null;
  }

  run() {
    const seen = new Set();
    let page = this.findAsked(0);
    while (page && !seen.has(page.id) && this.steps.length < MAX_STEPS) {
      seen.add(page.id);
      if (!(page.spec.repeat ? this.takeItems(page) : this.take(page))) return this.finish(false);
      const number = this.chooseRoute(page);
      const route = page.routes[number];
      this.steps[this.steps.length - 1].route = number;
      if (route.kind === "outcome") return this.finish(true, route.target);
      if (route.kind === "decision") {
        this.decision = decide(this.assessment.decisions.get(route.target), this.scope);
        return this.finish(true, this.decision.outcome);
      }
      page = this.findAsked(route.kind === "next" ? page.place + 1 : this.assessment.pages.get(route.target).place);
    }
    return this.finish(true);
  }

  finish(isOver, outcome = null) {
    const { assessment, today, answers, steps, counted, scope, decision } = this;
    return new Trail({ assessment, today, answers, steps, counted, scope, isOver, outcome, decision });
  }

  /* The first page from this place on that is not passed over. */
  findAsked(place) {
    return this.assessment.order.slice(place).find((page) => !page.onlyIf || page.onlyIf(this.scope) !== false);
  }

  chooseRoute(page) {
    const number = page.routes.findIndex((route) => !route.when || route.when(this.scope) === true);
    return number < 0 ? page.routes.length - 1 : number;
  }

  addStep(page, item = null) {
    this.steps.push({ page, item, route: null });
    this.counted.push(this.values.size);
  }

  /* Whether the page is done; its answers count from now on. */
  take(page) {
    this.addStep(page.id);
    if (page.questions.length === 0) return true;
    const values = this.accept(page, this.answers);
    if (values === null) return false;
    for (const [name, value] of values) this.values.set(name, value);
    forget(this.scope);
    return true;
  }

  /* The values of the page's questions; null unless each is accepted. */
  accept(page, given) {
    const values = new Map();
    for (const question of page.questions) {
      const value = Object.hasOwn(given, question.id) ? question.accept(given[question.id], this.scope) : REFUSED;
      if (value === REFUSED) return null;
      values.set(question.id, value);
    }
    return values;
  }

  /* Whether every item of the page is done; they count from now on. */
  takeItems(page) {
    const given = Object.hasOwn(this.answers, page.id) ? this.answers[page.id] : null;
    const items = [];
    while (this.steps.length < MAX_STEPS) {
      const number = items.length;
      this.addStep(page.id, number);
      const raw = Array.isArray(given) && number < given.length ? given[number] : null;
      const values = isBag(raw) ? this.accept(page, raw) : null;
      if (values === null) return false;
      items.push(values);
      const again = findAgain(page, raw, number);
      if (again === null) return false;
      if (!again) break;
    }
    this.values.set(page.id, items);
    forget(this.scope);
    return true;
  }
}

/* Whether the page of this item asks for another one. */
export function asksAgain(page, item) {
  const { repeat } = page.spec;
  return Boolean(repeat) && repeat.min <= item + 1 && item + 1 < repeat.max;
}

function findAgain(page, raw, item) {
  if (asksAgain(page, item)) return Object.hasOwn(raw, "again") && typeof raw.again === "boolean" ? raw.again : null;
  return Boolean(page.spec.repeat) && item + 1 < page.spec.repeat.min;
}

/* Ids of answers that are kept but do not count, in the order of the definition. */
function findDropped(trail) {
  const pending = trail.isOver ? null : trail.steps.at(-1)?.page;
  const dropped = [];
  for (const page of trail.assessment.order) {
    if (page.id === pending) continue;
    const keys = page.spec.repeat ? [page.id] : page.questions.map((question) => question.id);
    for (const key of keys) {
      if (!Object.hasOwn(trail.answers, key)) continue;
      const counted = trail.values.get(key);
      const given = trail.answers[key];
      const isBeyond = page.spec.repeat && Array.isArray(given) && given.length > (counted?.length ?? 0);
      if (!trail.values.has(key) || isBeyond) dropped.push(key);
    }
  }
  return dropped;
}
