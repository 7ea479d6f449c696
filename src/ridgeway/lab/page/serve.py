"""The country page at its port: loopback alone, its own pages alone, no script needed.

    GET  /                 the page                 POST /ask/KEY  ask: over REST, over SOAP, across the border
    GET  /evidence         what proves it           POST /flip     flip one byte of a copy
    GET  /evidence/FILE    one container            POST /undo     go back to the original
    GET  /recent           the last exchanges       GET  /healthz
    GET  /mail             what was mailed          GET  /mail/FILE   one mail; `?raw` as it is

Law: after a POST the browser is sent back to the page, so that reloading repeats nothing. The Host must be loopback
and an Origin must be the page's own, so that no other site can give orders.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import resources

from ridgeway.errors import RidgewayError
from ridgeway.http import Pool, Request, ResponseWriter, Server, serve
from ridgeway.lab.country import Country
from ridgeway.lab.page.mail import find_mail, render_mail, render_mails
from ridgeway.lab.page.views import Show, render_evidence, render_page, render_recent
from ridgeway.lab.proofs import Exchange, ask_and_prove, list_questions
from ridgeway.lab.run import Progress

HOST = "127.0.0.1"
HTML = "text/html; charset=utf-8"
STATIC = {"/style.css": "text/css; charset=utf-8", "/page.js": "text/javascript; charset=utf-8"}
SAFETY = [
    ("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cache-Control", "no-cache"),
]
MAX_FORM_BYTES = 4096


@asynccontextmanager
async def serve_page(country: Country, progress: Progress, *, exchange: Exchange, pool: Pool) -> AsyncIterator[Server]:
    """The page is served while the block runs."""
    page = Page(Show(country, progress.supervisor, exchange), pool, progress)
    async with serve(page.handle, host=HOST, port=country.ports.page) as server:
        yield server


@dataclass(slots=True)
class Page:
    """Handles each request of a browser."""

    show: Show
    pool: Pool
    progress: Progress

    async def handle(self, request: Request, response: ResponseWriter) -> None:
        """Answer one request."""
        self.show.country = self.progress.country
        path = request.target.decode("latin-1").partition("?")[0]
        await request.read(MAX_FORM_BYTES)
        if not self.is_ours(request):
            await self.send(response, 403, "text/plain", b"This page takes orders from itself alone.")
        elif request.method == "POST":
            await self.act(path, response)
        elif request.method in {"GET", "HEAD"}:
            await self.look(request, path, response)
        else:
            await self.send(response, 405, "text/plain", b"GET or POST.")

    def is_ours(self, request: Request) -> bool:
        """Whether the request is for this page and, where it says from where, from this page."""
        port = self.show.country.ports.page
        ours = {f"localhost:{port}", f"127.0.0.1:{port}"}
        origin = request.headers.get("Origin")
        return request.headers.get("Host") in ours and (not origin or origin.removeprefix("http://") in ours)

    async def act(self, path: str, response: ResponseWriter) -> None:
        """Do what a button says, then send the browser back to the page."""
        self.show.fault = ""
        questions = {f"/ask/{each.key}": each for each in list_questions(self.show.country)}
        match path:
            case _ if path in questions:
                try:
                    self.show.exchange = await ask_and_prove(questions[path], self.pool)
                    self.show.flip = None
                except RidgewayError as error:
                    self.show.fault = error.explain()
            case "/flip":
                self.show.flip_one_byte()
            case "/undo":
                self.show.flip = None
            case _:
                await self.send(response, 404, "text/plain", b"Nothing is here.")
                return
        await response.send(303, "See Other", [("Location", "/"), *SAFETY], b"")

    async def look(self, request: Request, path: str, response: ResponseWriter) -> None:
        """Show something."""
        files = {each.file.name: each.file for each in self.show.exchange.evidence}
        files[self.show.exchange.configuration.name] = self.show.exchange.configuration
        if path == "/":
            await self.send(response, 200, HTML, render_page(self.show).encode())
        elif path == "/recent":
            await self.send(response, 200, HTML, render_recent(self.show).encode())
        elif path == "/evidence":
            await self.send(response, 200, HTML, render_evidence(self.show).encode())
        elif path == "/mail" or path.startswith("/mail/"):
            await self.show_mail(request, path, response)
        elif path.startswith("/evidence/") and path.removeprefix("/evidence/") in files:
            file = files[path.removeprefix("/evidence/")]
            headers = [("Content-Disposition", f'attachment; filename="{file.name}"')]
            await self.send(response, 200, "application/octet-stream", file.read_bytes(), headers)
        elif path in STATIC:
            data = resources.files("ridgeway.lab.page").joinpath("static", path.removeprefix("/")).read_bytes()
            await self.send(response, 200, STATIC[path], data)
        elif path == "/favicon.ico":
            await response.send(204, "", SAFETY, b"")
        elif path == "/healthz":
            await self.send(response, 200, "text/plain", b"ok")
        else:
            await self.send(response, 404, "text/plain", b"Nothing is here.")

    async def show_mail(self, request: Request, path: str, response: ResponseWriter) -> None:
        """What the petitions service mailed, or one of its mails."""
        country = self.show.country
        if path == "/mail":
            await self.send(response, 200, HTML, render_mails(country, request.target).encode())
            return
        file = find_mail(country, path.removeprefix("/mail/"))
        if file is None:
            await self.send(response, 404, "text/plain", b"There is no such mail.")
        elif request.target.endswith(b"?raw"):
            await self.send(response, 200, "text/plain; charset=utf-8", file.read_bytes())
        else:
            await self.send(response, 200, HTML, render_mail(country, file).encode())

    async def send(
        self,
        response: ResponseWriter,
        status: int,
        content_type: str,
        body: bytes,
        headers: list[tuple[str, str]] | None = None,
    ) -> None:
        """One answer with the headers that keep a browser safe."""
        await response.send(status, "", [("Content-Type", content_type), *SAFETY, *(headers or [])], body)
