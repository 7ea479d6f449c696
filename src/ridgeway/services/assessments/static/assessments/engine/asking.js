/*
 * The fields of a page as plain data: the twin of engine/fields.py, where they are told.
 */

import { DAYS_OF_UNIT, getMaxLength, PERIODS_A_YEAR } from "./questions.js";

const KINDS = {
  yes_no: "radios",
  long_text: "textarea",
  phone: "tel",
  postal_code: "text",
  identifier: "text",
};
const AUTOCOMPLETE = { email: "email", phone: "tel", postal_code: "postal-code" };
const SYMBOLS = {
  AUD: "$",
  BRL: "R$",
  CAD: "$",
  CNY: "¥",
  EUR: "€",
  GBP: "£",
  INR: "₹",
  JPY: "¥",
  MXN: "$",
  NZD: "$",
  UAH: "₴",
  USD: "$",
};
const PARTS = {
  date: ["day", "month", "year"],
  month: ["month", "year"],
  duration: ["amount", "unit"],
  salary: ["amount", "unit"],
};
const CHOICES = ["yes_no", "radios", "checkboxes"];
export const PERIOD_WORDS = { week: "per_week", two_weeks: "per_two_weeks", month: "per_month", year: "per_year" };

/* The field of a question; `raw` is what is kept (or undefined), `form` what was just written (or null). */
export function buildField(speaker, spec, { raw, form, isHeading }) {
  const key = `question.${spec.id}`;
  const has = (name) => spec.has.includes(name);
  return {
    id: spec.id,
    kind: KINDS[spec.type] ?? spec.type,
    label: speaker.line(`${key}.title`),
    is_heading: isHeading,
    hint: has("hint") ? speaker.line(`${key}.hint`) : null,
    body: [...buildBullets(speaker, spec, key), ...(has("body") ? speaker.blocks(`${key}.body`) : [])],
    why: has("purpose") ? speaker.line(`${key}.purpose`) : null,
    options: buildOptions(speaker, spec, findChosen(spec, raw, form)),
    values: findValues(speaker, spec, raw, form),
    error: null,
    prefix: findPrefix(spec),
    suffix: has("unit") ? speaker.plain(`${key}.unit`) : null,
    inputmode: findInputMode(spec),
    autocomplete: AUTOCOMPLETE[spec.type] ?? null,
    optional: Boolean(spec.optional),
    maxlength: spec.type === "text" || spec.type === "long_text" ? getMaxLength(spec) : null,
    units: buildUnits(speaker, spec),
    list: listEntries(speaker, spec),
    approximate: Boolean(spec.approximate),
  };
}

/* The question whether there is another item. */
export function buildAgain(speaker, page, { raw, form }) {
  const spec = { id: "again", type: "yes_no", options: [], has: [] };
  const built = buildField(speaker, spec, { raw, form, isHeading: false });
  const label = speaker.line(`page.${page}.again`);
  return { ...built, label: label.length > 0 ? label : [speaker.word("add_another")] };
}

/* The points below a question, as one list. */
function buildBullets(speaker, spec, key) {
  if (!spec.bullets) return [];
  const points = [...Array(spec.bullets).keys()];
  return [["ul", points.map((number) => [["p", speaker.line(`${key}.list.${number}`)]])]];
}

/* The values of the choices that are ticked. */
function findChosen(spec, raw, form) {
  const { type } = spec;
  if (form !== null) {
    const get = (name) => (Object.hasOwn(form, name) ? form[name] : []);
    const marked = get(`${spec.id}-unknown`)[0] ? ["unknown"] : [];
    return new Set([...(CHOICES.includes(type) ? get(spec.id) : []), ...marked]);
  }
  if (raw === null) return new Set(["unknown"]);
  if (type === "yes_no" && typeof raw === "boolean") return new Set([raw ? "yes" : "no"]);
  if (type === "radios" && typeof raw === "string") return new Set([raw]);
  if (type === "checkboxes" && Array.isArray(raw)) return new Set(raw.length > 0 ? raw : ["none"]);
  return new Set();
}

