"""Signing and fetching through a door: what comes is bounded in size and time, and is what was asked for."""

import asyncio
import io
import zipfile
from dataclasses import replace

import pytest

from ridgeway.catalogue.fetching import fetch, parse_source
from ridgeway.catalogue.proving.doors import name_door, take_first
from ridgeway.catalogue.proving.proof import verify_envelope
from ridgeway.catalogue.proving.signing import sign
from ridgeway.catalogue.proving.tests.notary import BY, contain, render_message, state, trust
from ridgeway.catalogue.proving.tests.test_admitting import PACKED
from ridgeway.client import Reply, ServiceApp, ServiceFault, serve_service
from ridgeway.errors import RequestError, RidgewayError
from ridgeway.office.documents.packages import MAX_ARCHIVE_BYTES
from ridgeway.protocol.identifiers import MemberId
from ridgeway.protocol.signatures.tests.cast import ALICE

CLIENT = f"{BY}/portal"
SERVICE = "/r1/{instance}/{class}/{member}/{subsystem}/{service}"
MARK = (("X-Road-Id", "q-1"),)


def pack(container):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("q-1-request-1.asice", container)
    return archive.getvalue()


def serve_signing(*, refusals=0, status=204, alter=lambda body: body):
    """A security server that signs what is posted, for a member of the cast."""
    app, kept, left = ServiceApp(), [], [refusals]

    @app.post(f"{SERVICE}/statements")
    async def take(call, **_codes):
        kept.append(await call.read())
        return Reply(status=status, headers=MARK)

    @app.get("/asic")
    async def give(_call):
        if left[0]:
            left[0] -= 1
            return Reply(b"It is not time-stamped yet.", status=500)
        return Reply(pack(contain(render_message(), alter(kept[0]), member=ALICE)))

    return app


def serve_package(body, *, seconds=0.0):
    """A security server behind which a catalogue gives this, whatever is asked for."""
    app = ServiceApp()

    @app.get(f"{SERVICE}/packages/{{package}}/{{version}}")
    async def give(_call, **_codes):
        await asyncio.sleep(seconds)
        return Reply(body, headers=MARK)

    @app.get("/asic")
    async def prove(_call):
        return Reply(pack(b"no container"))

    @app.get("/verificationconf")
    async def configure(_call):
        return Reply(b"no configuration")

    return app


def through(app, work, **limits):
    """What `work` makes of the door."""

    async def run():
        async with serve_service(app, "127.0.0.1", 0) as server:
            return await work(replace(name_door(f"http://127.0.0.1:{server.port}", CLIENT), **limits))

    return asyncio.run(run())


def test_a_statement_is_signed_through_the_own_door_even_where_the_stamp_takes_a_while():
    envelope = through(serve_signing(refusals=1), lambda door: sign(state(), door=door))
    assert verify_envelope(envelope, trust()).member == MemberId("RW", "GOV", "1001")


def test_a_server_that_signs_something_else_gives_an_envelope_that_proves_nothing():
    envelope = through(serve_signing(alter=lambda body: body + b" "), lambda door: sign(state(), door=door))
    with pytest.raises(RidgewayError, match="other_body"):
        verify_envelope(envelope, trust())


def test_nobody_is_made_to_state_anything_for_another():
    with pytest.raises(RequestError, match="foreign_statement"):
        through(serve_signing(), lambda door: sign(state(by="RW/GOV/2002"), door=door))


def test_what_the_own_catalogue_refuses_is_not_signed():
    with pytest.raises(RequestError, match="statement_refused"):
        through(serve_signing(status=403), lambda door: sign(state(), door=door))


def test_a_stamp_that_never_comes_ends_the_wait():
    with pytest.raises(ServiceFault, match="not time-stamped yet"):
        through(serve_signing(refusals=1000), lambda door: sign(state(), door=door), stamp_seconds=0.6)


def ask(app, version="1.0.0", **limits):
    source = parse_source(f"xroad:RW/GOV/2002/desk/catalogue/energy-rebate-check@{version}")
    return through(app, lambda door: fetch(source, door=door), **limits)


@pytest.mark.parametrize(
    ("body", "version", "code"),
    [
        (b"x" * (MAX_ARCHIVE_BYTES + 1), "1.0.0", "io_error"),
        (b"PK\x03\x04 and no more", "1.0.0", "malformed_package"),
        (PACKED[: len(PACKED) // 2], "1.0.0", "malformed_package"),
        (PACKED, "2.0.0", "other_package"),
        (PACKED, "1.0.0", "malformed_global_conf"),
    ],
    ids=["oversized", "no zip", "truncated", "another version", "no trust"],
)
def test_a_catalogue_that_gives_something_else_gives_nothing(body, version, code):
    with pytest.raises(RidgewayError) as caught:
        ask(serve_package(body), version)
    assert caught.value.code == code


def test_a_catalogue_that_hangs_is_left():
    with pytest.raises(RidgewayError, match="not done in time"):
        ask(serve_package(PACKED, seconds=5), answer_seconds=0.3, stamp_seconds=0.1)


@pytest.mark.parametrize("archive", [b"", b"PK", pack(b"")[:-5]])
def test_what_is_no_archive_of_containers_is_refused(archive):
    with pytest.raises(ServiceFault):
        take_first(archive)


def test_a_member_by_itself_asks_nothing():
    with pytest.raises(RequestError, match="invalid_client"):
        name_door("http://127.0.0.1:1", BY)
