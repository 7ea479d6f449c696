"""The lean intake: it answers what the site would answer, or leaves it to the site; never anything else."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ridgeway.http import Headers, Origin, Pool, Response, fetch
from ridgeway.office.design.formtoken import make_form_token
from ridgeway.office.notices.models import QueuedNotice
from ridgeway.office.tests.ready import Office, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.intake.run import open_intake
from ridgeway.services.petitions.models import Petition, Signature
from ridgeway.services.petitions.states import SignatureState, State
from ridgeway.services.petitions.tests.cast import found_site, open_petition
from ridgeway.services.petitions.tests.writers import writing

FORM = ("Content-Type", "application/x-www-form-urlencoded")
Asking = Callable[[Pool, Origin], Coroutine[Any, Any, Any]]


@dataclass(frozen=True, slots=True)
class Stage:
    office: Office
    petition: Petition

    def play(self, asking: Asking) -> Any:
        """What `asking` returns, asked of the intake beside a real writer."""

        async def main() -> Any:
            async with open_intake(self.office.settings) as server, Pool() as pool:
                return await asking(pool, Origin("127.0.0.1", server.port))

        with writing():
            return asyncio.run(main())

    @property
    def target(self) -> str:
        return f"/petitions/{self.petition.pk}/signatures/new"


@pytest.fixture
def stage(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:  # noqa: F811
    found_site()
    own = {"intake_port": 0, "socket": str(office.settings.state_dir / "w.sock")}
    monkeypatch.setitem(office.settings.services, "petitions", own)
    with office.at_site("petitions"):
        yield Stage(office, open_petition())


def filled(**values: str) -> bytes:
    form = {
        "step": "check",
        "form_token": make_form_token("petitions.sign", now=timezone.now(), nonce="n1"),
        "name": "Suzie",
        "email": "suzie@example.org",
        "email_again": "suzie@example.org",
        "location": "GB",
        "postcode": "AL1 1AA",
        "wants_updates": "on",
    }
    return urlencode(form | values).encode()


async def post(pool: Pool, origin: Origin, target: str, body: bytes, *headers: tuple[str, str]) -> Response:
    fields = [("Host", "testserver"), FORM, *headers]
    return await fetch(pool, "POST", (origin, target), headers=fields, body=body, max_bytes=1 << 16)


def test_suzie_signs_and_confirms_through_the_intake_and_is_led_on_as_by_the_site(stage: Stage):
    async def asking(pool: Pool, origin: Origin) -> tuple[Response, Response, Response]:
        signed = await post(pool, origin, stage.target, filled())
        again = await post(pool, origin, stage.target, filled())
        suzie = await asyncio.to_thread(find_suzie)
        link = f"/signatures/{suzie.pk}/verify?token={suzie.confirm_token}"
        return signed, again, await fetch(pool, "GET", (origin, link), [("Host", "testserver")], max_bytes=1 << 16)

    signed, again, confirmed = stage.play(asking)
    assert (signed.status, again.status, confirmed.status) == (302, 302, 302)
    assert signed.headers.get("Location") == f"/petitions/{stage.petition.pk}/signatures/thank-you"
    suzie = Signature.objects.get(name="Suzie")
    assert (suzie.state, suzie.postcode, suzie.wants_updates) == (SignatureState.VALIDATED, "AL11AA", True)
    assert confirmed.headers.get("Location") == f"/signatures/{suzie.pk}/signed"
    assert suzie.signed_token in confirmed.headers.get("Set-Cookie")
    assert "HttpOnly" in confirmed.headers.get("Set-Cookie")
    assert Petition.objects.get(pk=stage.petition.pk).signature_count == 2
    assert QueuedNotice.objects.count() == 1
    jar = {line.partition("=")[0]: line.partition("=")[2].partition(";")[0] for line in all_cookies(confirmed.headers)}
    browser = Client()
    for name, value in jar.items():
        browser.cookies[name] = value
    assert browser.get(f"/signatures/{suzie.pk}/signed").status_code == 200


def find_suzie() -> Signature:
    """Her signature, read in a thread that leaves no connection behind."""
    try:
        return Signature.objects.get(name="Suzie")
    finally:
        connections.close_all()


def all_cookies(headers: Headers) -> tuple[str, ...]:
    return headers.get_all("Set-Cookie")


def test_who_signs_in_arabic_is_led_on_in_arabic_and_mailed_in_it(stage: Stage):
    async def asking(pool: Pool, origin: Origin) -> Response:
        return await post(pool, origin, f"/ar{stage.target}", filled())

    answer = stage.play(asking)
    assert answer.headers.get("Location") == f"/ar/petitions/{stage.petition.pk}/signatures/thank-you"
    assert Signature.objects.get(name="Suzie").language == "ar"


def test_everything_else_is_left_to_the_site_and_changes_nothing(stage: Stage):
    closed = open_petition(State.CLOSED)
    cases = [
        ("POST", stage.target, filled(step="details")),
        ("POST", stage.target, filled(change="yes")),
        ("POST", stage.target, filled(email="no address")),
        ("POST", stage.target, filled(email_again="other@example.org")),
        ("POST", stage.target, filled(location="XX")),
        ("POST", stage.target, filled(name="=cmd()")),
        ("POST", stage.target, filled(form_token="forged")),
        ("POST", stage.target, filled(name="a\x00b")),
        ("POST", stage.target, b"\xff\xfe"),
        ("POST", stage.target, b"&".join([b"a=1"] * 100)),
        ("POST", stage.target, b"a" * 20_000),
        ("POST", f"/xx{stage.target}", filled()),
        ("POST", "/petitions/999/signatures/new", filled()),
        ("POST", f"/petitions/{closed.pk}/signatures/new", filled()),
        ("POST", "/petitions/new", filled()),
        ("GET", stage.target, b""),
        ("GET", "/signatures/1/verify?token=wrong", b""),
        ("GET", "/signatures/1/verify", b""),
        ("GET", "/", b""),
        ("HEAD", "/signatures/1/verify?token=wrong", b""),
        ("PUT", stage.target, filled()),
    ]

    async def asking(pool: Pool, origin: Origin) -> list[int]:
        statuses = []
        for method, target, body in cases:
            fields = [("Host", "testserver"), *([FORM] if body else [])]
            answer = await fetch(pool, method, (origin, target), fields, body or None, max_bytes=1 << 16)
            statuses.append(answer.status)
        return statuses

    assert stage.play(asking) == [421] * len(cases)
    assert not Signature.objects.filter(name="Suzie").exists()
    assert not QueuedNotice.objects.exists()


@pytest.mark.parametrize(
    "header", [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example"), ("Content-Type", "text/plain")]
)
def test_a_form_that_another_site_sends_is_not_taken(stage: Stage, header: tuple[str, str]):
    async def asking(pool: Pool, origin: Origin) -> Response:
        fields = [("Host", "testserver"), header]
        fields += [FORM] if header[0] != "Content-Type" else []
        return await fetch(pool, "POST", (origin, stage.target), fields, filled(), max_bytes=1 << 16)

    assert stage.play(asking).status == 421
    assert not Signature.objects.filter(name="Suzie").exists()


def test_while_the_writer_is_away_the_site_is_asked(stage: Stage):
    async def asking() -> Response:
        async with open_intake(stage.office.settings) as server, Pool() as pool:
            return await post(pool, Origin("127.0.0.1", server.port), stage.target, filled())

    assert asyncio.run(asking()).status == 421


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    bodies=st.lists(st.binary(max_size=200), min_size=10, max_size=20),
    targets=st.lists(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60), max_size=10),
)
def test_no_bytes_bring_the_intake_down(stage: Stage, bodies: list[bytes], targets: list[str]):
    async def asking(pool: Pool, origin: Origin) -> set[int]:
        found = {(await post(pool, origin, stage.target, body)).status for body in bodies}
        return found | {(await post(pool, origin, f"/{target}", b"a=1")).status for target in targets}

    assert stage.play(asking) == {421}
