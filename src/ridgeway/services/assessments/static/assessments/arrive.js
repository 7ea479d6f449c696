/*
 * The code of another device stands after "#" in the address, where no server sees it: here it goes into the form, and the
 * form is sent. The address is emptied first, so that the code does not stay in the browser's history.
 */

const field = document.querySelector("[data-arrive]");
const code = window.location.hash.slice(1);

if (field && /^[A-Za-z0-9_-]{20,}$/.test(code)) {
  window.history.replaceState(null, "", window.location.pathname);
  field.value = code;
  field.form.requestSubmit();
}
