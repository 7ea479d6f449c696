/*
 * A kiosk forgets whoever went away. Law: it asks before it forgets, and any touch or key says that somebody is there.
 */

import { html } from "../engine/markup.js";

const ASKING_SECONDS = 20;

export function watchIdle({ seconds, hasAnswers, getWords, forget }) {
  const dialog = document.createElement("dialog");
  dialog.className = "idle";
  dialog.setAttribute("aria-labelledby", "idle-title");
  document.body.append(dialog);
  let asking;
  let ending;

  const ask = () => {
    if (!hasAnswers()) return;
    const words = getWords();
    dialog.innerHTML = html`<h2 id="idle-title">${words.idle_title}</h2><p>${words.idle_text}</p>
<div class="buttons"><button class="button button-primary" type="button">${words.idle_stay}</button></div>`.text;
    dialog.showModal();
    ending = setTimeout(() => {
      dialog.close();
      forget();
    }, ASKING_SECONDS * 1000);
  };
  const stay = () => {
    clearTimeout(asking);
    clearTimeout(ending);
    if (dialog.open) dialog.close();
    asking = setTimeout(ask, seconds * 1000);
  };
  for (const kind of ["pointerdown", "keydown", "scroll"]) document.addEventListener(kind, stay, { passive: true });
  stay();
}
