"""What does our TLS over pyOpenSSL cost against the standard library's ssl, on uvloop, in one run?

Both sides of each pair are the same protocol on the same loop; only the TLS layer differs. Trust the ratios.
Run: python benchmarks/tls_wrapper.py
"""

import asyncio
import ssl
import statistics
import tempfile
import time
from pathlib import Path

from OpenSSL import SSL

from ridgeway.http import run
from ridgeway.http.tests.cast import Identity, new_identity
from ridgeway.http.tls import XROAD, XROAD_SUITES
from ridgeway.http.tls_transport import TlsLayer

ROUNDS = 5
SMALL, SMALL_TIMES = b"x" * 1024, 3000
LARGE, LARGE_TIMES = b"x" * (100 * 1024), 400
HANDSHAKES = 60


class Echo(asyncio.Protocol):
    """Sends back what comes."""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)


class Caller(asyncio.Protocol):
    """Sends a message, waits until as much came back, so many times."""

    def __init__(self, message=b"", times=0):
        self.message, self.times = message, times
        self.connected = asyncio.get_running_loop().create_future()
        self.done = asyncio.get_running_loop().create_future()
        self.missing = 0

    def connection_made(self, transport):
        self.transport = transport
        self.connected.set_result(None)

    def start(self):
        self.missing = len(self.message)
        self.times -= 1
        self.transport.write(self.message)

    def data_received(self, data):
        self.missing -= len(data)
        if not self.missing and self.times:
            self.start()
        elif not self.missing:
            self.done.set_result(None)


class Ours:
    """Our layer over pyOpenSSL memory BIOs."""

    def __init__(self, server: Identity, client: Identity):
        self.server, self.client = server.server(XROAD, require=True), client.client(XROAD)

    async def listen(self):
        loop = asyncio.get_running_loop()
        return await loop.create_server(
            lambda: TlsLayer(self.server, Echo(), handshake_timeout_seconds=10), "127.0.0.1", 0
        )

    async def connect(self, port, caller):
        layer = TlsLayer(self.client, caller, handshake_timeout_seconds=10)
        await asyncio.get_running_loop().create_connection(lambda: layer, "127.0.0.1", port)
        await caller.connected


class Standard:
    """The standard library's ssl, which uvloop drives."""

    def __init__(self, server: Identity, client: Identity, folder: Path):
        self.server = self.context(ssl.PROTOCOL_TLS_SERVER, server, folder)
        self.client = self.context(ssl.PROTOCOL_TLS_CLIENT, client, folder)

    def context(self, kind, identity, folder):
        files = identity.options(folder)[1::2]
        context = ssl.SSLContext(kind)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(XROAD_SUITES)
        (folder / "whole.pem").write_bytes(Path(files[0]).read_bytes() + Path(files[1]).read_bytes())
        context.load_cert_chain(folder / "whole.pem", files[2])
        return context

    async def listen(self):
        return await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", 0, ssl=self.server)

    async def connect(self, port, caller):
        await asyncio.get_running_loop().create_connection(lambda: caller, "127.0.0.1", port, ssl=self.client)
        await caller.connected


async def measure(side, message, times):
    """CPU microseconds of both ends for one message there and back."""
    listener = await side.listen()
    caller = Caller(message, times)
    await side.connect(listener.sockets[0].getsockname()[1], caller)
    started = time.process_time()
    caller.start()
    await caller.done
    used = time.process_time() - started
    caller.transport.close()
    listener.close()
    return used / times * 1e6


async def measure_handshakes(side):
    """CPU microseconds of both ends for one full handshake."""
    listener = await side.listen()
    port = listener.sockets[0].getsockname()[1]
    started = time.process_time()
    for _ in range(HANDSHAKES):
        caller = Caller()
        await side.connect(port, caller)
        caller.transport.close()
    used = time.process_time() - started
    listener.close()
    return used / HANDSHAKES * 1e6


async def main():
    """Interleave the rounds, print medians and ratios."""
    print(
        f"{SSL.SSLeay_version(SSL.SSLEAY_VERSION).decode()} (ours) · {ssl.OPENSSL_VERSION} (standard) · {ROUNDS} rounds"
    )
    with tempfile.TemporaryDirectory() as name:
        server, client = new_identity("server", "ec"), new_identity("client", "ec")
        sides = {"ours": Ours(server, client), "standard": Standard(server, client, Path(name))}
        questions = {
            "1 KB there and back": lambda side: measure(side, SMALL, SMALL_TIMES),
            "100 KB there and back": lambda side: measure(side, LARGE, LARGE_TIMES),
            "full handshake (P-256)": measure_handshakes,
        }
        for title, question in questions.items():
            found = {side: [] for side in sides}
            for _ in range(ROUNDS):
                for side, subject in sides.items():
                    found[side].append(await question(subject))
            ours, standard = (statistics.median(found[side]) for side in ("ours", "standard"))
            print(f"{title:24} ours {ours:8.0f} us   standard {standard:8.0f} us   ratio {ours / standard:.2f}")


if __name__ == "__main__":
    run(main())
