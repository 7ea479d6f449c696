"""What does a page of an assessment cost, and how many are seen in a second?

An assessment of fifteen questions and two tables, in server mode: each view opens the sealed answers, replays them
and draws the page; each answer is read and sealed again. Beside it, behind the same middleware, stand the same page as
a fixed template of Django, the same by hand in the layout of the house, and an empty view. First without a socket,
then through granian as `ridgeway web run` serves it, the load on the same cores. Only the ratios say something on
another machine.
Run: python benchmarks/assessments_pages.py [--seconds N] [--profile STEP] [--out FILE]
"""

import argparse
import asyncio
import cProfile
import io
import multiprocessing
import os
import pstats
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import Interfaces

from ridgeway.settings import Mode, Settings, WebSettings
from ridgeway.web.setup import setup_django
from ridgeway.web.sites import get_site

HOST, PORT, FIXED_PORT = "localhost", 18430, 18431
NAME = "fifteen"
QUESTIONS, RULES, OPTIONS = 15, 40, 6
ROUNDS = 5
PROCESSES, THREADS, CONNECTIONS = 2, 4, 32
MIDDLE = 8
TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


def write_package(folder: Path) -> Path:
    """A package of fifteen questions of three kinds, two tables, and a check of the answers."""
    options = ", ".join(f'{{id: o{number}, label: "Option number {number}"}}' for number in range(OPTIONS))
    kinds = (
        '{{type: yes_no, title: "Is question {0} true for you today?", hint: "Say what fits best."}}',
        '{{type: radios, title: "Which one fits question {0}?", options: [{1}]}}',
        '{{type: checkboxes, title: "Which ones fit question {0}?", none: "None of these", options: [{1}]}}',
    )
    pages = [
        f"  - id: q{number}\n    body: |\n      Some words about question {number}, **one** of them strong.\n\n"
        f"      - a first thing\n      - a second thing\n    question: {kinds[number % 3].format(number, options)}"
        for number in range(1, QUESTIONS + 1)
    ]
    rules = [
        f"      - {{id: R{number}, if: [{number // 2}, {'true' if number % 2 else 'false'}], "
        f'then: outcome.{"stay" if number % 3 else "go"}, because: "Because of rule {number}."}}'
        for number in range(RULES)
    ]
    levels = [f"      - {{id: L{number}, if: [{number}], then: {number}}}" for number in range(RULES // 2)]
    text = f"""format: assessment/1
id: {NAME}
version: 1.0.0
jurisdiction: CA-ON
publisher: {{name: "A ministry"}}
languages: {{source: en}}
privacy: {{answers: not-stored, statistics: [outcome, page, language]}}
start: {{title: "Fifteen questions", body: "An example.", minutes: 5}}
pages:
{chr(10).join(pages)}
  - {{id: check, kind: check, routes: [{{to: decision.advice}}]}}
facts:
  many: 'size(q2) + size(q5) + size(q8) + size(q11) + size(q14)'
  sure: 'q3 || q6 || q9'
decisions:
  level:
    hit: first
    inputs: [many]
    output: {{type: number}}
    rules:
{chr(10).join(levels)}
    default: {RULES}
  advice:
    hit: first
    inputs: [level, sure]
    rules:
{chr(10).join(rules)}
    default: outcome.go
outcomes:
  - {{id: stay, severity: high, title: "Stay", body: "Stay at home. It is **important**.", actions: [print]}}
  - {{id: go, title: "Go", body: "Go out.", actions: [print]}}
"""
    path = folder / "service.yaml"
    path.write_text(text, "utf-8")
    return path


def make_settings(folder: Path) -> Settings:
    """A site that serves the package from disk."""
    packages = {"assessments": {"packages": str(write_package(folder)), "address": f"http://{HOST}:{PORT}"}}
    return Settings(
        mode=Mode.LAB, state_dir=folder, web=WebSettings(secret_key="of a benchmark " * 4), services=packages
    )


class Asker:
    """Somebody who asks the application as a server does, with one cookie."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self.cookie = ""

    def ask(self, address: str, body: bytes | None = None) -> tuple[int, str, str]:
        """The status, where it leads, and the page."""
        environ = {
            "REQUEST_METHOD": "GET" if body is None else "POST",
            "PATH_INFO": address,
            "QUERY_STRING": "",
            "SERVER_NAME": HOST,
            "SERVER_PORT": str(PORT),
            "HTTP_HOST": f"{HOST}:{PORT}",
            "HTTP_COOKIE": self.cookie,
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body or b""),
            "CONTENT_LENGTH": str(len(body or b"")),
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
        }
        told: dict[str, str] = {}
        status: list[int] = []

        def start(line: str, headers: list[tuple[str, str]]) -> None:
            status.append(int(line[:3]))
            told.update(headers)

        answer = self.application(environ, start)
        page = b"".join(answer).decode()
        answer.close()
        if "Set-Cookie" in told:
            self.cookie = told["Set-Cookie"].partition(";")[0]
        return status[0], told.get("Location", ""), page


def walk(asker: Asker) -> dict[str, str]:
    """From the start to the result; the answer sent at each step, by its address."""
    sent: dict[str, str] = {}
    address = f"/{NAME}/en/"
    _, _, page = asker.ask(address)
    body = ""
    while True:
        token = TOKEN.search(page)
        body = f"form_token={token[1]}" if token else ""
        name = re.search(r'(?:type="(?:radio|checkbox)")[^>]* name="(q\d+)" value="([^"]+)"', page)
        body += f"&{name[1]}={name[2]}" if name else ""
        status, location, _ = asker.ask(address, body.encode())
        assert status == 303, (address, status)
        sent[address] = body
        address = location
        _, _, page = asker.ask(address)
        if 'class="panel' in page:
            return sent | {address: ""}


def measure(act: Callable[[], Any], seconds: float) -> float:
    """Microseconds of one act: the median, since what else runs here comes and goes."""
    act()
    found = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        began = time.perf_counter()
        act()
        found.append(time.perf_counter() - began)
    return statistics.median(found) * 1e6


def make_fixed(page: str) -> Callable[[Any], Any]:
    """The same page as a fixed template of Django: what a page costs that somebody wrote by hand."""
    from django.shortcuts import render
    from django.template import engines
    from django.utils import timezone

    from ridgeway.office.design.formtoken import make_form_token

    text = TOKEN.sub('name="form_token" value="{{ token }}"', page).replace("<title>", "<title>{{ title }} ")
    template = engines["django"].from_string(text)
    engines["django"].engine.get_template = lambda _: template.template  # no file: the text is made here

    def show(request: Any) -> Any:
        now = timezone.now()
        context = {"title": "Fixed", "token": make_form_token("fixed", now=now, nonce=f"{now.timestamp():.6f}")}
        return render(request, "fixed.html", context, using="django")

    return show


def make_housed(page: str) -> Callable[[Any], Any]:
    """The same page by hand, in the layout that every public site of the house has."""
    from django.http import HttpResponse
    from django.template import engines

    main = page.partition('<main id="main" class="main" tabindex="-1">')[2].partition("</main>")[0]
    text = TOKEN.sub("", main).replace("{", "")
    template = engines["jinja2"].from_string(
        '{% extends "design/public.html" %}{% block title %}{{ title }}{% endblock %}'
        '{% block main %}{{ form_token("housed") }}' + text + "{% endblock %}"
    )

    def show(request: Any) -> Any:
        return HttpResponse(template.render({"title": "Housed"}, request))

    return show


def add_pages(page: str) -> None:
    """The pages that are written by hand have addresses."""
    from django.urls import clear_url_caches, re_path

    from ridgeway.services.assessments import urls

    urls.urlpatterns.insert(0, re_path(r"^fixed", make_fixed(page)))
    urls.urlpatterns.insert(1, re_path(r"^housed", make_housed(page)))
    clear_url_caches()


def build(settings: Settings, *, fixed: str = "") -> Any:
    """The application of the site; with `fixed`, one that answers every address with this page."""
    setup_django(settings, room="office", site=get_site(settings, "assessments"))
    from django.core.wsgi import get_wsgi_application

    from ridgeway.web.static import serve_static

    if fixed:
        add_pages(fixed)
    return serve_static(get_wsgi_application())


def measure_inside(folder: Path, seconds: float) -> tuple[list[str], str, str, str]:
    """Costs without a socket; and a page, its cookie and its address for the rest."""
    settings = make_settings(folder)
    first = Asker(build(settings))
    sent = walk(first)
    addresses = list(sent)
    middle = addresses[MIDDLE]
    _, _, page = first.ask(middle)
    add_pages(page)
    asker = Asker(first.application)
    asker.cookie = first.cookie
    acts: dict[str, Callable[[], Any]] = {
        "an empty view": lambda: asker.ask("/ping"),
        "the fixed page": lambda: asker.ask("/fixed"),
        "it in the house's layout": lambda: asker.ask("/housed"),
        "a question (GET)": lambda: asker.ask(middle),
        "an answer (POST)": lambda: asker.ask(middle, sent[middle].encode()),
        "the last question (GET)": lambda: asker.ask(addresses[QUESTIONS]),
        "the check (GET)": lambda: asker.ask(addresses[QUESTIONS + 1]),
        "the result (GET)": lambda: asker.ask(addresses[-1]),
        "the start page (GET)": lambda: asker.ask(f"/{NAME}/en/"),
    }
    found: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(ROUNDS):
        for name, act in acts.items():
            found[name].append(measure(act, seconds / ROUNDS))
    medians = {name: min(times) for name, times in found.items()}
    base = medians["the fixed page"]
    lines = [
        f"{name:<26}{took:>8.0f} µs   {base / took:>5.2f} of the fixed page's speed" for name, took in medians.items()
    ]
    return lines, page, asker.cookie, middle


def load_site(folder: str, page: str, *_: Any) -> Any:
    """The application of one process of the server."""
    return build(make_settings(Path(folder)), fixed=page)


def serve(folder: str, page: str, port: int) -> None:
    """One site by granian, as `ridgeway web run` does."""
    server = Granian(
        "assessments_pages", address="127.0.0.1", port=port, interface=Interfaces.WSGI,
        workers=PROCESSES, blocking_threads=THREADS, log_enabled=False,
    )  # fmt: skip
    server.serve(target_loader=partial(load_site, folder, page))


async def load(port: int, address: str, cookie: str, seconds: float) -> float:
    """Views a second over connections that stay open."""
    asked = f"GET {address} HTTP/1.1\r\nHost: {HOST}:{PORT}\r\nCookie: {cookie}\r\n\r\n".encode()
    counted = [0]
    end = time.perf_counter() + seconds

    async def keep_asking() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < end:
            writer.write(asked)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head[:300]
            await reader.readuntil(b"\r\n0\r\n\r\n")  # the answer comes in pieces; this is the end of the last
            counted[0] += 1
        writer.close()

    await asyncio.gather(*(keep_asking() for _ in range(CONNECTIONS)))
    return counted[0] / seconds


def measure_served(folder: Path, page: str, cookie: str, address: str, seconds: float) -> list[str]:
    """Views a second through granian, of the question and of the fixed page, in turn."""
    context = multiprocessing.get_context("spawn")
    server = context.Process(target=serve, args=(str(folder), page, PORT), daemon=False)
    server.start()
    try:
        wait_for(PORT)
        ways = {"the fixed page": "/fixed", "it in the house's layout": "/housed", "a question": address}
        found: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, path in ways.items():
                found[name].append(asyncio.run(load(PORT, path, cookie, seconds)))
    finally:
        server.terminate()
        server.join(30)
    rates = {name: statistics.median(each) for name, each in found.items()}
    lines = [f"{name:<26}{rate:>8.0f} views a second" for name, rate in rates.items()]
    ratios = (rates["a question"] / rates[name] for name in list(ways)[:2])
    return [*lines, f"{'a question, against these':<26}" + " and ".join(f"{ratio:.2f}" for ratio in ratios)]


def wait_for(port: int) -> None:
    """Somebody listens at the port, and every worker has begun."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            asyncio.run(load(port, "/ping", "", 0.5))
        except (OSError, asyncio.IncompleteReadError):
            time.sleep(0.3)
        else:
            time.sleep(3)
            return
    raise SystemExit("the server does not begin")


def profile(folder: Path, step: str) -> None:
    """Where the time of one page goes."""
    asker = Asker(build(make_settings(folder)))
    walk(asker)
    address = f"/{NAME}/en/{step}"
    asker.ask(address)
    profiler = cProfile.Profile()
    profiler.enable()
    for _ in range(500):
        asker.ask(address)
    profiler.disable()
    pstats.Stats(profiler).sort_stats("tottime").print_stats(45)


def main() -> None:
    """Measure, print, and keep the result where it is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--profile", default="")
    parser.add_argument("--inside", action="store_true", help="without granian")
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        if chosen.profile:
            profile(folder, chosen.profile)
            return
        lines, page, cookie, address = measure_inside(folder, chosen.seconds)
        lines.insert(
            0,
            f"{QUESTIONS} questions, 2 tables of {RULES // 2} and {RULES} rules; {len(page.encode()):,} bytes a page; "
            f"{os.cpu_count()} cores",
        )
        print("\n".join(lines), flush=True)
        if not chosen.inside:
            served = measure_served(folder, page, cookie, address, chosen.seconds)
            lines += [
                "",
                f"granian, {PROCESSES} processes of {THREADS} threads, {CONNECTIONS} connections, load on the same two",
                *served,
            ]
            print("\n".join(lines[-4:]))
        if chosen.out:
            chosen.out.write_text("\n".join([*lines, ""]), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
