/*
 * What a script adds to the pages of an assessment; without it all works. Law: listens to the document alone, so it serves
 * pages that come whole from the server and pages that are drawn here.
 */

/* "None of these" and its like take back the other ticks, and any other tick takes back them. */
document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.type !== "checkbox" || !box.checked || !box.form) return;
  const alone = box.dataset.exclusive !== undefined;
  for (const other of box.form.querySelectorAll('input[type="checkbox"]')) {
    if (other === box || other.name !== box.name) continue;
    if (alone || other.dataset.exclusive !== undefined) other.checked = false;
  }
});

/* Buttons that only a script can serve are shown by it. */
export function showButtons(root) {
  for (const button of root.querySelectorAll("[data-print]")) button.hidden = false;
}

document.addEventListener("click", (event) => {
  const target = event.target.closest?.("[data-print], [data-quick-exit]");
  if (!target) return;
  if (target.dataset.print !== undefined) {
    window.print();
    return;
  }
  event.preventDefault();
  leaveQuickly(target);
});

/* The way out: the page is emptied at once, what is kept here is forgotten, and "back" does not lead here again. */
export function leaveQuickly(link) {
  document.body.hidden = true;
  document.title = "";
  try {
    sessionStorage.clear();
  } catch {
    /* a browser that keeps nothing has nothing to forget */
  }
  window.location.replace(link.href);
}

/* Three presses of Shift in a row do the same. */
let presses = [];

document.addEventListener("keydown", (event) => {
  if (event.key !== "Shift") {
    presses = [];
    return;
  }
  if (event.repeat) return;
  presses = [...presses, event.timeStamp].filter((at) => event.timeStamp - at < 1500);
  const link = document.querySelector("[data-quick-exit]");
  if (presses.length >= 3 && link) leaveQuickly(link);
});

showButtons(document);
