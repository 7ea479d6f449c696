/* Why these answers led to this outcome: the twin of engine/explaining.py, where it is told what mattered. */

import { renderExpression, renderTest } from "./rendering.js";
import { forget, makeScope } from "./scoping.js";
import { listAnswers } from "./summing.js";

/* Answers that note which of them were looked for. */
class Recording extends Map {
  constructor(values) {
    super(values);
    this.looked = new Set();
  }

  get(name) {
    this.looked?.add(name);
    return super.get(name);
  }

  has(name) {
    this.looked?.add(name);
    return super.has(name);
  }
}

/* The explanation as a part of a view. */
export function buildWhy(speaker, trail) {
  const decision = trail.decision && trail.assessment.decisions.get(trail.decision.decision);
  const rule = decision?.rules.find((each) => each.id === trail.decision.rule) ?? null;
  const because = rule ? speaker.line(`decision.${decision.id}.rule.${rule.id}.because`) : [];
  return {
    because: because.length > 0 ? because : null,
    mattered: listMattered(speaker, trail, decision),
    rule: rule && {
      decision: decision.id,
      id: rule.id,
      source: rule.spec.source ?? null,
      tests: testAgain(speaker, trail, decision, rule),
    },
  };
}

function listMattered(speaker, trail, decision) {
  const mattered = findMattered(trail, decision);
  const isOne = ({ id, item, step }) => mattered.has(id) || (item !== null && mattered.has(trail.steps[step - 1].page));
  const listed = listAnswers(speaker, trail, trail.steps.length + 1).filter(isOne);
  return listed.map(({ question, answer, step }) => ({ question, answer, step }));
}

/* The tests of a rule with what they looked at. */
function testAgain(speaker, trail, decision, rule) {
  return rule.spec.tests.flatMap((test, place) => {
    if (test[0] === "any") return [];
    const input = decision.spec.inputs[place];
    const value = showFound(speaker, input, decision.inputs[place](trail.scope));
    return [{ input: renderExpression(input), test: renderTest(test), value }];
  });
}

/* A value that a rule looked at, as people read it. */
function showFound(speaker, expression, value) {
  const type = speaker.findQuestion(expression)?.type;
  const kinds = { radios: "option", checkboxes: "options" };
  const kind = kinds[type] && expression[0] === "answer" ? [kinds[type], expression[1]] : null;
  const isChosen = Array.isArray(value) && value.length > 0 && typeof value[0] === "string";
  return kind === null && isChosen ? value.join(", ") : speaker.show(expression, kind, value);
}

/* The ids whose answers steered the way. */
function findMattered(trail, decision) {
  const recording = new Recording(trail.scope.answers);
  const scope = makeScope(trail.assessment, trail.today, recording);
  lookAtPages(trail, scope);
  if (decision) lookAtRules(decision, trail.decision.rule, scope);
  return recording.looked;
}

/* Reckon again what chose the pages: the routes up to the one taken, and `only_if`. */
function lookAtPages(trail, scope) {
  const look = (expression) => {
    if (!expression) return;
    forget(scope);
    expression(scope);
  };
  for (const step of trail.steps) {
    if (step.route === null) continue;
    for (const route of trail.assessment.pages.get(step.page).routes.slice(0, step.route + 1)) look(route.when);
  }
  for (const page of trail.assessment.order) look(page.onlyIf);
}

/* Reckon again what chose the rule. */
function lookAtRules(decision, matched, scope) {
  for (const rule of decision.rules) {
    const isMatched = rule.id === matched;
    if (!isMatched && decision.hit === "unique" && matched !== null) continue;
    for (const [place, holds] of rule.tests.entries()) {
      if (rule.spec.tests[place][0] === "any") continue;
      forget(scope);
      if (holds(decision.inputs[place](scope), scope) !== true) break;
    }
    if (isMatched) return;
  }
}
