/*
 * The private mode: the whole assessment in the browser. Law: nothing is sent; answers are in memory and in the session
 * storage of this window alone; addresses hold steps and no answers, so back, forward and reload work as on any site.
 */

import { showButtons } from "./behaviour.js";
import { buildStartView, buildView, findToday, load, readAnswers, replay, stateOf, withAnswers } from "./engine/engine.js";
import { renderMain } from "./engine/render.js";
import { parseAddress, renderAddress } from "./private/addresses.js";
import { download, renderCalendar } from "./private/calendar.js";
import { drawFrame } from "./private/frame.js";
import { watchIdle } from "./private/idle.js";
import { Keeping } from "./private/keeping.js";

const main = document.querySelector("[data-assessment]");

class Private {
  constructor(compiled) {
    this.compiled = compiled;
    this.assessment = load(compiled);
    this.keeping = new Keeping(compiled.id, compiled.digest);
    this.codes = compiled.languages.map((language) => language.code);
    this.isOffline = false;
    this.view = null;
  }

  get today() {
    return findToday(this.compiled.zone, new Date());
  }

  get trail() {
    return replay(this.assessment, this.keeping.answers, { today: this.today });
  }

  words(language) {
    return this.compiled.words[language];
  }

  /* The language of the address, else what the person's browser prefers, else the source language. */
  findLanguage(asked) {
    const wished = [asked, this.compiled.opens_in, ...navigator.languages].filter(Boolean);
    const found = wished.map((tag) => [tag, tag.split("-")[0]].find((code) => this.codes.includes(code))).find(Boolean);
    return found ?? this.codes[0];
  }

  /* Draw what the address asks for; a step that these answers do not reach leads to the one that they do. */
  show({ moved }) {
    const asked = parseAddress(window.location.hash);
    const language = this.findLanguage(asked?.language);
    const trail = this.trail;
    const furthest = findFurthest(trail);
    const step = this.keeping.isOutdated ? 0 : Math.min(asked?.step ?? 0, furthest);
    const address = { language, step, changing: Boolean(asked?.changing) && step === asked.step };
    const hash = renderAddress(language, step, address.changing);
    if (hash !== window.location.hash) window.history.replaceState(null, "", hash);
    this.draw(this.build(trail, address), address, { moved });
  }

  build(trail, address, fault = {}) {
    const { language, step } = address;
    if (step === 0 || stateOf(this.assessment, this.today) !== "valid") {
      return this.describeStart(language);
    }
    return buildView(this.assessment, trail, { step, language, answers: this.keeping.answers, ...fault });
  }

  /* The start page; what the server counts of its own pages is not true here. */
  describeStart(language) {
    const view = buildStartView(this.assessment, language, this.today);
    const words = this.words(language);
    const privacy = [words.nothing_sent, words.privacy_not_stored, words.privacy_not_counted];
    return view.kind === "start" ? { ...view, privacy } : view;
  }

  draw(view, address, { moved }) {
    const words = this.words(view.language);
    this.view = view;
    this.address = address;
    main.innerHTML = renderMain(view, words, this.makeLinks(address));
    if (view.kind === "start" && this.keeping.isOutdated) main.prepend(makeNote(words.updated));
    drawFrame({
      view,
      words,
      address,
      languages: this.compiled.languages,
      siteName: buildStartView(this.assessment, view.language, this.today).title,
      exit: main.dataset.exit,
      footText: this.isOffline ? `${words.nothing_sent} ${words.works_offline}` : words.nothing_sent,
    });
    showButtons(main);
    if (view.errors.length > 0) main.querySelector("[data-focus]").focus();
    else if (moved) focusHeading();
  }

  makeLinks({ language, step, changing }) {
    const changes = {};
    for (let each = 1; each <= this.trail.steps.length; each += 1) changes[each] = renderAddress(language, each, true);
    return {
      action: renderAddress(language, step, changing),
      back: "",
      restart: "",
      forget: renderAddress(language),
      changes,
      calendar: "#calendar",
      device: "",
      print: "",
      private: "",
      download: "",
      carried: "",
    };
  }

