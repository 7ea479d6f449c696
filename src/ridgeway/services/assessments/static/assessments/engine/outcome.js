/* What stands on the page of an outcome, as markup: the twin of templates/assessments/view/outcome.html. */

import { html } from "./markup.js";
import { anchor, blocks, inline } from "./rich.js";

const filled = (list) => list && list.length > 0;
const linkItems = (links) => links.map((link) => html`<li>${anchor(link.href, link.text)}</li>`);

export function renderHeadline(view) {
  return html`<div class="panel panel-${view.severity || "none"}"><h1 class="panel-title">${inline(view.heading)}</h1></div>`;
}

export function renderCollected(view) {
  return view.collected.map(
    (group) => html`<section class="collected">${filled(group.title) && html`<h2>${inline(group.title)}</h2>`}
<ul class="cards">${group.items.map(entitlement)}</ul>
</section>`,
  );
}

function entitlement(item) {
  return html`<li class="card">
<h3 class="card-title">${inline(item.title)}</h3>
${filled(item.body) && html`<div class="card-text">${blocks(item.body)}</div>`}${filled(item.links) && html`<ul class="list-plain">${linkItems(item.links)}</ul>`}
</li>`;
}

export function renderNextSteps(view, words) {
  return filled(view.next_steps) && html`<section><h2>${words.next_steps}</h2><ul>${linkItems(view.next_steps)}</ul></section>`;
}

/* A link for which the answers are needed: where no cookie carries them, a button of the form that does. */
function way(href, text, links, name = "", extra = null) {
  return links.carried
    ? html`<button class="${name || "button-link"}" type="submit" form="${links.carried}" formaction="${href}">${text}</button>`
    : html`<a${name && html` class="${name}"`} href="${href}"${extra && html` ${extra}`}>${text}</a>`;
}

export function renderActions(view, words, links) {
  const offers = (action) => view.actions.includes(action);
  const print = links.print
    ? html`<a class="button button-secondary" href="${links.print}">${words.print}</a>`
    : html`<button class="button button-secondary" type="button" data-print hidden>${words.print}</button>`;
  const offered = [
    offers("print") && print,
    offers("calendar") &&
      view.calendar &&
      links.calendar &&
      way(links.calendar, words.calendar, links, "button button-secondary", "data-calendar"),
    links.device && way(links.device, words.another_device, links, "button button-secondary"),
    links.restart && html`<a class="button button-quiet" href="${links.restart}">${words.restart}</a>`,
    links.forget && way(links.forget, words.delete_answers, links, "button button-quiet", "data-forget"),
  ];
  return html`<div class="buttons">${offered}</div>`;
}

function rows(answers, words, links) {
  return html`<dl class="summary">${answers.map((row) => renderRow(row, words, links))}</dl>`;
}

function renderRow(row, words, links) {
  const href = links.changes[row.step];
  return html`<div class="summary-row">
<dt>${row.question}</dt>
<dd class="summary-value"><bdi>${row.answer}</bdi></dd>
<dd class="summary-actions">${href && way(href, html`${words.change}<span class="hidden"> ${row.question}</span>`, links)}</dd>
</div>`;
}

export function renderAnswers(view, words, links) {
  return [
    filled(view.answers) &&
      html`<section class="answers"><h2>${words.your_answers}</h2>${rows(view.answers, words, links)}</section>`,
    filled(view.dropped) &&
      html`<div class="inset"><p>${words.dropped}</p><ul>${view.dropped.map((title) => html`<li>${title}</li>`)}</ul></div>`,
  ];
}

export function renderWhy(view, words, links) {
  const why = view.why;
  if (!why) return null;
  return html`<details class="details why"><summary>${words.because}</summary><div class="details-text">
${filled(why.because) && html`<p>${inline(why.because)}</p>`}
${filled(why.mattered) && html`<h2>${words.mattered}</h2>${rows(why.mattered, words, links)}`}
${why.rule && renderRule(why.rule, words)}
</div></details>`;
}

function renderRule(rule, words) {
  return html`<h2>${words.rule}</h2>
<p>${rule.decision} · ${rule.id}${rule.source && html`<br>${rule.source}`}</p>
${filled(rule.tests) && renderTests(rule.tests, words)}`;
}

function renderTests(tests, words) {
  const row = (test) =>
    html`<tr><th scope="row">${test.input}</th><td>${test.test}</td><td><bdi>${test.value}</bdi></td></tr>`;
  return html`<div class="table-scroll" role="region" aria-label="${words.rule}" tabindex="0"><table class="table">
<thead><tr><th scope="col">${words.rule_input}</th><th scope="col">${words.rule_test}</th><th scope="col">${words.rule_value}</th></tr></thead>
<tbody>${tests.map(row)}</tbody>
</table></div>`;
}
