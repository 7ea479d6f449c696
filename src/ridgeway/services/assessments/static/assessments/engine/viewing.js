/* The view of a page as plain data in one language: the twin of engine/viewing.py, where it is told. */

import { buildAgain, buildField } from "./asking.js";
import { decide } from "./deciding.js";
import { buildWhy } from "./explaining.js";
import { renderDate, renderDay } from "./rendering.js";
import { asksAgain } from "./replay.js";
import { makeScope } from "./scoping.js";
import { showDate, showDay } from "./showing.js";
import { isSpan, Speaker } from "./speaking.js";
import { listAnswers } from "./summing.js";
import { stateOf } from "./today.js";
import { toPlain } from "./wording.js";

const EMPTY = {
  kind: "",
  id: null,
  language: "",
  dir: "ltr",
  title: "",
  heading: [],
  section: null,
  notice: null,
  step: null,
  of: null,
  back: null,
  item: null,
  body: [],
  errors: [],
  fields: [],
  button: "",
  severity: null,
  collected: [],
  next_steps: [],
  actions: [],
  calendar: null,
  answers: [],
  dropped: [],
  why: null,
  stamp: null,
  fallback: null,
  minutes: null,
  privacy: [],
};

const orNull = (list) => (list.length > 0 ? list : null);
const isBag = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/* The view of a step; the step after the last page is the outcome. */
export function buildView(assessment, trail, { step, language, answers, form = null, errors = [] }) {
  if (trail.isOver && step === trail.steps.length + 1) return buildOutcome(assessment, trail, language);
  const place = trail.steps[step - 1];
  if (!place) throw new Error(`There is no step ${step} on the way of these answers.`);
  const speaker = new Speaker(assessment, language, trail.scopeBefore(step));
  const page = assessment.pages.get(place.page);
  const { kind, section, body } = page.spec;
  const heading = findHeading(speaker, page);
  const fields = buildFields(speaker, page, place.item, findGiven(answers, place), form);
  const isCheck = kind === "check";
  const view = {
    ...begin(speaker, kind, page.id, trail.today),
    heading,
    title: toPlain(heading),
    section: section ? speaker.plain(`section.${section}.title`) : null,
    step,
    back: step - 1,
    item: place.item === null ? null : place.item + 1,
    body: body ? speaker.blocks(`page.${page.id}.body`) : [],
    fields,
    button: speaker.word("continue"),
    answers: isCheck ? listAnswers(speaker, trail, step) : [],
    dropped: isCheck ? listDropped(speaker, trail) : [],
    errors: errors.map((error) => describeError(speaker, error, fields)),
  };
  return finish(speaker, view);
}

/* A page with one question and no title of its own has the question as its heading. */
const isAlone = (page) => page.questions.length === 1 && !page.spec.title;

function findHeading(speaker, page) {
  const heading = speaker.line(isAlone(page) ? `question.${page.questions[0].id}.title` : `page.${page.id}.title`);
  return heading.length === 0 && page.spec.kind === "check" ? [speaker.word("check_title")] : heading;
}

/* A view with what every page has. */
function begin(speaker, kind, id, today) {
  const { compiled, languages } = speaker.assessment;
  return {
    ...EMPTY,
    kind,
    id,
    language: speaker.language,
    dir: languages.find((language) => language.code === speaker.language)?.dir ?? "ltr",
    notice: orNull(speaker.blocks("notice")),
    stamp: {
      version: compiled.version,
      digest: compiled.digest,
      date: showDay(today, speaker.formats),
      day: renderDay(today),
    },
  };
}

/* The view, which says whether something in it fell back to the source language. */
function finish(speaker, view) {
  return speaker.fellBack ? { ...view, fallback: speaker.assessment.languages[0].name } : view;
}

/* The RAW answers that are kept for a page or an item of it. */
function findGiven(answers, { page, item }) {
  if (item === null) return answers;
  const items = Object.hasOwn(answers, page) ? answers[page] : null;
  const kept = Array.isArray(items) ? items[item] : null;
  return isBag(kept) ? kept : {};
}

function buildFields(speaker, page, item, given, form) {
  const kept = (name) => (Object.hasOwn(given, name) ? given[name] : undefined);
  const fields = page.questions.map((asked) =>
    buildField(speaker, asked.spec, { raw: kept(asked.id), form, isHeading: isAlone(page) }),
  );
  if (item !== null && asksAgain(page, item)) fields.push(buildAgain(speaker, page.id, { raw: kept("again"), form }));
  return fields;
}

/* What is wrong, for the summary; the field says it, too. */
function describeError(speaker, error, fields) {
  const message = speaker.word(error.word, ...error.given.map(([kind, value]) => showArgument(speaker, kind, value)));
  for (const field of fields) {
    if (field.id === error.question) field.error = message;
  }
  return { field: error.field, message };
}

function showArgument(speaker, kind, value) {
  switch (kind) {
    case "number":
      return speaker.number(value);
    case "plain":
      return speaker.number(value, { grouped: false });
    case "date":
      return showDate(value, speaker.formats);
    case "none":
      return speaker.none(value);
    case "option":
      return speaker.label(...value);
    case "word":
      return speaker.word(value);
  }
  return String(value);
}

