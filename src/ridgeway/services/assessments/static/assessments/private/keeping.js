/*
 * Where answers are: in this window's memory, and in its session storage so that a reload keeps them. Law: nowhere else;
 * they are gone with the window, after four hours, and whenever a person says so.
 */

const KEPT_MINUTES = 240;

export class Keeping {
  constructor(id, digest, now = () => Date.now()) {
    this.key = `assessment-${id}`;
    this.digest = digest;
    this.now = now;
    this.answers = {};
    this.begun = null;
    this.isOutdated = false;
    this.read();
  }

  /* What an earlier page of this window left; nothing when it is too old or belongs to another version. */
  read() {
    const kept = parse(attempt(() => sessionStorage.getItem(this.key)));
    if (!kept) return;
    const isFresh = this.now() - kept.begun < KEPT_MINUTES * 60_000;
    if (kept.digest === this.digest && isFresh) {
      this.answers = kept.answers;
      this.begun = kept.begun;
      return;
    }
    this.isOutdated = isFresh;
    this.forget();
  }

  keep(answers) {
    this.answers = answers;
    this.begun ??= this.now();
    const kept = JSON.stringify({ answers, digest: this.digest, begun: this.begun });
    attempt(() => sessionStorage.setItem(this.key, kept));
  }

  forget() {
    this.answers = {};
    this.begun = null;
    attempt(() => sessionStorage.removeItem(this.key));
  }
}

/* A browser may refuse to store anything: then memory is all there is. */
function attempt(action) {
  try {
    return action();
  } catch {
    return null;
  }
}

function parse(text) {
  const kept = attempt(() => JSON.parse(text));
  const isBag = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
  return isBag(kept) && isBag(kept.answers) && typeof kept.begun === "number" ? kept : null;
}
