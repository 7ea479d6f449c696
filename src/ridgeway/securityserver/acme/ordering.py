"""One order: the authority sees that the name is ours, and answers a certificate request with a certificate.

Law: it ends within its time; what goes wrong says at which step and what the authority said.
Source: RFC 8555 §7.4, §7.5, §8.3. X-Road orders one name, the request's alternative name or its common name.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import josepy.errors
from acme import challenges, client, errors, messages
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ridgeway.errors import NetworkError, TrustError
from ridgeway.securityserver.acme.challenges import ChallengeDoor

POLL_SECONDS = 1.0
MAX_CHAIN_CERTIFICATES = 10

Failures = (errors.Error, messages.Error, josepy.errors.Error, OSError, ValueError)
"""What the library raises when an authority cannot be reached (OSError), refuses, or says what cannot be read."""


class Orders(client.ClientV2):
    """The library's client, which orders the one name that it is told."""

    def start(self, name: str, csr_pem: bytes) -> messages.OrderResource:
        """A new order for `name`, with its authorisations."""
        wanted = messages.NewOrder(identifiers=[messages.Identifier(typ=messages.IDENTIFIER_FQDN, value=name)])
        response = self._post(self.directory["newOrder"], wanted)
        body = messages.Order.from_json(response.json())
        found = [self._authzr_from_response(self._post_as_get(url), uri=url) for url in body.authorizations or ()]
        return messages.OrderResource(
            body=body, uri=response.headers.get("Location"), authorizations=found, csr_pem=csr_pem
        )


async def order_certificate(
    account: client.ClientV2, *, name: str, csr: bytes, door: ChallengeDoor, timeout_seconds: float
) -> tuple[bytes, ...]:
    """The certificate that answers `csr` (DER), and the chain that came with it (DER, leaf first).

    Raises:  NetworkError(acme_failed) with what the authority said; TrustError(acme_failed) when it is no answer.
    """
    orders = Orders(account.directory, account.net)
    pem = x509.load_der_x509_csr(csr).public_bytes(Encoding.PEM)
    try:
        async with asyncio.timeout(timeout_seconds):
            order = await do("ordering", lambda: orders.start(name, pem))
            await authorise(orders, order, door)
            until = datetime.now() + timedelta(seconds=timeout_seconds)  # noqa: DTZ005, TID251  as the library counts
            done = await do("issuing", lambda: orders.finalize_order(order, until))
    except TimeoutError as error:
        raise failed(f"It was not done within {timeout_seconds:g} seconds.") from error
    return read_chain(done.fullchain_pem, csr)


async def authorise(orders: Orders, order: messages.OrderResource, door: ChallengeDoor) -> None:
    """The authority has seen that each name of the order is ours."""
    for authorisation in order.authorizations:
        if authorisation.body.status != messages.STATUS_PENDING:
            continue
        chosen = choose_challenge(authorisation)
        response, validation = chosen.response_and_validation(orders.net.key)
        door.answers[chosen.chall.path] = validation
        try:
            await do("answering a challenge", partial(orders.answer_challenge, chosen, response))
            await wait_for(orders, authorisation)
        finally:
            door.answers.pop(chosen.chall.path, None)


def choose_challenge(authorisation: messages.AuthorizationResource) -> messages.ChallengeBody:
    """The challenge that we can answer.

    Raises:  NetworkError(acme_failed).
    """
    for each in authorisation.body.challenges:
        if isinstance(each.chall, challenges.HTTP01):
            return each
    raise failed(f"For {authorisation.body.identifier.value} it offers no challenge of the kind http-01.")


async def wait_for(orders: Orders, authorisation: messages.AuthorizationResource) -> None:
    """The authorisation is valid.

    Raises:  NetworkError(acme_failed) with why it is not.
    """
    while True:
        looked, _ = await do("validating", lambda: orders.poll(authorisation))
        if looked.body.status == messages.STATUS_VALID:
            return
        if looked.body.status != messages.STATUS_PENDING and looked.body.status != messages.STATUS_PROCESSING:
            said = "; ".join(str(each.error) for each in looked.body.challenges if each.error is not None)
            raise failed(f"{authorisation.body.identifier.value} was not validated: {said or looked.body.status.name}.")
        await asyncio.sleep(POLL_SECONDS)


def read_chain(pem: str, csr: bytes) -> tuple[bytes, ...]:
    """The certificates of an answer, which begins with one for the key of `csr`.

    Raises:  TrustError(acme_failed).
    """
    try:
        found = x509.load_pem_x509_certificates(pem.encode())
        wanted = x509.load_der_x509_csr(csr).public_key()
        if not 0 < len(found) <= MAX_CHAIN_CERTIFICATES or found[0].public_key() != wanted:
            raise ValueError("the first certificate is not for the key of the request")
    except ValueError as error:
        raise TrustError("acme_failed", f"The authority's answer is no certificate of ours: {error}.") from error
    return tuple(each.public_bytes(Encoding.DER) for each in found)


async def do(what: str, work: Callable[[], Any]) -> Any:
    """The value of `work`, which asks the authority, done in a thread.

    Raises:  NetworkError(acme_failed).
    """
    try:
        return await asyncio.to_thread(work)
    except Failures as error:
        raise failed(f"{what.capitalize()} failed: {describe(error)}") from error


def describe(error: BaseException) -> str:
    """What an authority said, in one line that is printable."""
    text = " ".join(str(error).split()) or type(error).__name__
    return "".join(letter for letter in text[:500] if letter.isprintable())


def failed(why: str) -> NetworkError:
    """The error of an order."""
    return NetworkError("acme_failed", f"The certificate was not issued. {why}")
