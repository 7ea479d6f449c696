"""Accounts and orders of the ACME door, in memory.

Law: an order is seen by the account that opened it alone; a certificate is issued once, for the order's name.
Source: RFC 8555 §7.1.6 (states), §7.4.
"""

import base64
import re
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509

from ridgeway.lab.authorities.acmejws import Problem, Signed
from ridgeway.lab.authorities.ca import CertificationAuthority, find_usage, read_request

MAX_ORDERS, MAX_ACCOUNTS, MAX_NAMES = 1000, 1000, 10
HOST_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")


@dataclass(frozen=True, slots=True)
class Account:
    """A key that is known, by its address."""

    url: str
    key: Any


@dataclass(slots=True)
class Order:
    """An order with one authorisation for each name."""

    number: str
    account: str
    names: tuple[str, ...]
    tokens: tuple[str, ...]
    states: list[str]
    errors: list[str]
    certificate: bytes = b""

    @property
    def status(self) -> str:
        """Where it stands."""
        if self.certificate:
            return "valid"
        if "invalid" in self.states:
            return "invalid"
        return "ready" if set(self.states) == {"valid"} else "pending"


@dataclass(slots=True)
class Orders:
    """What is known; the oldest goes when there is too much."""

    accounts: OrderedDict[str, Account] = field(default_factory=OrderedDict)
    orders: OrderedDict[str, Order] = field(default_factory=OrderedDict)

    def add_account(self, account: Account) -> None:
        """The account is known."""
        self.accounts[account.url] = account
        if len(self.accounts) > MAX_ACCOUNTS:
            self.accounts.popitem(last=False)

    def open(self, account: str, names: tuple[str, ...]) -> Order:
        """A new order."""
        tokens = tuple(secrets.token_urlsafe(24) for _ in names)
        order = Order(secrets.token_hex(8), account, names, tokens, ["pending"] * len(names), [""] * len(names))
        self.orders[order.number] = order
        if len(self.orders) > MAX_ORDERS:
            self.orders.popitem(last=False)
        return order

    def find(self, number: str, account: str) -> Order:
        """The order of an account.

        Raises:  Problem.
        """
        order = self.orders.get(number)
        if order is None or order.account != account:
            raise Problem("malformed", "There is no such order of this account.", status=404)
        return order

    def find_part(self, number: str, account: str) -> tuple[Order, int]:
        """The order of an authorisation, and which of its names it is for.

        Raises:  Problem.
        """
        whole, _, part = number.partition(".")
        order = self.find(whole, account)
        if part not in {str(place) for place in range(len(order.names))}:
            raise Problem("malformed", "There is no such authorization.", status=404)
        return order, int(part)


def read_names(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """The names that an order is for.

    Raises:  Problem(malformed | rejectedIdentifier).
    """
    wanted = payload.get("identifiers")
    if not isinstance(wanted, list) or not 0 < len(wanted) <= MAX_NAMES:
        raise Problem("malformed", f"An order is for one to {MAX_NAMES} identifiers.")
    names = []
    for each in wanted:
        kind, value = (each.get("type"), each.get("value")) if isinstance(each, dict) else (None, None)
        if kind != "dns" or not isinstance(value, str) or not HOST_NAME.fullmatch(value):
            raise Problem("rejectedIdentifier", f"{str(value)[:100]!r} is no name of a host in lower case.")
        names.append(value)
    return tuple(names)


def issue_for(authority: CertificationAuthority, order: Order, signed: Signed) -> bytes:
    """The certificate that the request of an order is answered with, and the root (PEM).

    Raises:  Problem(badCSR), RequestError(invalid_request).
    """
    text = signed.payload.get("csr")
    try:
        der = base64.urlsafe_b64decode(str(text) + "=" * (-len(str(text)) % 4))
    except ValueError as error:
        raise Problem("badCSR", "The request is no Base64url.") from error
    names = read_alternative_names(read_request(der))
    if not names <= set(order.names):
        raise Problem("badCSR", f"The request has the names {sorted(names)}, the order {sorted(order.names)}.")
    usage = find_usage(der)
    if "profile_id=" in signed.agent:
        usage = "signing" if "profile_id=sign" in signed.agent else "authentication"
    return authority.issue(der, usage)


def read_alternative_names(csr: x509.CertificateSigningRequest) -> set[str]:
    """The names of hosts in a request."""
    try:
        found = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    return set(found.get_values_for_type(x509.DNSName))
