"""E-mail addresses: which are taken, and which reach the same person.

Law: mail goes to the address as typed; who has signed is decided by its canonical form, which a table of domains makes:
an exact domain before `*.parent`, the nearest parent first, before `*`. To make it twice changes nothing.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ridgeway.services.petitions.rules.faults import Fault, Wrong
from ridgeway.services.petitions.rules.texts import is_formula

ADDRESS_LIMIT = 254
LOCAL_LIMIT = 64
MAX_ALIASES = 5
ANY = "*"
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
LOCAL = re.compile(rf"{ATOM}(?:\.{ATOM})*")
DOMAIN = re.compile(rf"(?:{LABEL}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9-]{{1,59}})")


@dataclass(frozen=True, slots=True)
class DomainRule:
    """How addresses of `pattern` are spelled in one way.

    Shapes:  `pattern` is a domain, `*.parent` or `*`; each sign of `strip_extension` begins an extension that does not
             count; `aliased_to` is the domain that it is the same as, whose own rule holds then.
    """

    pattern: str
    strip_characters: str = ""
    strip_extension: str = "+"
    aliased_to: str = ""


USUAL_RULES = (
    DomainRule("*"),
    DomainRule("gmail.com", strip_characters="."),
    DomainRule("googlemail.com", strip_characters=".", aliased_to="gmail.com"),
)
"""What a new site begins with."""


class DomainTable:
    """The rules, found by domain."""

    def __init__(self, rules: Iterable[DomainRule]) -> None:
        self.rules: Mapping[str, DomainRule] = {rule.pattern.lower(): rule for rule in rules}

    def find(self, domain: str) -> DomainRule | None:
        """The nearest rule for a domain in small letters."""
        if domain in self.rules:
            return self.rules[domain]
        labels = domain.split(".")
        parents = (f"*.{'.'.join(labels[at:])}" for at in range(1, len(labels)))
        return next((self.rules[each] for each in (*parents, ANY) if each in self.rules), None)

    def canonicalise(self, address: str) -> str:
        """One spelling for all addresses that reach the same person; for an address that was found good."""
        local, _, domain = address.lower().rpartition("@")
        domain = encode_domain(domain)
        rule = self.find(domain)
        for _ in range(MAX_ALIASES):
            if rule is None or not rule.aliased_to or rule.aliased_to.lower() == domain:
                break
            domain = rule.aliased_to.lower()
            rule = self.find(domain)
        return f"{strip_local(local, rule)}@{domain}"


def strip_local(local: str, rule: DomainRule | None) -> str:
    """What of the part before the `@` tells people apart; never nothing."""
    if rule is None:
        return local
    kept = "".join(letter for letter in local if letter not in rule.strip_characters) or local
    ends = [at for mark in rule.strip_extension if (at := kept.find(mark, 1)) > 0]
    return kept[: min(ends, default=len(kept))]


def encode_domain(domain: str) -> str:
    """The domain in ASCII and small letters; one that cannot be written so comes back as it is."""
    try:
        return domain.lower().encode("idna").decode("ascii").lower()
    except UnicodeError:
        return domain.lower()


def tidy_address(text: str) -> str:
    """The address as it is stored."""
    return text.strip()


def find_address_fault(text: str, *, allows_plus: bool = False) -> Fault | None:
    """What is wrong with an address; None when it may be mailed and signs."""
    if not text:
        return Fault(Wrong.MISSING)
    if len(text) > ADDRESS_LIMIT:
        return Fault(Wrong.TOO_LONG, ADDRESS_LIMIT)
    if is_formula(text):
        return Fault(Wrong.FORMULA)
    local, at, domain = text.rpartition("@")
    if not at or not text.isprintable() or len(local) > LOCAL_LIMIT or not LOCAL.fullmatch(local):
        return Fault(Wrong.SHAPE)
    if not DOMAIN.fullmatch(encode_domain(domain)):
        return Fault(Wrong.SHAPE)
    if "+" in local and not allows_plus:
        return Fault(Wrong.PLUS)
    return None


def domain_of(address: str) -> str:
    """What stands after the `@`, in ASCII and small letters."""
    return encode_domain(address.rpartition("@")[2])
