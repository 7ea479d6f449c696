/* Why these answers led to this outcome: the twin of engine/explaining.py, where it is told what mattered. */

import { renderExpression, renderTest } from "./rendering.js";
import { forget, makeScope } from "./scoping.js";
import { listAnswers } from "./summing.js";

/* Answers that note which of them were looked at; what is not there is no answer. */
class Recording extends Map {
  looked = new Set();

  get(name) {
    this.note(name);
    return super.get(name);
  }

  has(name) {
    this.note(name);
    return super.has(name);
  }

  note(name) {
    if (super.has(name)) this.looked.add(name);
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
  const recording = new Recording();
  const scope = makeScope(trail.assessment, trail.today, recording);
  lookAtPages(trail, scope, recording);
  if (decision) lookAtRules(decision, trail.decision.rule, scope);
  return recording.looked;
}

/* Reckon again what chose the pages, each with what was known then: `only_if`, and routes up to the one taken. */
function lookAtPages(trail, scope, known) {
  const { order, pages } = trail.assessment;
  const items = [...trail.scope.answers];
  const follow = (page, { kind, target }) => {
    if (kind === "next") return page.place + 1;
    return kind === "page" ? pages.get(target).place : 0;
  };
  let arrived = 0;
  for (const [number, step] of trail.steps.entries()) {
    const page = pages.get(step.page);
    if (!step.item) lookAt(scope, order.slice(arrived, page.place + 1).map((each) => each.onlyIf));
    if (step.route === null) continue;
    for (const [name, value] of items.slice(0, trail.counted[number + 1] ?? items.length)) known.set(name, value);
    lookAt(scope, page.routes.slice(0, step.route + 1).map((route) => route.when));
    arrived = follow(page, page.routes[step.route]);
  }
  if (!trail.isOver || trail.outcome !== null || trail.decision !== null) return;
  const rest = order.slice(arrived); // it fell off the end, or went in a loop
  const met = rest.findIndex((page) => trail.findPlace(page.id) !== null || trail.findPlace(page.id, 0) !== null);
  lookAt(scope, (met < 0 ? rest : rest.slice(0, met)).map((each) => each.onlyIf));
}

/* Reckon closures again, each from the answers. */
function lookAt(scope, closures) {
  for (const closure of closures) {
    if (!closure) continue;
    forget(scope);
    closure(scope);
  }
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
