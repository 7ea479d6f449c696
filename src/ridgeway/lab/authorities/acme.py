"""The certification authority's ACME door: it issues to whoever shows that a name is his.

    GET  /acme/directory, /acme/new-nonce, /acme/renewal-info/CERTIFICATE
    POST /acme/new-account, /acme/new-order, /acme/{order,authorization,challenge,finalize,certificate}/NUMBER

Law: as strict as RFC 8555 asks: a nonce serves once, a signature is over the address that was asked, an account sees
its own orders alone, and a certificate has no other name than the order. What it knows is gone with the process.
Source: RFC 8555, RFC 9773. Read next: `acmejws.py`, `acmeorders.py`.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from ridgeway.errors import NetworkError, RequestError
from ridgeway.http import HttpRefusal, Pool, Request, ResponseWriter, fetch
from ridgeway.lab.authorities.acmejws import Nonces, Problem, Signed, check_binding, read_signed, thumbprint
from ridgeway.lab.authorities.acmeorders import Account, Order, Orders, issue_for, read_names
from ridgeway.lab.authorities.ca import CertificationAuthority

PREFIX = "/acme/"
MAX_BODY_BYTES = 128 * 1024
MAX_VALIDATION_BYTES = 4096
VALIDATION_SECONDS = 10.0
RENEW_FROM, RENEW_TO = timedelta(days=60), timedelta(days=30)
"""Before its end, a certificate should be renewed between these."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its status, its fields beside the usual ones, its body."""

    status: int
    body: Any = None
    fields: tuple[tuple[str, str], ...] = ()
    content_type: str = "application/json"


