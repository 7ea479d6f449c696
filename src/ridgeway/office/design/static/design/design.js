/*
 * What a script adds to every page; without it all works. Law: no style and no markup from text, nothing from elsewhere,
 * and nobody hears of it more often than is of use.
 */

/* A page that came back with a problem, or says that something worked, begins there. */
document.querySelector("[data-focus]")?.focus();

/* A link of the error summary leads into the field itself, its label in view. */
for (const link of document.querySelectorAll(".error-summary a")) {
  link.addEventListener("click", (event) => {
    const target = document.getElementById(link.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    (target.closest(".field") ?? target).scrollIntoView();
    target.focus({ preventScroll: true });
  });
}

/* Letters left: counted as the server counts them, told to readers of the screen only when writing rests. */
const language = document.documentElement.lang;
const numbers = new Intl.NumberFormat(language, { numberingSystem: "latn" });

function countLetters(text) {
  return [...text.replace(/\r\n?/g, "\n")].length;
}

function startCounter(input) {
  const info = document.getElementById(`${input.id}-info`);
  if (!info) return;
  const limit = Number(input.dataset.counter);
  const spoken = document.createElement("span");
  spoken.className = "hidden";
  spoken.setAttribute("role", "status");
  info.after(spoken);
  let resting;
  const show = () => {
    const left = limit - countLetters(input.value);
    info.textContent = `${left < 0 ? info.dataset.over : info.dataset.left} ${numbers.format(Math.abs(left))}`;
    info.classList.toggle("counter-over", left < 0);
    clearTimeout(resting);
    resting = setTimeout(() => {
      if (document.activeElement === input) spoken.textContent = info.textContent;
    }, 1000);
  };
  input.addEventListener("input", show);
  show();
}

document.querySelectorAll("[data-counter]").forEach(startCounter);

/* Two clicks send a form once. A page that comes back from the history can be sent again. */
const sent = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) {
    event.preventDefault();
    return;
  }
  if (form.method !== "post" || event.defaultPrevented) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.add(form);
  setTimeout(() => sent.delete(form), 4000);
});

window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form").forEach((form) => sent.delete(form));
});
