/* The answers of a trail as people read them: the twin of engine/summing.py. */

import { parseDate, parseNumber } from "./expressions.js";
import { findPrefix, PERIOD_WORDS } from "./asking.js";
import { showDate } from "./showing.js";

/* The answers that were given before a step, in the order of the trail. */
export function listAnswers(speaker, trail, before) {
  return trail.steps.slice(0, before - 1).flatMap((step, place) => {
    const given = step.item === null ? trail.answers : trail.answers[step.page][step.item];
    return trail.assessment.pages.get(step.page).questions.map((asked) => ({
      question: speaker.plain(`question.${asked.id}.title`),
      answer: showRaw(speaker, asked.spec, given[asked.id]),
      step: place + 1,
      id: asked.id,
      item: step.item,
    }));
  });
}

/* An answer that counts, as people read it. */
function showRaw(speaker, spec, raw) {
  if (raw === null) return speaker.word("unknown");
  if (raw === "") return speaker.word("not_answered");
  switch (spec.type) {
    case "yes_no":
      return speaker.word(raw ? "yes" : "no");
    case "radios":
      return speaker.label(spec.id, raw);
    case "checkboxes":
      return raw.length > 0 ? raw.map((each) => speaker.label(spec.id, each)).join(", ") : speaker.none(spec.id);
    case "list":
      return speaker.showEntry(spec, raw);
    case "date":
    case "month":
      return showDate(parseDate(raw), speaker.formats);
    case "duration":
      return `${showAmount(speaker, spec, raw[0])} ${speaker.word(raw[1])}`;
    case "salary":
      return `${showAmount(speaker, spec, raw[0])} ${speaker.word(PERIOD_WORDS[raw[1]])}`;
    case "number":
    case "money":
      return showAmount(speaker, spec, raw);
  }
  return raw;
}

/* A number with its sign and its unit. */
function showAmount(speaker, spec, raw) {
  const isMoney = spec.type === "money" || spec.type === "salary";
  const text = speaker.number(parseNumber(raw), { decimals: isMoney ? 2 : 0 });
  const unit = spec.has.includes("unit") ? speaker.plain(`question.${spec.id}.unit`) : "";
  return (findPrefix(spec) ?? "") + text + (unit && ` ${unit}`);
}
