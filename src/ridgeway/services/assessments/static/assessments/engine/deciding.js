/* Decision tables: which rules hold on this day for these answers, and what follows. The twin of engine/deciding.py. */

import { MAX_NUMBER, MILLION, UNKNOWN } from "./expressions.js";

/* The rules that hold: all of them for `collect`, else the first at most. */
function findRules(decision, scope) {
  const day = scope.today[0];
  const values = decision.inputs.map((read) => read(scope));
  const several = decision.hit === "collect";
  const found = [];
  for (const rule of decision.rules) {
    if ((rule.first !== null && day < rule.first) || (rule.last !== null && day > rule.last)) continue;
    if (!rule.tests.every((holds, place) => holds(values[place], scope) === true)) continue;
    found.push(rule);
    if (!several) break;
  }
  return found;
}

function takeRules(decision, found) {
  return found.length === 0 && decision.otherwise ? [decision.otherwise] : found;
}

/* What the decision comes to: its outcome, or the entitlements that it lists. */
export function decide(decision, scope) {
  const found = findRules(decision, scope);
  const taken = takeRules(decision, found);
  return {
    decision: decision.id,
    rule: found[0]?.id ?? null,
    matched: found.map((rule) => rule.id),
    outcome: taken[0]?.outcome ?? null,
    entitlements: [...new Set(taken.flatMap((rule) => rule.entitlements))],
  };
}

export function countHits(decision, scope) {
  return decide(decision, scope).entitlements.length;
}

/* The value of each output of the decision. */
export function decideValues(decision, scope) {
  const found = findRules(decision, scope);
  if (decision.hit === "collect" && decision.collect !== "list") {
    return new Map(decision.outputs.map((name) => [name, collect(decision, found, name)]));
  }
  return takeRules(decision, found)[0]?.values ?? new Map();
}

/* The sum, the smallest, the largest or the count of the rules that hold. */
function collect(decision, found, output) {
  if (decision.collect === "count") return BigInt(found.length) * MILLION;
  const values = found.map((rule) => rule.values.get(output) ?? UNKNOWN).filter((value) => value !== UNKNOWN);
  if (decision.collect === "sum" && (found.length > 0 || decision.otherwise === null)) {
    const total = values.reduce((sum, value) => sum + value, 0n);
    return total <= MAX_NUMBER && total >= -MAX_NUMBER ? total : UNKNOWN;
  }
  if (values.length > 0) {
    const isBetter = decision.collect === "min" ? (a, b) => a < b : (a, b) => a > b;
    return values.reduce((best, value) => (isBetter(value, best) ? value : best));
  }
  return decision.otherwise && found.length === 0 ? decision.otherwise.values.get(output) ?? UNKNOWN : UNKNOWN;
}
