"""Garbage at a TLS port: before, during and after the handshake, it ends the connection and nothing raises."""

import asyncio
import contextlib
import functools
import logging

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from OpenSSL import SSL

from ridgeway.http import HttpLimits, Origin, Pool, serve
from ridgeway.http.tests.cast import ask_until_served, echo, new_identity
from ridgeway.http.tls import XROAD, ClientTls

identity = functools.cache(new_identity)

LIMITS = HttpLimits(handshake_timeout_seconds=0.05, idle_timeout_seconds=0.05, head_timeout_seconds=0.05)


async def attack(port: int, tls: ClientTls, *, wait: bool, data: bytes) -> None:
    """Say a proper hello (and shake hands, if `wait`), then garbage instead of what should come."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    peer = SSL.Connection(tls.context, None)
    peer.set_connect_state()
    try:
        async with asyncio.timeout(2):
            while True:
                is_done = False
                try:
                    peer.do_handshake()
                    is_done = True
                except SSL.WantReadError:
                    pass
                with contextlib.suppress(SSL.WantReadError):
                    writer.write(peer.bio_read(65536))
                if is_done or not wait:
                    break
                peer.bio_write(await reader.read(65536) or b"\x15")
            writer.write(data)
            while await reader.read(65536):
                pass
    except (ConnectionError, SSL.Error):
        pass
    finally:
        writer.transport.abort()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(min_size=1, max_size=200), wait=st.booleans(), as_record=st.booleans())
def test_garbage_after_hello_or_handshake_ends_the_connection_quietly(data, wait, as_record, caplog):
    problems = []
    words = b"\x17\x03\x03" + len(data).to_bytes(2, "big") + data if as_record else data

    async def main():
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: problems.append(context))
        tls = identity("server").server(XROAD)
        client = ClientTls(profile=XROAD)
        async with serve(echo, host="127.0.0.1", port=0, tls=tls, limits=LIMITS) as server, Pool() as pool:
            await attack(server.port, client, wait=wait, data=words)
            origin = Origin("127.0.0.1", server.port, client)
            assert (await ask_until_served(pool, origin)).status == 200

    asyncio.run(main())
    assert problems == []
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
