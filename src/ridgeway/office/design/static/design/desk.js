/*
 * What a script adds at the desk: notes that save themselves, parts that keep fresh, a warning before signing out.
 * Law: every form has its button and every limit is the server's; this only tells earlier.
 *
 *   <form data-autosave="/address" data-saving="…" data-saved="…" data-failed="…"> … <span data-autosave-said role="status">
 *   <div data-refresh="/address" data-seconds="10">      the answer is HTML of ours that takes the place of what is inside
 */

function startAutosave(form) {
  const said = form.querySelector("[data-autosave-said]");
  const tell = (text) => {
    if (said) said.textContent = text ?? "";
  };
  let timer;
  let running = false;
  let waiting = false;
  const save = async () => {
    if (running) {
      waiting = true;
      return;
    }
    running = true;
    tell(form.dataset.saving);
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: new FormData(form), redirect: "manual" });
      const good = answer.ok || answer.type === "opaqueredirect";
      tell(good ? form.dataset.saved : form.dataset.failed);
    } catch {
      tell(form.dataset.failed);
    }
    running = false;
    if (waiting) {
      waiting = false;
      save();
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, 500);
  });
}

document.querySelectorAll("form[data-autosave]").forEach(startAutosave);

function keepFresh(root) {
  const pause = Number(root.dataset.seconds || 10) * 1000;
  const ask = async () => {
    if (!document.hidden && !root.contains(document.activeElement)) {
      try {
        const answer = await fetch(root.dataset.refresh, { redirect: "error", headers: { "X-Requested-With": "fetch" } });
        if (answer.ok) root.innerHTML = await answer.text();
      } catch {
        /* the next time */
      }
    }
    setTimeout(ask, pause);
  };
  setTimeout(ask, pause);
}

document.querySelectorAll("[data-refresh]").forEach(keepFresh);

/* Work in any window of the browser counts; a sign of it is kept where all windows see it. */
function watchIdle(dialog) {
  const key = "idle.active";
  const limit = Number(dialog.dataset.timeout) * 1000;
  const warning = Number(dialog.dataset.warning) * 1000;
  const left = dialog.querySelector("[data-idle-left]");
  const mark = () => localStorage.setItem(key, String(Date.now()));
  const remaining = () => Number(localStorage.getItem(key) ?? Date.now()) + limit - Date.now();
  let told = Date.now();

  const stay = async () => {
    dialog.close();
    mark();
    told = Date.now();
    try {
      const answer = await fetch(dialog.dataset.keepAlive, { redirect: "error" });
      if (!answer.ok) location.assign(dialog.dataset.signedOut);
    } catch {
      location.assign(dialog.dataset.signedOut);
    }
  };

  /* The server's clock runs from its last request, so work on the page is told to it now and then. */
  const active = () => {
    if (dialog.open) return;
    mark();
    if (Date.now() - told > limit / 4) {
      told = Date.now();
      fetch(dialog.dataset.keepAlive, { redirect: "error" }).catch(() => {});
    }
  };

  mark();
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, active, { passive: true });
  dialog.querySelector("[data-idle-stay]").addEventListener("click", stay);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    stay();
  });

  setInterval(() => {
    const rest = remaining();
    if (rest <= 0) {
      location.assign(dialog.dataset.signedOut);
    } else if (rest <= warning) {
      if (!dialog.open) dialog.showModal();
      const seconds = Math.ceil(rest / 1000);
      left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    } else if (dialog.open) {
      dialog.close();
    }
  }, 1000);
}

document.querySelectorAll("dialog[data-idle]").forEach(watchIdle);
