/*
 * Whoever leaves the pages of a petition works on it no more. Without this script the server finds out after a while.
 * A page says until when it held the petition, since what it says may come after the next page has been opened.
 */
const place = document.querySelector("[data-lock-release]");
let stays = false;

function leadsWithin(address) {
  const path = new URL(address, location.href).pathname;
  const within = place.dataset.lockWithin;
  return path === within || path.startsWith(`${within}/`);
}

function release() {
  const held = place.querySelector("[data-lock-held-at]");
  if (stays || !held) return;
  const body = new FormData();
  body.set("held_at", held.dataset.lockHeldAt);
  body.set("csrfmiddlewaretoken", place.dataset.lockToken);
  fetch(place.dataset.lockRelease, { method: "POST", body, keepalive: true, redirect: "manual" }).catch(() => {});
}

if (place) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (link) stays = leadsWithin(link.href);
  });
  document.addEventListener("submit", (event) => {
    stays = leadsWithin(event.submitter?.formAction ?? event.target.action);
  });
  window.addEventListener("pagehide", release);
}
