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

/* Work in any window of the browser counts; what the server was told last is kept where all windows see it.
   The server's clock runs from its last request: work on the page since then is told to it before anybody is warned. */
function watchIdle(dialog) {
  const limit = Number(dialog.dataset.timeout) * 1000;
  const warning = Number(dialog.dataset.warning) * 1000;
  const margin = 5000;
  const left = dialog.querySelector("[data-idle-left]");
  const mark = (key) => localStorage.setItem(key, String(Date.now()));
  const since = (key) => Date.now() - Number(localStorage.getItem(key) ?? 0);
  const leave = () => location.assign(dialog.dataset.signedOut);

  const tell = async () => {
    mark("idle.told");
    try {
      const answer = await fetch(dialog.dataset.keepAlive, { redirect: "error" });
      return answer.ok;
    } catch {
      return false;
    }
  };

  const stay = async () => {
    dialog.close();
    if (!(await tell())) leave();
  };

  const active = () => {
    if (dialog.open) return;
    mark("idle.active");
    if (since("idle.told") > limit / 4) tell();
  };

  const look = () => {
    const rest = limit - since("idle.told");
    if (rest <= 0) {
      leave();
    } else if (rest <= warning + margin && !dialog.open && since("idle.active") < since("idle.told")) {
      tell();
    } else if (rest <= warning) {
      if (!dialog.open) dialog.showModal();
      const seconds = Math.ceil(rest / 1000);
      left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    } else if (dialog.open) {
      dialog.close();
    }
  };

  mark("idle.told");
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, active, { passive: true });
  dialog.querySelector("[data-idle-stay]").addEventListener("click", stay);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    stay();
  });
  setInterval(look, 1000);
}

document.querySelectorAll("dialog[data-idle]").forEach(watchIdle);
