"""TLS: two profiles, whole chains, resumption, refusals, and foreign tools at the other end."""

# ruff: noqa: SIM117 - who serves and who asks stand on lines of their own

import asyncio
import functools
import subprocess

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ridgeway.http import ClientTls, HttpLimits, Origin, PeerLostError, Pool, PoolLimits, fetch, parse_url, run, serve
from ridgeway.http.tests.cast import Identity, echo, issue_public, new_identity, new_key, read_all
from ridgeway.http.tls import EXCHANGE, EXCHANGE_PROFILES, MODERN, XROAD, XROAD_SUITES

identity = functools.cache(new_identity)


async def say_who(request, response):
    """Answer with the number of certificates the client sent, and whether it resumed."""
    facts = request.connection
    is_whole = facts.peer_chain in {(), identity("client", "ec").chain, identity("client", "rsa").chain}
    text = f"{len(facts.peer_chain)} {is_whole} {facts.is_resumed} {facts.tls_version} {await request.read(10)!r}"
    await response.send(200, "OK", [], text.encode())


@pytest.mark.parametrize("kind", ["ec", "rsa"])
@pytest.mark.parametrize("profile", [XROAD, EXCHANGE, MODERN], ids=lambda profile: profile.name)
async def test_both_sides_see_the_whole_chain_as_sent_even_when_the_session_is_resumed(profile, kind):
    server_tls = identity("server", kind).server(profile, require=True)
    client_tls = identity("client", kind).client(profile)
    seen = []
    async with serve(say_who, host="127.0.0.1", port=0, tls=server_tls) as server, Pool() as pool:
        for fresh in (True, False, True):
            async with pool.exchange(Origin("127.0.0.1", server.port, client_tls), fresh=fresh) as exchange:
                assert exchange.connection.peer_chain == identity("server", kind).chain
                await exchange.start("GET", "/")
                await exchange.finish()
                seen.append((exchange.is_reused, exchange.connection.is_resumed, (await exchange.read(100)).decode()))
    version = "TLSv1.2" if profile is XROAD else "TLSv1.3"
    assert seen == [
        (False, False, f"2 True False {version} b''"),
        (True, False, f"2 True False {version} b''"),
        (False, True, f"2 True True {version} b''"),
    ]


async def test_a_server_that_requires_a_certificate_refuses_a_client_without():
    server_tls = identity("server", "ec").server(XROAD, require=True)
    async with serve(say_who, host="127.0.0.1", port=0, tls=server_tls) as server, Pool() as pool:
        with pytest.raises(PeerLostError) as caught:
            await fetch(pool, "GET", (Origin("127.0.0.1", server.port, ClientTls(profile=XROAD)), "/"), max_bytes=100)
    assert caught.value.code in {"ssl_authentication_failed", "network_error"}


async def test_a_server_that_asks_takes_a_client_without_a_certificate():
    server_tls = identity("server", "ec").server(request=True)
    async with serve(say_who, host="127.0.0.1", port=0, tls=server_tls) as server, Pool() as pool:
        answer = await fetch(pool, "GET", (Origin("127.0.0.1", server.port, ClientTls()), "/"), max_bytes=100)
    assert answer.body == b"0 True False TLSv1.3 b''"


async def test_profiles_that_have_nothing_in_common_do_not_connect():
    server_tls = identity("server", "rsa").server(XROAD)
    async with serve(say_who, host="127.0.0.1", port=0, tls=server_tls) as server, Pool() as pool:
        with pytest.raises(PeerLostError, match="handshake failed") as caught:
            await fetch(pool, "GET", (Origin("127.0.0.1", server.port, ClientTls()), "/"), max_bytes=100)
    assert caught.value.code == "ssl_authentication_failed"


async def test_a_pinned_certificate_is_demanded():
    chain = identity("server", "ec").chain
    async with (
        serve(say_who, host="127.0.0.1", port=0, tls=identity("server", "ec").server()) as server,
        Pool() as pool,
    ):
        good = Origin("127.0.0.1", server.port, ClientTls(pinned=chain[:1]))
        bad = Origin("127.0.0.1", server.port, ClientTls(pinned=chain[1:]))
        assert (await fetch(pool, "GET", (good, "/"), max_bytes=100)).status == 200
        with pytest.raises(PeerLostError, match="none of those registered"):
            await fetch(pool, "GET", (bad, "/"), max_bytes=100)


