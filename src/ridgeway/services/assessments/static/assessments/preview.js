/* The page of a preview: it loads itself again when the package has changed. Present under `assessments serve` alone. */

const PAUSE_MS = 700;
const script = document.querySelector("script[data-number]");

async function look() {
  try {
    const answer = await fetch("/preview-state", { cache: "no-store" });
    const { number } = await answer.json();
    if (String(number) !== script.dataset.number) {
      location.reload();
      return;
    }
  } catch {
    /* The server is starting again: try later. */
  }
  setTimeout(look, PAUSE_MS);
}

setTimeout(look, PAUSE_MS);