  /* The form of the page was sent: keep what it says and go on, or say what is wrong. */
  submit(form) {
    const { language, step, changing } = this.address;
    if (step === 0) {
      this.begin(language);
      return;
    }
    const trail = this.trail;
    const { page, item } = trail.steps[step - 1];
    const given = collectForm(form);
    const read = readAnswers(this.assessment, page, given, { today: this.today, item, trail });
    if (read.errors.length > 0) {
      const view = this.build(trail, this.address, { form: given, errors: read.errors });
      this.draw(view, this.address, { moved: false });
      return;
    }
    this.keeping.keep(withAnswers(this.keeping.answers, page, item, read.values));
    const next = changing ? this.findAfterChange(step) : Math.min(step + 1, findFurthest(this.trail));
    this.go(renderAddress(language, next));
  }

  begin(language) {
    this.keeping.forget();
    this.keeping.isOutdated = false;
    this.keeping.keep({});
    this.go(renderAddress(language, 1));
  }

  /* After a change: where something is still to be answered, or the answers to check, or the result. */
  findAfterChange(step) {
    const trail = this.trail;
    if (!trail.isOver) return findFurthest(trail);
    const kinds = new Map(this.compiled.pages.map((page) => [page.id, page.kind]));
    const check = trail.steps.findIndex((each, index) => index + 1 > step && kinds.get(each.page) === "check");
    return check >= 0 ? check + 1 : findFurthest(trail);
  }

  forget(language = this.address.language) {
    this.keeping.forget();
    this.go(renderAddress(language));
  }

  go(hash) {
    if (hash === window.location.hash) this.show({ moved: true });
    else window.location.hash = hash;
  }

  saveCalendar() {
    const { date, title } = this.view.calendar;
    const uid = `${this.compiled.id}-${date}@assessments`;
    download(`${this.compiled.id}.ics`, renderCalendar({ date, title, uid, now: new Date() }));
  }
}

function findFurthest(trail) {
  return trail.isOver ? trail.steps.length + 1 : trail.steps.length;
}

function collectForm(form) {
  const given = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string") (given[name] ??= []).push(value);
  }
  return given;
}

function makeNote(text) {
  const note = document.createElement("p");
  note.className = "inset";
  note.setAttribute("role", "status");
  note.textContent = text;
  return note;
}

/* A new page is read from its heading. */
function focusHeading() {
  const heading = main.querySelector("h1") ?? main;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

/* Links that are not addresses: into a field, to the main region, away, to a file. */
function follow(event, app) {
  const link = event.target.closest?.("a");
  if (!link || !main.ownerDocument.contains(link)) return;
  if (link.dataset.forget !== undefined) {
    event.preventDefault();
    app.forget();
  } else if (link.dataset.calendar !== undefined) {
    event.preventDefault();
    app.saveCalendar();
  } else if (link.getAttribute("href").startsWith("#") && !link.hash.startsWith("#/")) {
    event.preventDefault();
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    (target?.closest(".field") ?? target)?.scrollIntoView();
    target?.focus({ preventScroll: true });
  }
}

async function readDefinition() {
  const inside = document.getElementById("definition");
  if (inside) return JSON.parse(inside.textContent);
  const { definition, integrity } = main.dataset;
  const response = await fetch(definition, { integrity, credentials: "omit" });
  if (!response.ok) throw new Error(`the definition is not there (${response.status})`);
  return response.json();
}

/* Keep all files for later; the page works as well where a browser cannot. */
async function installWorker(app) {
  const { worker } = main.dataset;
  if (!worker || !navigator.serviceWorker) return;
  try {
    const registration = await navigator.serviceWorker.register(worker);
    await navigator.serviceWorker.ready;
    registration.update().catch(() => null); // without a network the one that is there stays
    app.isOffline = true;
    const words = app.words(app.view.language);
    document.getElementById("foot-text").textContent = `${words.nothing_sent} ${words.works_offline}`;
  } catch {
    app.isOffline = false;
  }
}

async function start() {
  const app = new Private(await readDefinition());
  window.addEventListener("hashchange", () => {
    if (parseAddress(window.location.hash)) app.show({ moved: true });
  });
  document.addEventListener("submit", (event) => {
    event.preventDefault();
    app.submit(event.target);
  });
  document.addEventListener("click", (event) => follow(event, app));
  app.show({ moved: false });
  const seconds = Number(main.dataset.idle ?? 0);
  if (seconds > 0) {
    watchIdle({
      seconds,
      hasAnswers: () => app.keeping.begun !== null,
      getWords: () => app.words(app.view.language),
      forget: () => app.forget(app.findLanguage(app.compiled.opens_in)),
    });
  }
  await installWorker(app);
}

start().catch((error) => {
  document.getElementById("waiting")?.replaceChildren(main.dataset.failed);
  throw error;
});