async def test_a_server_may_change_its_identity_while_it_runs():
    first, second = identity("server", "ec"), identity("other", "ec")
    async with serve(say_who, host="127.0.0.1", port=0, tls=first.server()) as server, Pool() as pool:
        origin = Origin("127.0.0.1", server.port, ClientTls())
        leaves = []
        for one in (first, second):
            server.tls = one.server()
            async with pool.exchange(origin, fresh=True) as exchange:
                leaves.append(exchange.connection.peer_chain)
    assert leaves == [first.chain, second.chain]


async def test_a_silent_handshake_ends_in_time_on_both_sides():
    async def silent(reader, writer):
        await reader.read()
        writer.close()

    limits = HttpLimits(handshake_timeout_seconds=0.1)
    tls = identity("server", "ec").server()
    mute = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with serve(say_who, host="127.0.0.1", port=0, tls=tls, limits=limits) as server, mute:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        assert await read_all(reader) == b""
        writer.close()
        async with Pool(PoolLimits(connect_timeout_seconds=0.1)) as pool:
            port = mute.sockets[0].getsockname()[1]
            with pytest.raises(PeerLostError, match="took too long"):
                await fetch(pool, "GET", (Origin("127.0.0.1", port, ClientTls()), "/"), max_bytes=1)


async def test_plain_http_at_a_tls_port_is_closed_and_the_crowd_limit_counts_handshakes():
    tls = identity("server", "ec").server()
    limits = HttpLimits(max_connections=1)
    async with serve(say_who, host="127.0.0.1", port=0, tls=tls, limits=limits) as server, Pool() as pool:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        await asyncio.sleep(0.05)
        with pytest.raises(PeerLostError):
            await fetch(pool, "GET", (Origin("127.0.0.1", server.port, ClientTls()), "/"), max_bytes=1)
        writer.write(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        assert not (await read_all(reader)).startswith(b"HTTP")
        writer.close()
        await asyncio.sleep(0.05)
        assert (
            await fetch(pool, "GET", (Origin("127.0.0.1", server.port, ClientTls()), "/"), max_bytes=99)
        ).status == 200


async def test_a_cut_without_close_notify_is_no_end_of_a_body():
    async def handler(request, response):
        await response.start(200, "OK", [])
        await response.write(b"part")
        await asyncio.sleep(0.05)
        request.stream.on_pause.__self__.layer.raw.close()

    tls = identity("server", "ec").server()
    async with serve(handler, host="127.0.0.1", port=0, tls=tls) as server, Pool() as pool:
        async with pool.exchange(Origin("127.0.0.1", server.port, ClientTls())) as exchange:
            await exchange.start("GET", "/")
            await exchange.finish()
            with pytest.raises(PeerLostError, match="close_notify"):
                await exchange.read(100)


async def test_a_long_body_passes_through_tls_both_ways_with_slow_readers():
    size, piece = 30 * 1024 * 1024, bytes(range(256)) * 512
    tls = identity("server", "ec").server()
    async with serve(echo, host="127.0.0.1", port=0, tls=tls) as server, Pool() as pool:
        async with pool.exchange(Origin("127.0.0.1", server.port, ClientTls())) as exchange:
            await exchange.start("POST", "/", [])

            async def upload():
                for _ in range(size // len(piece)):
                    await exchange.write(piece)
                await exchange.finish()

            async with asyncio.TaskGroup() as group:
                group.create_task(upload())
                received = bytearray()
                async for chunk in exchange.body():
                    received += chunk
                    if len(received) % 7 == 0:
                        await asyncio.sleep(0.001)
    assert bytes(received) == piece * (size // len(piece))


def openssl(*arguments: str) -> list[str]:
    """A command of the system's own OpenSSL."""
    return ["openssl", *arguments]


async def run_openssl(command: list[str], words: bytes) -> bytes:
    """What a foreign client says after it was told `words`."""
    process = await asyncio.create_subprocess_exec(
        *command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(words)
    await process.stdin.drain()
    async with asyncio.timeout(20):
        output = await process.stdout.read()
        await process.wait()
    return output


@pytest.mark.parametrize("profile", [XROAD, EXCHANGE], ids=lambda profile: profile.name)
@pytest.mark.parametrize("suite", XROAD_SUITES.split(":"))
async def test_a_foreign_client_connects_with_each_suite_of_the_exchange(tmp_path, suite, profile):
    kind = "ec" if "ECDSA" in suite else "rsa"
    tls = identity("server", kind).server(profile, require=True)
    async with serve(say_who, host="127.0.0.1", port=0, tls=tls) as server:
        command = openssl("s_client", "-connect", f"127.0.0.1:{server.port}", "-tls1_2", "-cipher", suite, "-ign_eof")
        command += identity("client", kind).options(tmp_path)
        output = await run_openssl(command, b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    assert f"Cipher is {suite}".encode() in output
    assert b"\r\n\r\n2 True False TLSv1.2 b''" in output


@pytest.mark.parametrize("arguments", [["-tls1_3"], ["-tls1_2", "-cipher", "ECDHE+AESGCM"], ["-tls1_1"]], ids=str)
async def test_a_foreign_client_with_another_version_or_suite_is_refused(arguments):
    tls = identity("server", "rsa").server(XROAD)
    async with serve(say_who, host="127.0.0.1", port=0, tls=tls) as server:
        command = openssl("s_client", "-connect", f"127.0.0.1:{server.port}", *arguments)
        output = await run_openssl(command, b"")
    assert b"Cipher is (NONE)" in output


@pytest.mark.parametrize("arguments", [["-tls1_2", "-cipher", "ECDHE+AESGCM"], ["-tls1_1"]], ids=str)
async def test_beside_tls_1_3_only_the_suites_of_the_exchange_are_spoken(arguments):
    tls = identity("server", "rsa").server(EXCHANGE)
    async with serve(say_who, host="127.0.0.1", port=0, tls=tls) as server:
        command = openssl("s_client", "-connect", f"127.0.0.1:{server.port}")
        refused = await run_openssl([*command, *arguments], b"")
        ask = b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
        spoken = await run_openssl([*command, "-tls1_3", "-ign_eof"], ask)
    assert b"Cipher is (NONE)" in refused
    assert b"Cipher is TLS_AES_256_GCM_SHA384" in spoken


@pytest.mark.parametrize(
    ("asking", "answering", "version"),
    [("1.3", "1.3", "TLSv1.3"), ("1.3", "1.2", "TLSv1.2"), ("1.2", "1.3", "TLSv1.2"), ("1.2", "1.2", "TLSv1.2")],
)
async def test_two_security_servers_speak_the_newest_tls_that_both_may(asking, answering, version):
    server_tls = identity("server", "ec").server(EXCHANGE_PROFILES[answering], require=True)
    client_tls = identity("client", "ec").client(EXCHANGE_PROFILES[asking])
    async with serve(say_who, host="127.0.0.1", port=0, tls=server_tls) as server, Pool() as pool:
        async with pool.exchange(Origin("127.0.0.1", server.port, client_tls)) as exchange:
            facts = exchange.connection
    assert (facts.tls_version, facts.peer_chain) == (version, identity("server", "ec").chain)
    assert version == "TLSv1.3" or facts.cipher in XROAD_SUITES.split(":")


async def test_renegotiation_is_refused():
    tls = identity("server", "rsa").server(XROAD)
    async with serve(say_who, host="127.0.0.1", port=0, tls=tls) as server:
        command = openssl("s_client", "-connect", f"127.0.0.1:{server.port}", "-tls1_2", "-cipher", XROAD_SUITES)
        output = await run_openssl(command, b"R\n")
    assert b"no renegotiation" in output


@pytest.mark.parametrize("profile", [XROAD, EXCHANGE], ids=lambda profile: profile.name)
@pytest.mark.parametrize("suite", XROAD_SUITES.split(":"))
async def test_our_client_connects_to_a_foreign_server_with_each_suite(tmp_path, suite, profile):
    kind = "ec" if "ECDSA" in suite else "rsa"
    command = openssl("s_server", "-accept", "127.0.0.1:0", "-www", "-tls1_2", "-cipher", suite, "-Verify", "3")
    command += identity("server", kind).options(tmp_path)
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(20):
            while not (line := await process.stdout.readline()).startswith(b"ACCEPT"):
                assert line
        port = int(line.decode().strip().rpartition(":")[2])
        async with Pool() as pool:
            origin = Origin("127.0.0.1", port, identity("client", kind).client(profile))
            async with pool.exchange(origin) as exchange:
                facts = exchange.connection
                await exchange.start("GET", "/")
                await exchange.finish()
                status = (await exchange.response()).status
    finally:
        process.kill()
        await process.communicate()
    assert (status, facts.cipher, facts.peer_chain) == (200, suite, identity("server", kind).chain)


def new_public_identity(name: str, host: str) -> tuple[Identity, bytes]:
    """A server as on the web, with its authority."""
    root, leaf = new_key("ec"), new_key("ec")
    authority = issue_public(name, root, root, host=None)
    chain = (issue_public(name, leaf, root, host=host),)
    return Identity(chain, leaf.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())), authority


async def test_a_public_server_must_name_the_host_under_a_known_authority():
    (good, authority), (_, stranger) = (
        new_public_identity("root", "127.0.0.1"),
        new_public_identity("root", "127.0.0.1"),
    )
    other, other_authority = new_public_identity("root", "127.0.0.2")
    cases = [(good, authority), (good, stranger), (other, other_authority)]
    outcomes = []
    async with Pool() as pool:
        for identity_shown, trusted in cases:
            async with serve(say_who, host="127.0.0.1", port=0, tls=identity_shown.server()) as server:
                origin = Origin("127.0.0.1", server.port, ClientTls(authorities=(trusted,), is_public=True))
                try:
                    outcomes.append((await fetch(pool, "GET", (origin, "/"), max_bytes=100)).status)
                except PeerLostError as error:
                    outcomes.append("not good for 127.0.0.1" in error.detail)
    assert outcomes == [200, True, True]


async def test_an_https_address_is_verified_unless_the_caller_decides():
    async with (
        serve(say_who, host="127.0.0.1", port=0, tls=identity("server", "ec").server()) as server,
        Pool() as pool,
    ):
        url = f"https://127.0.0.1:{server.port}/"
        with pytest.raises(PeerLostError, match="No TLS connection"):
            await fetch(pool, "GET", url, max_bytes=100)
        assert (await fetch(pool, "GET", parse_url(url, tls=ClientTls()), max_bytes=100)).status == 200


def test_long_bodies_pass_through_tls_on_uvloop_too():
    run(test_a_long_body_passes_through_tls_both_ways_with_slow_readers())
    run(test_a_cut_without_close_notify_is_no_end_of_a_body())


async def test_through_tls_an_abort_is_no_end_and_a_client_that_leaves_cancels_the_handler():
    entered, cancelled = asyncio.Event(), asyncio.Event()

    async def handler(request, response):
        await response.start(200, "OK", [])
        await response.write(b"part")
        if request.target == b"/abort":
            response.abort()
            return
        entered.set()
        try:
            await asyncio.sleep(30)
        finally:
            cancelled.set()

    tls = identity("server", "ec").server()
    async with serve(handler, host="127.0.0.1", port=0, tls=tls) as server, Pool() as pool:
        origin = Origin("127.0.0.1", server.port, ClientTls())
        with pytest.raises(PeerLostError):
            await fetch(pool, "GET", (origin, "/abort"), max_bytes=100)
        async with pool.exchange(origin) as exchange:
            await exchange.start("GET", "/wait")
            await exchange.finish()
            async with asyncio.timeout(5):
                await entered.wait()
        async with asyncio.timeout(5):
            await cancelled.wait()
