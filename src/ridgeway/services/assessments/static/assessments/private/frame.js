/* What stands around the main region: languages, the way back, the way out, the title. Law: as in the pages of the server. */

import { html } from "../engine/markup.js";
import { renderAddress } from "./addresses.js";

export function drawFrame({ view, words, languages, address, siteName, exit, footText }) {
  document.documentElement.lang = view.language;
  document.documentElement.dir = view.dir;
  const error = view.errors.length > 0 ? `${words.error_prefix} ` : "";
  document.title = view.kind === "start" ? siteName : `${error}${view.title} – ${siteName}`;
  document.querySelector("[data-skip]").textContent = words.skip;
  document.getElementById("site-name").textContent = siteName;
  document.getElementById("foot-text").textContent = footText;
  document.getElementById("languages").innerHTML = renderLanguages(languages, address, words).text;
  document.getElementById("before-main").innerHTML = renderBack(view, words, address).text;
  drawExit(exit, words);
}

function renderLanguages(languages, address, words) {
  if (languages.length < 2) return html``;
  const item = (language) => {
    const href = renderAddress(language.code, address.step, address.changing);
    return language.code === address.language
      ? html`<li><span aria-current="true" lang="${language.code}">${language.name}</span></li>`
      : html`<li><a href="${href}" lang="${language.code}" hreflang="${language.code}">${language.name}</a></li>`;
  };
  return html`<nav class="languages" aria-label="${words.languages}"><ul>${languages.map(item)}</ul></nav>`;
}

function renderBack(view, words, address) {
  const back =
    view.back !== null &&
    html`<nav aria-label="${words.back}"><a class="back-link" href="${renderAddress(address.language, view.back)}"><span class="arrow arrow-back" aria-hidden="true"></span>${words.back}</a></nav>`;
  return html`${back}`;
}

function drawExit(exit, words) {
  const place = document.getElementById("way-out");
  place.hidden = !exit;
  place.setAttribute("aria-label", words.leave);
  place.innerHTML = html`<a class="button button-warning" href="${exit}" rel="noreferrer" data-quick-exit>${words.leave}</a>`.text;
}
