"""What the intake answers: 302 where the site would answer 302, and 421 for everything that is the site's.

Law: a request is either done by the writer and answered, or passed on untouched; never both half done. What was taken
and could not be answered is asked again by the browser, and is one signature all the same.
Source:  RFC 9110 §15.5.20 for 421.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import set_urlconf
from django.utils import timezone, translation

from ridgeway.errors import RequestError, WorldError
from ridgeway.http import HttpRefusal, Request, ResponseWriter
from ridgeway.http.forwarded import Networks, find_client_address
from ridgeway.journal import JournalClient
from ridgeway.office.design.formtoken import require_form_token
from ridgeway.services.petitions.forms.person import PersonForm
from ridgeway.services.petitions.intake.knowing import Known
from ridgeway.services.petitions.links import PUBLIC
from ridgeway.services.petitions.pages.sign import welcome
from ridgeway.services.petitions.pages.signing import PURPOSE
from ridgeway.services.petitions.pages.writing import Confirmed
from ridgeway.services.petitions.rules.signing import Answer
from ridgeway.services.petitions.states import SignatureRole
from ridgeway.services.petitions.writer.values import Command, Confirm, Outcome, Take, encoder, outcome_decoder

LANGUAGE = rb"(?P<language>/[a-z]{2,3})?"
SIGN = re.compile(LANGUAGE + rb"/petitions/(?P<number>[0-9]{1,18})/signatures/new")
VERIFY = re.compile(LANGUAGE + rb"/signatures/(?P<number>[0-9]{1,18})/verify\?token=(?P<token>[A-Za-z0-9_-]{1,64})")
FORM = "application/x-www-form-urlencoded"
MAX_FORM_BYTES = 16 * 1024
MAX_FIELDS = 32
HEADERS_OF_ORIGIN = ("Host", "Origin", "Sec-Fetch-Site", "X-Forwarded-Proto")
WRITER_SECONDS = 10.0
PRIVATE = (("Cache-Control", "no-store"), ("Referrer-Policy", "same-origin"), ("X-Content-Type-Options", "nosniff"))


class NotOursError(Exception):
    """The request is the site's."""


@dataclass(slots=True)
class IntakeDoor:
    """Answers requests; the writer of signatures is asked over `journal`."""

    journal: JournalClient
    known: Known
    trusted: Networks

    async def handle(self, request: Request, response: ResponseWriter) -> None:
        """One request."""
        try:
            answer = await self.answer(request)
        except (NotOursError, RequestError, WorldError, HttpRefusal):
            await response.start(421, "Misdirected Request", [("Content-Length", "0"), *PRIVATE])
        else:
            cookies = [("Set-Cookie", morsel.OutputString()) for morsel in answer.cookies.values()]
            fields = [("Location", answer.headers["Location"]), *cookies, *PRIVATE]
            await response.start(answer.status_code, "Found", [*fields, ("Content-Length", "0")])
        await response.finish()

    async def answer(self, request: Request) -> HttpResponse:
        """The redirect that the site would answer with.

        Raises:  NotOursError, and whatever the form or the writer raise: then the site answers.
        """
        patterns = {"POST": SIGN, "GET": VERIFY}
        found = patterns[request.method].fullmatch(request.target) if request.method in patterns else None
        language = self.find_language(found)
        if found is None or language is None:
            raise NotOursError
        number = int(found["number"])
        if request.method == "POST":
            return await self.take(request, language, number)
        return await self.confirm(request, language, number, found["token"].decode("ascii"))

    def find_language(self, found: re.Match[bytes] | None) -> str | None:
        """The language of an address; None for one that the site does not speak."""
        if found is None:
            return None
        code = (found["language"] or b"").decode("ascii").removeprefix("/") or self.known.own
        return code if code in self.known.asked else None

    async def take(self, request: Request, language: str, petition_id: int) -> HttpResponse:
        """A form is taken."""
        asked = self.known.asked[language]
        if request.headers.get("Content-Type").partition(";")[0].strip().lower() != FORM:
            raise NotOursError
        page = build_request(request, await request.read(MAX_FORM_BYTES))
        if page.POST.get("step") != "check" or "change" in page.POST:
            raise NotOursError
        nonce = require_form_token(page, PURPOSE, now=timezone.now())
        with translation.override(language):
            form = PersonForm(page.POST, asked=asked, asks_updates=True)
            if not form.is_valid():
                raise NotOursError
        values = form.cleaned_data
        await self.ask(
            Take(
                petition_id,
                SignatureRole.SIGNER.value,
                values["name"],
                values["email"],
                values["postcode"],
                values["location"],
                bool(values.get("wants_updates")),
                language,
                self.find_ip(request),
                nonce,
            )
        )
        path = f"/petitions/{petition_id}/signatures/thank-you"
        return HttpResponse(status=302, headers={"Location": f"{self.known.prefix(language)}{path}"})

    async def confirm(self, request: Request, language: str, signature_id: int, token: str) -> HttpResponse:
        """A link is followed."""
        outcome = await self.ask(Confirm(signature_id, token, self.find_ip(request)))
        role = SignatureRole(outcome.role)
        set_urlconf(PUBLIC)
        with translation.override(language):
            confirmed = Confirmed(Answer.ACCEPTED, role=role, signed_token=outcome.signed_token)
            answer = welcome(signature_id, confirmed)
        answer.headers["Location"] = f"{self.known.prefix(language)}{answer.headers['Location']}"
        return answer

    async def ask(self, command: Command) -> Outcome:
        """The writer's outcome.

        Raises:  NotOursError when it is anything but accepted: the site asks once more, and says what there is to say.
        """
        key = self.known.new_key()
        body = await self.journal.append(encoder.encode(command), key=key, timeout_seconds=WRITER_SECONDS)
        outcome = outcome_decoder.decode(body)
        if outcome.answer != Answer.ACCEPTED:
            raise NotOursError
        return outcome

    def find_ip(self, request: Request) -> str:
        """The address of whoever asks."""
        forwarded = request.headers.get("X-Forwarded-For")
        return find_client_address(request.connection.remote_address, forwarded, self.trusted) or ""


def build_request(request: Request, body: bytes) -> HttpRequest:
    """What forms and tokens need of a request of Django's.

    Raises:  NotOursError for what is no form.
    """
    page = HttpRequest()
    page.method = "POST"
    for name in HEADERS_OF_ORIGIN:
        if request.headers.has(name):
            page.META[f"HTTP_{name.upper().replace('-', '_')}"] = request.headers.get(name)
    try:
        text = body.decode("ascii")
        parse_qs(text, max_num_fields=MAX_FIELDS, errors="strict", encoding="utf-8")
    except ValueError as error:
        raise NotOursError from error
    if "%00" in text:
        raise NotOursError
    page.POST = QueryDict(text, encoding="utf-8")
    return page
