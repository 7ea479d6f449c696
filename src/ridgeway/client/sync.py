"""The same client for programs without asyncio.

    with Client("http://localhost:8080", "EX/GOV/1234/desk") as client:
        print(client.get("EX/GOV/5678/register/persons", "/38001085718").json())

Law: one thread of its own runs the asynchronous client; any number of threads may call.
"""

import asyncio
import threading
from collections.abc import Coroutine, Iterable
from pathlib import Path
from typing import Any, TypeVar, Unpack

from ridgeway.client.consumer import MAX_BODY_BYTES, AsyncClient, CallOptions, SoapOptions
from ridgeway.client.soap import SoapReply
from ridgeway.client.values import ServiceResponse
from ridgeway.http import ClientTls, PoolLimits
from ridgeway.protocol.identifiers import ClientId, ServiceId

T = TypeVar("T")


class Client:
    """One client (a subsystem) at one security server; see `AsyncClient` for the meaning of everything."""

    def __init__(
        self,
        door_url: str,
        client_id: ClientId | str,
        *,
        tls: ClientTls | None = None,
        limits: PoolLimits | None = None,
        max_body_bytes: int = MAX_BODY_BYTES,
    ) -> None:
        self.client = AsyncClient(door_url, client_id, tls=tls, limits=limits, max_body_bytes=max_body_bytes)
        self.loop: asyncio.AbstractEventLoop | None = None
        self.thread: threading.Thread | None = None

    def __enter__(self) -> "Client":
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name="ridgeway-client", daemon=True)
        self.thread.start()
        self.wait(self.client.__aenter__())
        return self

    def __exit__(self, *_exc: object) -> None:
        self.wait(self.client.__aexit__())
        loop, thread = self.loop, self.thread
        assert loop is not None
        assert thread is not None
        self.loop = self.thread = None
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` on the client's own thread, and wait for it."""
        if self.loop is None:
            work.close()
            raise RuntimeError("The client is not open: use it as `with Client(…) as client`.")
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    def get(self, service: ServiceId | str, path: str = "", **options: Unpack[CallOptions]) -> ServiceResponse:
        """GET: see `AsyncClient.call` for the options."""
        return self.call("GET", service, path, **options)

    def post(self, service: ServiceId | str, path: str = "", **options: Unpack[CallOptions]) -> ServiceResponse:
        """POST: see `AsyncClient.call` for the options."""
        return self.call("POST", service, path, **options)

    def put(self, service: ServiceId | str, path: str = "", **options: Unpack[CallOptions]) -> ServiceResponse:
        """PUT: see `AsyncClient.call` for the options."""
        return self.call("PUT", service, path, **options)

    def delete(self, service: ServiceId | str, path: str = "", **options: Unpack[CallOptions]) -> ServiceResponse:
        """DELETE: see `AsyncClient.call` for the options."""
        return self.call("DELETE", service, path, **options)

    def call(
        self, method: str, service: ServiceId | str, path: str = "", **options: Unpack[CallOptions]
    ) -> ServiceResponse:
        """The service's answer: see `AsyncClient.call`."""
        return self.wait(self.client.call(method, service, path, **options))

    def call_soap(self, service: ServiceId | str, body: bytes, **options: Unpack[SoapOptions]) -> SoapReply:
        """The answer of a SOAP service: see `AsyncClient.call_soap`."""
        return self.wait(self.client.call_soap(service, body, **options))

    def fetch_container(
        self, query_id: str, into: Path, *, flags: Iterable[str] = ("unique", "requestOnly")
    ) -> ServiceResponse:
        """The signed container of a query is in a file: see `AsyncClient.fetch_container`."""
        return self.wait(self.client.fetch_container(query_id, into, flags=flags))

    def fetch_verification_configuration(self, into: Path) -> ServiceResponse:
        """What is needed to verify offline is in a file: see `AsyncClient.fetch_verification_configuration`."""
        return self.wait(self.client.fetch_verification_configuration(into))