/* The choices of a question; of a written answer at most “I don't know”. */
function buildOptions(speaker, spec, chosen) {
  const key = `question.${spec.id}`;
  const listed = [];
  const add = (value, label, hint, exclusive) => listed.push({ value, label, hint, exclusive });
  if (spec.type === "yes_no") {
    add("yes", [speaker.word("yes")], null, false);
    add("no", [speaker.word("no")], null, false);
  }
  for (const option of spec.options) {
    const hint = speaker.line(`${key}.option.${option.id}.hint`);
    const label = speaker.line(`${key}.option.${option.id}.label`);
    add(option.id, label, hint.length > 0 ? hint : null, Boolean(option.exclusive));
  }
  if (spec.type === "checkboxes" && spec.has.includes("none")) add("none", speaker.line(`${key}.none`), null, true);
  if (spec.unknown) add("unknown", [speaker.word("unknown")], null, true);
  const nameOption = (place) => {
    if (!CHOICES.includes(spec.type)) return `${spec.id}-unknown`;
    return place === 0 ? spec.id : `${spec.id}-${place + 1}`;
  };
  return listed.map((option, place) => ({ ...option, id: nameOption(place), checked: chosen.has(option.value) }));
}

/* What stands in the fields. */
function findValues(speaker, spec, raw, form) {
  const { type } = spec;
  if (CHOICES.includes(type)) return {};
  const parts = PARTS[type] ?? [""];
  const collect = (find) => Object.fromEntries(parts.map((part) => [part, find(part)]));
  if (form !== null) {
    return collect((part) => {
      const name = part ? `${spec.id}-${part}` : spec.id;
      return (Object.hasOwn(form, name) && form[name][0]) || "";
    });
  }
  const empty = collect(() => "");
  if (type === "duration" || type === "salary") {
    const fits = Array.isArray(raw) && raw.length === 2 && raw.every((each) => typeof each === "string");
    return fits ? { amount: localise(speaker, raw[0]), unit: raw[1] } : empty;
  }
  if (typeof raw !== "string") return empty;
  if (type === "date" || type === "month") {
    const [year, month = "", ...days] = raw.split("-");
    const written = { day: days.join("-").replace(/^0+/, ""), month: month.replace(/^0+/, ""), year };
    return collect((part) => written[part]);
  }
  if (type === "list") return { "": raw ? speaker.showEntry(spec, raw) : "" };
  return { "": type === "number" || type === "money" ? localise(speaker, raw) : raw };
}

/* A number with the decimal sign of the language, as a person would write it. */
function localise(speaker, number) {
  return number.replaceAll(".", () => speaker.formats.decimal);
}

/* The sign in front of a field. */
export function findPrefix(spec) {
  if (spec.prefix) return spec.prefix;
  return spec.currency ? SYMBOLS[spec.currency] ?? spec.currency : null;
}

/* Which keyboard a telephone shows. */
function findInputMode(spec) {
  if (["date", "month", "year"].includes(spec.type)) return "numeric";
  if (["number", "money", "duration", "salary"].includes(spec.type)) return spec.decimals ? "decimal" : "numeric";
  return null;
}

/* The units of a duration, or the periods of a salary. */
function buildUnits(speaker, spec) {
  const name = (value, word) => ({ value, label: speaker.word(word) });
  if (spec.type === "duration") return (spec.units ?? Object.keys(DAYS_OF_UNIT)).map((unit) => name(unit, unit));
  if (spec.type !== "salary") return [];
  return (spec.periods ?? Object.keys(PERIODS_A_YEAR)).map((each) => name(each, PERIOD_WORDS[each]));
}

/* The names of the entries of a list. */
function listEntries(speaker, spec) {
  if (spec.type !== "list") return [];
  const listed = speaker.assessment.lists.get(spec.list);
  return listed.labels[speaker.language] ?? listed.labels[speaker.assessment.source] ?? listed.ids;
}
