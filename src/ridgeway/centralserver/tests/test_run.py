import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ridgeway.office.documents.tests.ready  # noqa: F401  before any table
from ridgeway.centralserver.publishing import ask_database
from ridgeway.centralserver.run import RETRY_SECONDS, Publisher, run_until
from ridgeway.centralserver.serving import find_name
from ridgeway.centralserver.tests.cast import NOW, Place, a_signer, cluster, place
from ridgeway.http import Pool, Response, fetch
from ridgeway.signer import KeyType, SignerClient

__all__ = ["cluster", "place"]

LIMIT_SECONDS = 20


@asynccontextmanager
async def a_central_server(place: Place) -> AsyncIterator[str]:
    """A running central server; its address."""
    stop = asyncio.Event()
    ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    async with asyncio.TaskGroup() as group:
        group.create_task(run_until(stop.wait(), place.settings, on_ready=ready.set_result))
        try:
            yield f"http://127.0.0.1:{await asyncio.wait_for(ready, LIMIT_SECONDS)}"
        finally:
            stop.set()


async def ask(url: str, method: str = "GET", headers: tuple[tuple[str, str], ...] = ()) -> Response:
    async with Pool() as pool:
        return await fetch(pool, method, url, headers=headers, max_bytes=1_000_000)


async def test_directories_and_parts_are_served_by_version(place: Place):
    async with a_signer(place, KeyType.EC_P256):
        await ask_database(place.apply)
        async with a_central_server(place) as url:
            for target, version in (("?version=6", 6), ("", 2), ("?a=b&version=3&c", 3), ("?version=x", 2)):
                answer = await ask(f"{url}/internalconf{target}")
                assert answer.status == 200
                assert f"\r\nVersion: {version}\r\n".encode() in answer.body
            assert (await ask(f"{url}/externalconf?version=7")).status == 404
            location = next(
                line for line in answer.body.decode().splitlines() if line.startswith("Content-location: ")
            ).split(" ")[1]
            part = await ask(url + location)
            assert part.status == 200
            assert part.body == (place.public / location.removeprefix("/")).read_bytes()
            known = (("If-None-Match", part.headers.get("ETag")),)
            assert (await ask(url + location, headers=known)).status == 304
            assert (await ask(f"{url}/internalconf", headers=known)).status == 200
            head = await ask(url + location, method="HEAD")
            assert (head.status, head.body) == (200, b"")
            for target in ("/", "/.lock", "/V2", "/V2/internalconf", "/V2/../.lock", "/V2/%2e%2e/.lock"):
                assert (await ask(url + target)).status == 404
            assert (await ask(f"{url}/internalconf", method="POST")).status == 405


async def test_a_document_is_published_as_soon_as_it_is_applied(place: Place):
    async with a_signer(place, KeyType.EC_P256), a_central_server(place) as url:
        health = await ask(f"{url}/healthz")
        assert health.status == 503
        assert "centralserver apply" in json.loads(health.body)["fault"]
        await ask_database(place.apply)
        await until_healthy(url, document_version=1)
        place.change("name: Parliament", "name: The Parliament")
        await ask_database(place.apply)
        await until_healthy(url, document_version=2)


async def test_a_publication_that_failed_waits_before_it_is_tried_again_unless_something_changes(place: Place):
    now = NOW
    async with SignerClient.of(place.settings) as nobody:
        publisher = Publisher(place.settings, nobody, lambda: now)
        await publisher.look()
        assert publisher.due_at == NOW + timedelta(seconds=RETRY_SECONDS)
        now = NOW + timedelta(seconds=RETRY_SECONDS / 2)
        await publisher.look()
        assert publisher.due_at == NOW + timedelta(seconds=RETRY_SECONDS)
        await ask_database(place.apply)
        await publisher.look()
        assert publisher.due_at == now + timedelta(seconds=RETRY_SECONDS)


async def until_healthy(url: str, *, document_version: int) -> None:
    async with asyncio.timeout(LIMIT_SECONDS):
        while True:
            health = await ask(f"{url}/healthz")
            if health.status == 200 and json.loads(health.body)["document_version"] == document_version:
                return
            await asyncio.sleep(0.05)


@given(
    st.one_of(st.text(max_size=60), st.from_regex(r"/V[0-9]+/[0-9./]*[a-z./%-]*", fullmatch=True)), st.text(max_size=30)
)
def test_no_request_names_a_file_outside(path: str, query: str):
    name = find_name(path, query)
    if name is not None:
        folder = Path("/public")
        assert (folder / name).resolve().is_relative_to(folder / "V0".replace("0", name[1:].split("/")[0]))


@pytest.mark.parametrize("query", ["version=6", "x=1&version=6", "version=6&version=5"])
def test_the_version_is_the_first_in_the_query(query: str):
    assert find_name("/internalconf", query) == "V6/internalconf"
