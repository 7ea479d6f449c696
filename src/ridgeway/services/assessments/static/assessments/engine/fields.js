/* The fields of a view as markup: the twin of templates/assessments/view/fields.html. */

import { html, raw } from "./markup.js";
import { blocks, inline } from "./rich.js";

const GROUPED = ["radios", "checkboxes", "date", "month", "duration", "salary"];
const CHOICES = ["radios", "checkboxes"];
const WIDTHS = { year: " width-4", number: " width-10", money: " width-10", tel: " width-20" };

const filled = (list) => list && list.length > 0;

export function renderField(field, words) {
  const content = GROUPED.includes(field.kind) ? group(field, words) : single(field, words);
  return html`<div class="field${field.error && " field-error"}">${content}</div>`;
}

function group(field, words) {
  const name = field.is_heading ? html`<h1 class="label-heading">${mark(field, words)}</h1>` : mark(field, words);
  return html`<fieldset class="fieldset"${described(field)}>
<legend class="label${field.is_heading && " label-large"}">${name}</legend>
${texts(field, words)}${controls(field, words)}
</fieldset>`;
}

function controls(field, words) {
  if (CHOICES.includes(field.kind)) return options(field, field.kind === "radios" ? "radio" : "checkbox", field.id, words);
  const parts = field.kind === "date" || field.kind === "month" ? dateParts(field, words) : amountParts(field, words);
  return html`${parts}${unknown(field, words)}`;
}

function single(field, words) {
  const label = field.is_heading
    ? html`<h1 class="label-heading"><label class="label label-large" for="${field.id}">${mark(field, words)}</label></h1>`
    : html`<label class="label" for="${field.id}">${mark(field, words)}</label>`;
  const control = field.kind === "textarea" ? textarea(field) : line(field);
  return html`${label}
${texts(field, words)}${control}${unknown(field, words)}`;
}

function mark(field, words) {
  return html`${inline(field.label)}${field.optional && html` <span class="optional">${words.optional}</span>`}`;
}

function described(field) {
  const ids = [filled(field.hint) && `${field.id}-hint`, field.error && `${field.id}-error`].filter(Boolean);
  return ids.length > 0 && html` aria-describedby="${ids.join(" ")}"`;
}

function texts(field, words) {
  return [
    filled(field.body) && html`<div class="field-body">${blocks(field.body)}</div>`,
    filled(field.hint) && html`<div class="hint" id="${field.id}-hint">${inline(field.hint)}</div>`,
    filled(field.why) &&
      html`<details class="details"><summary>${words.why}</summary><div class="details-text"><p>${inline(field.why)}</p></div></details>`,
    field.error &&
      html`<p class="error" id="${field.id}-error"><span class="hidden">${words.error_prefix}</span> ${field.error}</p>`,
  ];
}

function options(field, type, name, words) {
  const isDivided = (option, place) => option.exclusive && place > 0 && !field.options[place - 1].exclusive;
  const parts = field.options.map((option, place) => [
    isDivided(option, place) && divider(words),
    renderOption(option, type, name),
  ]);
  return html`<div class="options">${parts}</div>`;
}

const divider = (words) => html`<div class="option-divider">${words.or}</div>`;

function renderOption(option, type, name) {
  const hint = filled(option.hint);
  return html`<div class="option">
<input class="option-input" type="${type}" id="${option.id}" name="${name}" value="${option.value}"${option.checked && raw` checked`}${option.exclusive && raw` data-exclusive`}${hint && html` aria-describedby="${option.id}-hint"`}>
<label class="option-label" for="${option.id}"><span>${inline(option.label)}</span></label>
${hint && html`<div class="hint option-hint" id="${option.id}-hint">${inline(option.hint)}</div>`}</div>`;
}

function unknown(field, words) {
  if (!filled(field.options)) return null;
  const choice = options(field, "checkbox", `${field.id}-unknown`, words);
  return html`<div class="field-unknown">${divider(words)}${choice}</div>`;
}

function dateParts(field, words) {
  return html`<div class="date-parts">${field.kind === "date" && datePart(field, "day", words.day, 2)}${datePart(field, "month", words.month, 2)}${datePart(field, "year", words.year, 4)}</div>`;
}

function datePart(field, part, label, width) {
  return html`<div class="date-part">
<label class="label label-small" for="${field.id}-${part}">${label}</label>
<input class="input width-${width}" id="${field.id}-${part}" name="${field.id}-${part}" type="text" inputmode="numeric" maxlength="${width + 2}" autocomplete="off" value="${field.values[part]}"${invalid(field)}>
</div>`;
}

const invalid = (field) => field.error && raw` aria-invalid="true"`;

function affixed(field, control) {
  if (!field.prefix && !field.suffix) return control;
  return html`<div class="affixed">${field.prefix && affix(field.prefix)}${control}${field.suffix && affix(field.suffix)}</div>`;
}

const affix = (text) => html`<span class="affix" aria-hidden="true">${text}</span>`;

function amountParts(field, words) {
  const amount = html`<input class="input width-10" id="${field.id}-amount" name="${field.id}-amount" type="text" inputmode="${field.inputmode}" maxlength="40" autocomplete="off" value="${field.values.amount}"${invalid(field)}>`;
  return html`<div class="date-parts"><div class="date-part">
<label class="label label-small" for="${field.id}-amount">${words.amount}</label>
${affixed(field, amount)}
</div><div class="date-part">
<label class="label label-small" for="${field.id}-unit">${words.unit}</label>
<select class="input select" id="${field.id}-unit" name="${field.id}-unit"${invalid(field)}>${field.units.map((unit) => html`<option value="${unit.value}"${unit.value === field.values.unit && raw` selected`}>${unit.label}</option>`)}</select>
</div></div>`;
}

function textarea(field) {
  return html`<textarea class="input textarea" dir="auto" id="${field.id}" name="${field.id}" rows="6" autocomplete="off"${described(field)}${invalid(field)}>
${field.values[""]}</textarea>`;
}

function direction(kind) {
  if (kind === "text" || kind === "list") return raw` dir="auto"`;
  return (kind === "email" || kind === "tel") && raw` dir="ltr" spellcheck="false" autocapitalize="none"`;
}

function line(field) {
  const list = filled(field.list);
  const control = html`<input class="input${WIDTHS[field.kind]}" id="${field.id}" name="${field.id}" type="text"${field.inputmode && html` inputmode="${field.inputmode}"`}${direction(field.kind)}${list && html` list="${field.id}-list"`} autocomplete="${field.autocomplete || "off"}" value="${field.values[""]}"${described(field)}${invalid(field)}>`;
  const suggestions =
    list && html`<datalist id="${field.id}-list">${field.list.map((label) => html`<option value="${label}"></option>`)}</datalist>`;
  return html`${affixed(field, control)}${suggestions}`;
}
