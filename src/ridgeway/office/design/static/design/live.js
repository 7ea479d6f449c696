/*
 * Numbers that move while a page is open, and handing its address on. Law: asks only while somebody looks, waits longer
 * when the server is in trouble, and never speaks: a reader of the screen hears the number when she comes to it.
 *
 *   <div data-live="/petitions/1/count.json" data-live-seconds="10">
 *     <span data-live-number="signature_count">1,234</span>
 *     <progress data-live-progress="signature_count" …>
 */

const numbers = new Intl.NumberFormat(document.documentElement.lang, { numberingSystem: "latn" });
const still = window.matchMedia("(prefers-reduced-motion: reduce)");

function moveNumber(element, to) {
  const from = Number(element.dataset.value ?? element.textContent.replace(/\D/g, ""));
  element.dataset.value = to;
  if (still.matches || !(from < to) || to - from > 100000) {
    element.textContent = numbers.format(to);
    return;
  }
  const began = performance.now();
  const step = (now) => {
    if (Number(element.dataset.value) !== to) return;
    const share = Math.min((now - began) / 900, 1);
    element.textContent = numbers.format(Math.round(from + (to - from) * share));
    if (share < 1) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

function show(root, told) {
  for (const element of root.querySelectorAll("[data-live-number]")) {
    const value = told[element.dataset.liveNumber];
    if (Number.isFinite(value)) moveNumber(element, value);
  }
  for (const bar of root.querySelectorAll("[data-live-progress]")) {
    const value = told[bar.dataset.liveProgress];
    if (Number.isFinite(value)) bar.value = Math.min(value, bar.max);
  }
}

function follow(root) {
  const pause = Number(root.dataset.liveSeconds || 10) * 1000;
  let failures = 0;
  const ask = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch(root.dataset.live, { headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error(answer.statusText);
        show(root, await answer.json());
        failures = 0;
      } catch {
        failures = Math.min(failures + 1, 6);
      }
    }
    setTimeout(ask, pause * 2 ** failures);
  };
  setTimeout(ask, pause);
}

document.querySelectorAll("[data-live]").forEach(follow);

for (const root of document.querySelectorAll("[data-share]")) {
  const native = root.querySelector("[data-share-native]");
  const copy = root.querySelector("[data-share-copy]");
  const said = root.querySelector("[role=status]");
  const url = new URL(root.dataset.share, location.href).href;
  native.hidden = !navigator.share;
  copy.hidden = Boolean(navigator.share) || !navigator.clipboard;
  root.hidden = native.hidden && copy.hidden;
  native.addEventListener("click", () => navigator.share({ title: root.dataset.title, url }).catch(() => {}));
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(url);
    said.textContent = root.dataset.copied;
  });
}
