"""A catalogue behind a provider door: it is searched, it gives, it takes, and it is nobody's box to fill."""

import asyncio
import json

import pytest

from ridgeway.catalogue.packages.manifest import list_files
from ridgeway.catalogue.packages.statement import encode_signed
from ridgeway.catalogue.proving.tests.notary import seal, state
from ridgeway.catalogue.proving.tests.test_admitting import PACKED, SIGNED
from ridgeway.catalogue.serving import boxes
from ridgeway.catalogue.serving.app import build_catalogue
from ridgeway.catalogue.shelves.shelf import put_on_shelf
from ridgeway.client import serve_service
from ridgeway.http import Pool, fetch
from ridgeway.protocol.identifiers import MemberId
from ridgeway.protocol.signatures.tests.cast import NOW

OWNER = MemberId("RW", "GOV", "1001")
OWN, OTHER = "RW/GOV/1001/portal", "RW/GOV/2002/desk"


@pytest.fixture
def shelf(tmp_path):
    put_on_shelf(tmp_path, SIGNED, now=NOW)
    return tmp_path


def ask(folder, *requests, client=OTHER):
    """Each (method, path, body) in turn; the answers."""

    async def work():
        async with serve_service(build_catalogue(folder, owner=OWNER), "127.0.0.1", 0) as server, Pool() as pool:
            headers = [("X-Road-Client", client), ("X-Road-Id", "q-1")]
            return [
                await fetch(
                    pool,
                    method,
                    f"http://127.0.0.1:{server.port}{path}",
                    headers=headers,
                    body=body,
                    max_bytes=8 * 1024 * 1024,
                )
                for method, path, body in requests
            ]

    return asyncio.run(work())


def test_packages_are_found_listed_and_given_to_the_byte(shelf):
    found, none, listed, given, missing, odd = ask(
        shelf,
        ("GET", "/packages?q=energy", None),
        ("GET", "/packages?q=nothing-like-it", None),
        ("GET", "/packages/energy-rebate-check", None),
        ("GET", f"/packages/energy-rebate-check/{SIGNED.facts.version}", None),
        ("GET", "/packages/energy-rebate-check/9.9.9", None),
        ("GET", "/packages/energy-rebate-check/..%2F..%2Findex", None),
    )
    assert [each["package"] for each in json.loads(found.body)["packages"]] == ["energy-rebate-check"]
    assert json.loads(none.body)["packages"] == []
    assert json.loads(listed.body)["versions"][0]["digest"] == SIGNED.manifest.digest
    assert given.body == PACKED
    assert [missing.status, odd.status] == [404, 404]


def test_a_catalogue_in_which_nothing_was_published_says_so(tmp_path):
    (answer,) = ask(tmp_path, ("GET", "/packages/energy-rebate-check", None))
    assert (answer.status, json.loads(answer.body)["code"]) == (400, "unknown_package")


def test_only_the_organisation_itself_states_anything(shelf):
    signed = encode_signed(state())
    (own,) = ask(shelf, ("POST", "/statements", signed), client=OWN)
    assert own.status == 204
    (other,) = ask(shelf, ("POST", "/statements", signed))
    assert other.status == 403
    foreign, raw = ask(
        shelf,
        ("POST", "/statements", encode_signed(state(by="RW/GOV/2002"))),
        ("POST", "/statements", state()),
        client=OWN,
    )
    assert (foreign.status, raw.status >= 400) == (403, True)


def test_what_is_sent_is_kept_once_with_who_sent_it(shelf):
    body = state(kind="adoption", by="RW/GOV/2002")
    answers = ask(shelf, ("POST", "/adoptions", body), ("POST", "/adoptions", body), ("POST", "/adoptions", b"no"))
    assert [each.status for each in answers] == [201, 201, 400]
    kept = sorted((shelf / "adopters").glob("*.json"))
    assert [each.read_bytes() for each in kept] == [body]
    told = json.loads(kept[0].with_name(f"{kept[0].name}.caller").read_bytes())
    assert told == {"client": OTHER, "query_id": "q-1"}


def test_one_member_fills_its_own_box_alone(shelf, monkeypatch):
    monkeypatch.setattr(boxes, "MAX_KEPT", 2)
    sent = [("POST", "/proposals", state(kind="proposal", by="RW/GOV/2002", number=number)) for number in range(3)]
    assert [each.status for each in ask(shelf, *sent)] == [201, 201, 400]
    assert ask(shelf, ("POST", "/proposals", state(kind="proposal")), client=OWN)[0].status == 201


def test_nobody_speaks_for_another_and_a_box_takes_its_own_kind_alone(shelf):
    answers = ask(
        shelf,
        ("POST", "/adoptions", state(kind="adoption")),
        ("POST", "/adoptions", seal(state(kind="adoption"))),
        ("POST", "/adoptions", state(kind="proposal", by="RW/GOV/2002")),
        ("POST", "/proposals", b"[" * 50_000),
    )
    assert [each.status for each in answers] == [403, 403, 400, 400]
    (signed,) = ask(shelf, ("POST", "/adoptions", seal(state(kind="adoption"))), client=OWN)
    assert json.loads(signed.body)["kept"].endswith(".dsse.json")


def test_notices_are_told_of_one_package_or_of_all(shelf):
    (shelf / "notices").mkdir()
    other = list_files({"service.yaml": b""}, package="other", version="2.0.0", service="assessments")
    (shelf / "notices/1.json").write_bytes(state(kind="notice", text="Slow"))
    (shelf / "notices/2.dsse.json").write_bytes(seal(state(kind="recall", manifest=other)))
    (shelf / "notices/3.json").write_bytes(b"no statement")
    every, one = ask(shelf, ("GET", "/notices", None), ("GET", "/notices?package=rebate", None))
    assert len(json.loads(every.body)["notices"]) == 2
    (told,) = json.loads(one.body)["notices"]
    assert (told["name"], told["content"]["text"]) == ("1.json", "Slow")
