"""One translation of a document in progress: what is wrong with it so far, and who is known.

Law: a fault is noted with its place and reading goes on, so that a person sees every fault at once.
Read next: `meaning.py`, which translates; `authorities.py` and `parts.py`, which translate a piece each.
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ridgeway.centralserver.documents import CentralServerDocument
from ridgeway.errors import CertificateError
from ridgeway.http import parse_url
from ridgeway.office.documents import Fault
from ridgeway.protocol.certificates.snapshot import MemberEntry
from ridgeway.protocol.certificates.x509 import read_certificate
from ridgeway.protocol.identifiers import ClientId, MemberId, SubsystemId

CODE = re.compile(r"[^\x00-\x1f\x7f:;/\\%\u200b\ufeff'\"]{1,255}")
Place = tuple[str | int, ...]


@dataclass(slots=True)
class Meaning:
    """One translation in progress."""

    value: CentralServerDocument
    faults: list[Fault] = field(default_factory=list)
    members: dict[MemberId, MemberEntry] = field(default_factory=dict)

    @property
    def instance(self) -> str:
        """The instance that the document governs."""
        return self.value.instance

    def fail(self, path: Place, why: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(path, why))

    def require_code(self, code: str, path: Place) -> None:
        """Note a fault unless it is a code of an identifier."""
        if not CODE.fullmatch(code or ""):
            self.fail(path, f"{code!r} is no code; expected 1 to 255 characters without : ; / \\ % and quotes")

    def read_client(self, text: str, path: Place) -> ClientId:
        """A client, not yet known to be there."""
        instance, colon, rest = (text or "").rpartition(":")
        codes = rest.split("/")
        if len(codes) in {2, 3} and all(CODE.fullmatch(code) for code in codes):
            chosen = instance if colon else self.instance
            return MemberId(chosen, *codes) if len(codes) == 2 else SubsystemId(chosen, *codes)
        self.fail(path, f"{text!r} is no client; expected CLASS/MEMBER or CLASS/MEMBER/SUBSYSTEM")
        return MemberId("", "", "")

    def read_registered(self, text: str, path: Place) -> ClientId:
        """A client of this instance that the document names under `members`."""
        client = self.read_client(text, path)
        if client.instance == self.instance and not self.is_registered(client):
            known = ["/".join(each.codes[1:]) for each in self.list_clients()]
            self.fail(path, f"{text} is not among the members{nearest(text, known)}")
        elif client.instance and client.instance != self.instance:
            self.fail(path, f"{text} is of another instance; expected a client of {self.instance}")
        return client

    def is_registered(self, client: ClientId) -> bool:
        """Whether the document names the client."""
        return client in set(self.list_clients())

    def list_clients(self) -> list[ClientId]:
        """Every member and subsystem of the document."""
        found: list[ClientId] = []
        for member in self.members.values():
            at = member.id
            subsystems = (SubsystemId(at.instance, at.member_class, at.member_code, code) for code in member.subsystems)
            found += [at, *subsystems]
        return found

    def read_certificate(self, text: str | None, path: Place) -> bytes:
        """A certificate that is written out, as DER."""
        if "\n" not in (text or ""):
            self.fail(path, f"{text!r} is neither a file here nor a certificate in PEM")
            return b""
        try:
            return read_certificate((text or "").encode()).der
        except CertificateError as error:
            self.fail(path, f"this holds no certificate: {error.detail}")
            return b""

    def require_url(self, url: str, path: Place) -> None:
        """Note a fault unless it is an address on the web."""
        try:
            parse_url(url or "")
        except ValueError:
            self.fail(path, f"{url!r} is no address; expected http://host[:port]/path or https://…")

    def require_between(self, value: int, path: Place, *, least: int, most: int) -> None:
        """Note a fault unless least ≤ value ≤ most."""
        if not isinstance(value, int) or not least <= value <= most:
            self.fail(path, f"{value}; expected {least} to {most}")


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint at the known name that looks most like `name`."""
    close = difflib.get_close_matches(str(name), list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
