/*
 * The postcode is asked for at home alone; without this script the field's hint says so.
 */
const postcode = document.querySelector("input[data-home]");
const location = document.querySelector("select[name=location]");

function show() {
  postcode.closest(".field").hidden = location.value !== postcode.dataset.home;
}

if (postcode && location) {
  location.addEventListener("change", show);
  show();
}
