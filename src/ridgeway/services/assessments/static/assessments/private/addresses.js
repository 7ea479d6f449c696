/*
 * Addresses within the page: #/LANGUAGE/ is the start, #/LANGUAGE/STEP a step, #/LANGUAGE/STEP/change the same to be
 * answered again. Law: no answer, and no name of a page or a result, stands in an address.
 */

const FORM = /^#\/([A-Za-z-]{2,35})\/(?:([1-9][0-9]{0,3})(\/change)?)?$/;

/* What an address asks for; null when it is none of ours. Step 0 is the start. */
export function parseAddress(hash) {
  const found = FORM.exec(hash);
  return found && { language: found[1], step: Number(found[2] ?? 0), changing: Boolean(found[3]) };
}

export function renderAddress(language, step = 0, changing = false) {
  return `#/${language}/${step > 0 ? step : ""}${changing ? "/change" : ""}`;
}
