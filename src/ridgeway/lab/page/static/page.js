// Refreshes the last messages every two seconds; without it they are those of when the page was loaded.
"use strict";
const live = document.getElementById("live");
async function refresh() {
  try {
    const answer = await fetch("/recent");
    if (answer.ok) {
      const text = await answer.text();
      if (text !== refresh.last) {
        live.innerHTML = text;
        refresh.last = text;
      }
    }
  } catch {
    // The country is stopping, or busy; the next look comes soon.
  }
}
setInterval(refresh, 2000);
