/*
 * Texts of a view as markup: the twin of templates/assessments/view/rich.html.
 * Law: an address leads to the web, a telephone, a mailbox or this page, or it is no link.
 */

import { html, raw } from "./markup.js";

const SAFE = ["https://", "http://", "tel:", "mailto:", "#"];

export function anchor(href, text) {
  return SAFE.some((start) => href.startsWith(start)) ? html`<a href="${href}">${text}</a>` : html`${text}`;
}

const INLINES = {
  b: (node) => html`<strong>${inline(node[1])}</strong>`,
  i: (node) => html`<em>${inline(node[1])}</em>`,
  a: (node) => anchor(node[1], inline(node[2])),
  br: () => raw`<br>`,
  lang: (node) => html`<span lang="${node[1]}" dir="${node[2]}">${inline(node[3])}</span>`,
};

export function inline(nodes) {
  return html`${nodes.map((node) => (typeof node === "string" ? node : INLINES[node[0]]?.(node)))}`;
}

const HEADINGS = {
  2: (text) => html`<h2>${text}</h2>`,
  3: (text) => html`<h3>${text}</h3>`,
};

const BLOCKS = {
  p: (node) => html`<p>${inline(node[1])}</p>`,
  h: (node) => HEADINGS[node[1]](inline(node[2])),
  ul: (node) => html`<ul>${node[1].map((item) => html`<li>${itemOf(item)}</li>`)}</ul>`,
  ol: (node) => html`<ol>${node[1].map((item) => html`<li>${itemOf(item)}</li>`)}</ol>`,
  inset: (node) => html`<div class="inset">${blocks(node[1])}</div>`,
  warning: (node) =>
    html`<div class="warning"><span class="warning-mark" aria-hidden="true">!</span><div class="warning-text">${blocks(node[1])}</div></div>`,
  lang: (node) => html`<div lang="${node[1]}" dir="${node[2]}">${blocks(node[3])}</div>`,
};

export function blocks(nodes) {
  return html`${nodes.map((node) => BLOCKS[node[0]]?.(node))}`;
}

function itemOf(item) {
  return item.length === 1 && item[0][0] === "p" ? inline(item[0][1]) : blocks(item);
}
