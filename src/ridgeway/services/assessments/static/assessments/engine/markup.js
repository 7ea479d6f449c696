/*
 * HTML as a value of its own. Law: whatever is put into a template is escaped, unless it is markup itself; nothing else
 * in the engine makes HTML.
 */

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", '"': "&#34;" };

export class Markup {
  constructor(text) {
    this.text = text;
  }

  toString() {
    return this.text;
  }
}

function escape(value) {
  if (value === null || value === undefined || value === false) return "";
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(escape).join("");
  return String(value).replace(/[&<>'"]/g, (letter) => ESCAPES[letter]);
}

/* The tag of templates: html`<p>${text}</p>`. Lists are joined; null, undefined and false are nothing. */
export function html(strings, ...values) {
  let text = strings[0];
  values.forEach((value, index) => {
    text += escape(value) + strings[index + 1];
  });
  return new Markup(text);
}

/* A fixed piece of markup, written in our own source. */
export function raw(strings) {
  return new Markup(strings[0]);
}