@dataclass(slots=True)
class AcmeDoor:
    """The door. `bindings` maps key ids to MAC keys; with some, an account needs one of them.

    Names are asked at `validation_port`, which is 80 outside of labs.
    """

    authority: CertificationAuthority
    base_url: str
    validation_port: int = 80
    bindings: dict[str, bytes] = field(default_factory=dict, repr=False)
    nonces: Nonces = field(default_factory=Nonces)
    orders: Orders = field(default_factory=Orders)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def answer(self, request: Request, response: ResponseWriter) -> None:
        """One request under `/acme/`."""
        path = request.target.decode("latin-1").partition("?")[0].removeprefix(PREFIX)
        try:
            reply = await self.route(request, path)
        except Problem as problem:
            reply = refuse(problem)
        except RequestError as error:
            reply = refuse(Problem("badCSR", error.explain()))
        body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        fields = [
            ("Content-Type", reply.content_type),
            ("Replay-Nonce", self.nonces.make()),
            ("Cache-Control", "no-store"),
            ("Link", f'<{self.base_url}directory>;rel="index"'),
            *reply.fields,
        ]
        await response.send(reply.status, "", fields, b"" if reply.body is None else body)

    async def route(self, request: Request, path: str) -> Reply:
        """The answer to a request at a path below `/acme/`.

        Raises:  Problem.
        """
        name, _, number = path.partition("/")
        if request.method in {"GET", "HEAD"}:
            return self.answer_unsigned(name, number)
        handlers: dict[str, Callable[[Signed, str], Reply | Awaitable[Reply]]] = {
            "new-account": self.new_account,
            "new-order": self.new_order,
            "order": self.show_order,
            "authorization": self.show_authorization,
            "challenge": self.take_challenge,
            "finalize": self.finalize,
            "certificate": self.show_certificate,
        }
        if request.method != "POST" or name not in handlers:
            raise Problem("malformed", "nothing here", status=404)
        body = await request.read(MAX_BODY_BYTES)
        agent = request.headers.get("user-agent") or ""
        signed = read_signed(
            body, url=f"{self.base_url}{path}", nonces=self.nonces, find_key=self.find_key, agent=agent
        )
        answered = handlers[name](signed, number)
        return answered if isinstance(answered, Reply) else await answered

    def find_key(self, key_id: str) -> Any:
        """The key of an account, by its address."""
        account = self.orders.accounts.get(key_id)
        if account is None:
            raise Problem("accountDoesNotExist", "This account is not known here.")
        return account.key

    def answer_unsigned(self, name: str, number: str) -> Reply:
        """What is asked without a signature."""
        if name == "directory":
            resources = {"newNonce": "new-nonce", "newAccount": "new-account", "newOrder": "new-order"}
            found = {key: f"{self.base_url}{path}" for key, path in resources.items()}
            meta = {"externalAccountRequired": bool(self.bindings)}
            return Reply(200, {**found, "renewalInfo": f"{self.base_url}renewal-info", "meta": meta})
        if name == "new-nonce":
            return Reply(204)
        if name == "renewal-info":
            return self.tell_renewal(number)
        raise Problem("malformed", "nothing here", status=404)

    def new_account(self, signed: Signed, _: str) -> Reply:
        """The account of a key, made when it is new."""
        known = next((each for each in self.orders.accounts.values() if each.key == signed.key), None)
        if known is not None:
            return Reply(200, {"status": "valid"}, (("Location", known.url),))
        if signed.payload.get("onlyReturnExisting"):
            raise Problem("accountDoesNotExist", "This account is not known here.")
        if self.bindings:
            check_binding(signed, self.bindings)
        account = Account(f"{self.base_url}account/{len(self.orders.accounts) + 1}", signed.key)
        self.orders.add_account(account)
        return Reply(201, {"status": "valid"}, (("Location", account.url),))

    def new_order(self, signed: Signed, _: str) -> Reply:
        """An order for the names that are asked."""
        order = self.orders.open(signed.key_id, read_names(signed.payload))
        return Reply(201, self.describe(order), (("Location", f"{self.base_url}order/{order.number}"),))

    def show_order(self, signed: Signed, number: str) -> Reply:
        """How an order stands."""
        return Reply(200, self.describe(self.orders.find(number, signed.key_id)))

    def show_authorization(self, signed: Signed, number: str) -> Reply:
        """How an authorisation stands; it has the number of its order and the place of its name in it."""
        order, place = self.orders.find_part(number, signed.key_id)
        return Reply(200, self.describe_authorization(order, place))

    def take_challenge(self, signed: Signed, number: str) -> Reply:
        """The client is ready: its name is asked now."""
        order, place = self.orders.find_part(number, signed.key_id)
        if order.states[place] == "pending" and not order.errors[place]:
            order.states[place] = "processing"
            task = asyncio.create_task(self.validate(order, place, signed.key))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        up = f'<{self.base_url}authorization/{order.number}.{place}>;rel="up"'
        return Reply(200, self.describe_challenge(order, place), (("Link", up),))

    async def validate(self, order: Order, place: int, key: Any) -> None:
        """The name of an authorisation is asked, and it is valid or not."""
        name, token = order.names[place], order.tokens[place]
        url = f"http://{name}:{self.validation_port}/.well-known/acme-challenge/{token}"
        try:
            async with asyncio.timeout(VALIDATION_SECONDS), Pool() as pool:
                found = await fetch(pool, "GET", url, max_bytes=MAX_VALIDATION_BYTES)
            if found.status != 200 or found.body.decode("ascii", "replace").rstrip() != f"{token}.{thumbprint(key)}":
                raise ValueError(f"{url} answered {found.status}, and not the key authorisation")
        except (NetworkError, HttpRefusal, TimeoutError, ValueError) as error:
            order.states[place], order.errors[place] = "invalid", str(error) or "no answer in time"
        else:
            order.states[place] = "valid"

    def finalize(self, signed: Signed, number: str) -> Reply:
        """The certificate of an order whose names are all valid."""
        order = self.orders.find(number, signed.key_id)
        if order.status != "ready":
            raise Problem("orderNotReady", f"The order is {order.status}.", status=403)
        order.certificate = issue_for(self.authority, order, signed)
        return Reply(200, self.describe(order), (("Location", f"{self.base_url}order/{order.number}"),))

    def show_certificate(self, signed: Signed, number: str) -> Reply:
        """The certificate of an order."""
        order = self.orders.find(number, signed.key_id)
        if not order.certificate:
            raise Problem("malformed", "There is no certificate yet.", status=404)
        return Reply(200, order.certificate, content_type="application/pem-certificate-chain")

    def tell_renewal(self, name: str) -> Reply:
        """When a certificate should be renewed: at once when it is revoked."""
        found = self.authority.find_issued(name)
        if found is None:
            raise Problem("malformed", "This certificate was not issued here.", status=404)
        certificate, is_revoked = found
        end = certificate.not_valid_before_utc if is_revoked else certificate.not_valid_after_utc - RENEW_TO
        window = {"start": (end - (RENEW_FROM - RENEW_TO)).isoformat(), "end": end.isoformat()}
        return Reply(200, {"suggestedWindow": window}, (("Retry-After", "21600"),))

    def describe(self, order: Order) -> dict[str, Any]:
        """An order as it is told."""
        told: dict[str, Any] = {
            "status": order.status,
            "identifiers": [{"type": "dns", "value": name} for name in order.names],
            "authorizations": [f"{self.base_url}authorization/{order.number}.{at}" for at in range(len(order.names))],
            "finalize": f"{self.base_url}finalize/{order.number}",
        }
        if order.certificate:
            told["certificate"] = f"{self.base_url}certificate/{order.number}"
        return told

    def describe_authorization(self, order: Order, place: int) -> dict[str, Any]:
        """An authorisation as it is told; it pends while its name is asked."""
        state = order.states[place]
        return {
            "status": "pending" if state == "processing" else state,
            "identifier": {"type": "dns", "value": order.names[place]},
            "challenges": [self.describe_challenge(order, place)],
        }

    def describe_challenge(self, order: Order, place: int) -> dict[str, Any]:
        """A challenge as it is told."""
        told: dict[str, Any] = {
            "type": "http-01",
            "status": order.states[place],
            "url": f"{self.base_url}challenge/{order.number}.{place}",
            "token": order.tokens[place],
        }
        if order.errors[place]:
            told["error"] = Problem("unauthorized", order.errors[place]).to_json()
        return told


def refuse(problem: Problem) -> Reply:
    """A request is refused."""
    return Reply(problem.status, problem.to_json(), content_type="application/problem+json")
