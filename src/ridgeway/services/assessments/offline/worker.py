"""The script that keeps the files of the private mode for when there is no network.

Law: it answers for these files alone. The page itself is asked for anew where there is a network, so that a changed
rule reaches people at their next visit; a file whose address has its digest never changes. One version is kept at a
time.
"""

import json
from collections.abc import Sequence
from string import Template
from typing import Final

WAIT_SECONDS: Final = 4
"""How long a page waits for the network before what is kept is shown."""

SOURCE: Final = Template(
    """\
"use strict";
const PREFIX = $prefix;
const NAME = PREFIX + $digest;
const PAGE = $page;
const FILES = new Set($files);

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll([PAGE, ...FILES])));
});

self.addEventListener("activate", (event) => {
  const isOld = (name) => name.startsWith(PREFIX) && name !== NAME;
  const forget = (names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(forget).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  const address = new URL(event.request.url);
  if (address.origin !== self.location.origin) return;
  if (address.pathname === PAGE) event.respondWith(answerPage(event.request));
  else if (FILES.has(address.pathname + address.search)) event.respondWith(answerFile(event.request));
});

async function answerPage(request) {
  const kept = await caches.open(NAME).then((cache) => cache.match(PAGE));
  const waiting = new AbortController();
  const bell = kept && setTimeout(() => waiting.abort(), $wait);
  try {
    const fresh = await fetch(request, { signal: waiting.signal });
    if (fresh.ok || !kept) return fresh;
    return kept;
  } catch (error) {
    if (kept) return kept;
    throw error;
  } finally {
    clearTimeout(bell);
  }
}

async function answerFile(request) {
  const cache = await caches.open(NAME);
  return (await cache.match(request.url)) ?? fetch(request);
}
"""
)


def render_worker(*, name: str, digest: str, page: str, files: Sequence[str]) -> str:
    """The worker of one assessment: `page` and `files` are addresses on its site, `digest` names all that they hold."""
    return SOURCE.substitute(
        prefix=json.dumps(f"assessment-{name}-"),
        digest=json.dumps(digest),
        page=json.dumps(page),
        files=json.dumps(list(files)),
        wait=WAIT_SECONDS * 1000,
    )
