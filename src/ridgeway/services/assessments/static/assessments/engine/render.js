/*
 * The main region of any page, from its view: the twin of templates/assessments/main.html, where the context is told.
 * `links` and `words` are as there, `links.changes` an object from step to address.
 */

import { renderField } from "./fields.js";
import { html, raw } from "./markup.js";
import {
  renderActions,
  renderAnswers,
  renderCollected,
  renderHeadline,
  renderNextSteps,
  renderWhy,
} from "./outcome.js";
import { blocks, inline } from "./rich.js";

const filled = (list) => list && list.length > 0;

/* The HTML of the region, as text. */
export function renderMain(view, words, links, hidden = {}) {
  const content = view.kind === "outcome" ? renderOutcome(view, words, links) : renderPage(view, words, links, hidden);
  return html`${filled(view.notice) && html`<div class="banner banner-important notice">${blocks(view.notice)}</div>`}
${filled(view.errors) && renderErrors(view.errors, words)}
${view.fallback && html`<p class="fallback small soft">${fill(words.partly_in, [view.fallback])}</p>`}
${view.section && html`<p class="section-name soft">${view.section}</p>`}
${content}
${view.stamp && renderStamp(view.stamp, words)}`.text;
}

function renderErrors(errors, words) {
  const line = (error) => (error.field ? html`<a href="#${error.field}">${error.message}</a>` : error.message);
  return html`<div class="error-summary" role="alert" tabindex="-1" data-focus aria-labelledby="error-summary-title">
<h2 id="error-summary-title">${words.problem_title}</h2>
<ul>${errors.map((error) => html`<li>${line(error)}</li>`)}</ul>
</div>`;
}

function renderOutcome(view, words, links) {
  return [
    renderHeadline(view),
    blocks(view.body),
    renderCollected(view),
    renderNextSteps(view, words),
    renderWhy(view, words, links),
    renderAnswers(view, words, links),
    renderActions(view, words, links),
  ];
}

function renderPage(view, words, links, hidden) {
  return [
    !(filled(view.fields) && view.fields[0].is_heading) && html`<h1>${inline(view.heading)}</h1>`,
    filled(view.body) && html`<div class="page-body">${blocks(view.body)}</div>`,
    view.kind === "start" && renderFacts(view),
    view.kind === "check" && renderAnswers(view, words, links),
    view.button && links.action && renderForm(view, words, links, hidden),
    view.kind === "start" && (links.private || links.download) && renderWays(words, links),
    view.kind === "ended" && renderNextSteps(view, words),
    view.kind === "no_outcome" && renderActions(view, words, links),
  ];
}

function renderFacts(view) {
  return [
    view.minutes && html`<p>${view.minutes}</p>`,
    filled(view.privacy) &&
      html`<div class="inset privacy"><ul>${view.privacy.map((sentence) => html`<li>${sentence}</li>`)}</ul></div>`,
  ];
}

function renderForm(view, words, links, hidden) {
  const start = view.kind === "start";
  return html`<form method="post" action="${links.action}" novalidate autocomplete="off">
${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${view.fields.map((field) => renderField(field, words))}
<div class="buttons"><button class="button button-primary${start && " button-start"}" type="submit">${view.button}${start && raw`<span class="arrow" aria-hidden="true"></span>`}</button></div>
</form>`;
}

function renderWays(words, links) {
  return html`<ul class="list-plain ways">
${links.private && html`<li><a href="${links.private}">${words.private_mode}</a></li>`}
${links.download && html`<li><a href="${links.download}" download>${words.one_file}</a></li>`}
</ul>`;
}

function renderStamp(stamp, words) {
  const text = fill(words.seen_version, [stamp.version, stamp.date]);
  return html`<p class="stamp small soft">${text} · <span dir="ltr">${stamp.digest.slice(0, 12)}</span></p>`;
}

/* A word with what is put into it. */
function fill(word, given) {
  return given.reduce((text, each, place) => text.replaceAll(`{${place}}`, () => each), word);
}