/* The titles of the questions whose answers are kept but do not count. */
function listDropped(speaker, trail) {
  return trail.dropped.map((name) => {
    const page = trail.assessment.pages.get(name);
    if (!page?.spec.repeat) return speaker.plain(`question.${name}.title`);
    return speaker.plain(page.spec.title ? `page.${name}.title` : `question.${page.questions[0].id}.title`);
  });
}

/* The view of the outcome; of a trail that ends without one, of kind `no_outcome`. */
function buildOutcome(assessment, trail, language) {
  const speaker = new Speaker(assessment, language, trail.scope);
  const step = trail.steps.length + 1;
  if (trail.outcome === null) {
    const title = speaker.word("no_outcome_title");
    const view = begin(speaker, "no_outcome", null, trail.today);
    return finish(speaker, { ...view, title, heading: [title], step, back: step - 1 });
  }
  const { collects } = assessment.outcomes.get(trail.outcome);
  const view = {
    ...buildEnding(speaker, "outcome", trail.outcome, trail.today),
    step,
    back: step - 1,
    collected: collects ? buildCollected(speaker, collects) : [],
    answers: listAnswers(speaker, trail, step),
    dropped: listDropped(speaker, trail),
    why: buildWhy(speaker, trail),
  };
  return finish(speaker, view);
}

/* The view of an outcome's own texts. */
function buildEnding(speaker, kind, name, today) {
  const outcome = speaker.assessment.outcomes.get(name);
  const key = `outcome.${name}`;
  const heading = speaker.line(`${key}.title`);
  return {
    ...begin(speaker, kind, name, today),
    heading,
    title: toPlain(heading),
    body: speaker.blocks(`${key}.body`),
    severity: outcome.severity ?? "none",
    next_steps: nameLinks(speaker, outcome.next_steps, `${key}.next`),
    actions: outcome.actions ?? [],
    calendar: buildCalendar(speaker, name),
  };
}

function nameLinks(speaker, hrefs, key) {
  return (hrefs ?? []).map((href, number) => ({ href, text: speaker.plain(`${key}.${number}`) }));
}

/* The day to keep in mind, when it is known exactly. */
function buildCalendar(speaker, name) {
  const value = speaker.assessment.calendars.get(name)?.(speaker.scope);
  if (!isSpan(value) || value[0] !== value[1]) return null;
  return { date: renderDate(value), title: speaker.plain(`outcome.${name}.calendar`) };
}

/* The entitlements that a decision lists: groups in their order, in a group by `order`, then id. */
function buildCollected(speaker, decision) {
  const { entitlements, groups } = speaker.assessment.compiled;
  const orderOf = (name) => entitlements[name].order ?? 0;
  const byOrder = (a, b) => orderOf(a) - orderOf(b) || (a < b ? -1 : 1);
  const found = decide(speaker.assessment.decisions.get(decision), speaker.scope).entitlements.sort(byOrder);
  return [...(groups ?? []), null].flatMap((group) => {
    const listed = found.filter((name) => (entitlements[name].group ?? null) === group);
    if (listed.length === 0) return [];
    const title = group === null ? [] : speaker.line(`group.${group}.title`);
    return [{ title, items: listed.map((name) => buildEntitlement(speaker, name, entitlements[name])) }];
  });
}

function buildEntitlement(speaker, id, entitlement) {
  const key = `entitlement.${id}`;
  return {
    id,
    title: speaker.line(`${key}.title`),
    body: speaker.blocks(`${key}.body`),
    links: nameLinks(speaker, entitlement.links, `${key}.link`),
  };
}

/* The view of the start page; before or after the days of validity, of the page that says so. */
export function buildStartView(assessment, language, today) {
  const state = stateOf(assessment, today);
  const speaker = new Speaker(assessment, language, makeScope(assessment, today, new Map()));
  if (state !== "valid") return buildClosed(speaker, state, today);
  const { start, privacy } = assessment.compiled;
  const heading = speaker.line("start.title");
  const isCounted = (privacy?.statistics ?? []).length > 0;
  const minutes = start?.minutes ?? null;
  return finish(speaker, {
    ...begin(speaker, "start", null, today),
    heading,
    title: toPlain(heading),
    body: speaker.blocks("start.body"),
    button: speaker.word("start"),
    minutes: minutes === null ? null : speaker.word("minutes", String(minutes)),
    privacy: [speaker.word("privacy_not_stored"), speaker.word(isCounted ? "privacy_counted" : "privacy_not_counted")],
  });
}

/* The view of an assessment that is not yet or no longer valid: kind `not_yet` or `ended`. */
function buildClosed(speaker, state, today) {
  const after = speaker.assessment.compiled.valid?.after;
  if (state === "ended" && after) return finish(speaker, buildEnding(speaker, "ended", after, today));
  const title = speaker.word(state === "ended" ? "ended_title" : "not_yet_title");
  return finish(speaker, { ...begin(speaker, state, null, today), title, heading: [title] });
}
