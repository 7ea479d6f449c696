/* The sight of expressions on the answers that count: the twin of engine/scoping.py. */

import { countHits, decideValues } from "./deciding.js";
import { UNKNOWN } from "./expressions.js";

/* Values by name, each reckoned when first asked for; one that needs itself is unknown. */
class Memo {
  constructor(compute) {
    this.compute = compute;
    this.kept = new Map();
  }

  get(name) {
    if (this.kept.has(name)) return this.kept.get(name);
    this.kept.set(name, UNKNOWN);
    const value = this.compute(name);
    this.kept.set(name, value);
    return value;
  }

  clear() {
    this.kept.clear();
  }
}

/* A scope over these answers; `forget` must be called after any of them changed. */
export function makeScope(assessment, day, answers) {
  const { facts, decisions } = assessment;
  const scope = { today: [day, day], answers, parameters: assessment.onDay(day), item: null };
  const find = (name, output) => decideValues(decisions.get(name), scope).get(output) ?? UNKNOWN;
  scope.facts = new Memo((name) => facts.get(name)(scope));
  scope.decisions = new Memo((name) => find(name, decisions.get(name).outputs[0]));
  scope.outputs = new Memo((name) => find(...splitOnce(name)));
  scope.hits = new Memo((name) => countHits(decisions.get(name), scope));
  return scope;
}

function splitOnce(name) {
  const place = name.indexOf(".");
  return [name.slice(0, place), name.slice(place + 1)];
}

/* What was reckoned from the answers is forgotten. */
export function forget(scope) {
  for (const memo of [scope.facts, scope.decisions, scope.outputs, scope.hits]) memo.clear();
}
