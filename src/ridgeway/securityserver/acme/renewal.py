"""What is due is renewed, and what was renewed takes its predecessor's place, step by step over several rounds.

    signing          ordered ─▶ good ─▶ used, the old one no longer
    authentication   ordered ─▶ registration asked ─▶ registered ─▶ good ─▶ used ─▶ the old one's registration deleted

Law: a step is taken only when the one before is a fact; a round that fails says so in the book and is tried again.
An old certificate is used until its successor is.
Source: RFC 9773; X-Road 7.6 (renewal), 7.7 (use by itself).
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ridgeway.errors import RidgewayError
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.protocol.identifiers import member_of, parse_client_path, parse_server_path
from ridgeway.protocol.management import ManagementRequest, RequestKind
from ridgeway.securityserver.acme.accounts import open_account
from ridgeway.securityserver.acme.credentials import find_credentials
from ridgeway.securityserver.acme.obtaining import Wish, find_service, obtain, with_failure
from ridgeway.securityserver.acme.ordering import do
from ridgeway.securityserver.acme.orders import OrderBook, Ordered
from ridgeway.securityserver.joining.asking import ask, list_keys
from ridgeway.settings import Settings
from ridgeway.signer import CertificateInfo, KeyUsage, SignerClient
from ridgeway.signer.proving import activate_proven
from ridgeway.signer.values import ActivateRequest, CertificateStatus
from ridgeway.trust.ocsp_now import fetch_ocsp_error

log = logging.getLogger(__name__)

BY = "acme"
LOOK_AGAIN = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done, or not: `error` says why."""

    sha256: str
    what: str
    error: str = ""


@dataclass(slots=True)
class Round:
    """One look at everything in the book."""

    book: OrderBook
    settings: Settings
    trust: TrustSnapshot
    now: datetime

    def run(self, *, force: bool = False) -> list[Step]:
        """Every step that is due is taken; with `force` everything is due."""
        held = {each.sha256: each for info in asyncio.run(list_keys(self.settings)) for each in info.certificates}
        steps = []
        for ordered in self.book.orders:
            certificate = held.get(ordered.sha256)
            if certificate is None or ordered.is_over:
                continue
            try:
                what = self.advance(ordered, certificate, held, force=force)
            except RidgewayError as error:
                log.warning("the certificate %s… is not renewed: %s", ordered.sha256[:16], error)
                self.book.keep(with_failure(self.current(ordered), error, now=self.now))
                steps.append(Step(ordered.sha256, "", error.detail))
            else:
                steps += [Step(ordered.sha256, what)] if what else []
        return steps

    def current(self, ordered: Ordered) -> Ordered:
        """The order as the book has it now."""
        return self.book.find(ordered.sha256) or ordered

    def advance(
        self, ordered: Ordered, certificate: CertificateInfo, held: dict[str, CertificateInfo], *, force: bool
    ) -> str:
        """The next step of one certificate, in words; empty when none is due.

        Raises:  RidgewayError.
        """
        follower = held.get(ordered.renewed_by)
        if follower is None:
            return self.renew(ordered, certificate) if force or self.is_due(ordered, certificate) else ""
        if not follower.is_active:
            return self.take_over(ordered, certificate, follower)
        return self.retire(ordered, certificate)

    def is_due(self, ordered: Ordered, certificate: CertificateInfo) -> bool:
        """Whether the certificate is renewed now; its authority is asked when, from time to time."""
        if ordered.look_again_at is None or ordered.look_again_at <= self.now:
            due_at, look_again_at = self.ask_when(ordered, certificate)
            ordered = msgspec.structs.replace(ordered, due_at=due_at, look_again_at=look_again_at)
            self.book.keep(ordered)
        return ordered.due_at is not None and ordered.due_at <= self.now

    def ask_when(self, ordered: Ordered, certificate: CertificateInfo) -> tuple[datetime, datetime]:
        """When the certificate is renewed, and when that is asked again: by its authority, or by our setting."""
        usual = certificate.not_after - timedelta(days=self.settings.acme.renew_before_days)
        try:
            suggested = asyncio.run(ask_authority(ordered, certificate, self.settings, self.trust))
        except RidgewayError as error:
            log.info("no renewal information for %s…: %s", ordered.sha256[:16], error)
            suggested = None
        return min(suggested or usual, certificate.not_after), self.now + LOOK_AGAIN

    def renew(self, ordered: Ordered, certificate: CertificateInfo) -> str:
        """A successor is ordered; one for authentication is registered."""
        facts = ("authority", "usage", "member", "server", "member_name", "dns_name", "subject")
        wish = Wish(**{name: getattr(ordered, name) for name in facts}, renews=certificate.sha256)
        new, info = asyncio.run(obtain(wish, self.settings, self.trust, now=self.now))
        self.book.keep(new)
        self.book.keep(
            msgspec.structs.replace(self.current(ordered), renewed_by=new.sha256, tried_at=self.now, error="")
        )
        follower = next(each for each in info.certificates if each.sha256 == new.sha256)
        if ordered.usage is KeyUsage.AUTHENTICATION:
            self.register(ordered, follower)
        elif follower.is_active:
            self.retire(self.current(ordered), certificate)
        return f"renewed by {new.sha256}"

    def register(self, ordered: Ordered, follower: CertificateInfo) -> None:
        """The central server is asked to register the successor."""
        server = parse_server_path(ordered.server)
        address = self.trust.own.servers[server].address
        request = ManagementRequest(
            RequestKind.CERTIFICATE_REGISTRATION, server, address=address, certificate=follower.der
        )
        ask(request, self.settings, by=BY)

    def take_over(self, ordered: Ordered, certificate: CertificateInfo, follower: CertificateInfo) -> str:
        """The successor is used, and the old certificate no longer, where that may be."""
        if ordered.usage is KeyUsage.AUTHENTICATION:
            if follower.status is CertificateStatus.SAVED:
                self.register(ordered, follower)
                return "registration asked"
            if follower.status is not CertificateStatus.REGISTERED:
                return ""
        if error := asyncio.run(self.activate(follower)):
            self.book.keep(msgspec.structs.replace(ordered, tried_at=self.now, error=error))
            return ""
        self.retire(ordered, certificate)
        return f"{follower.sha256} is used"

    async def activate(self, follower: CertificateInfo) -> str:
        """The successor is used; else why not."""
        async with SignerClient.of(self.settings) as signer:
            info = await activate_proven(
                signer, follower.der, check=lambda each: fetch_ocsp_error(self.settings, each, now=self.now)
            )
        return next(each.ocsp_error for each in info.certificates if each.sha256 == follower.sha256)

    def retire(self, ordered: Ordered, certificate: CertificateInfo) -> str:
        """The old certificate is not used; one for authentication is not registered either."""
        asyncio.run(self.stop_using(certificate))
        if ordered.usage is KeyUsage.AUTHENTICATION and certificate.status is CertificateStatus.REGISTERED:
            server = parse_server_path(ordered.server)
            ask(
                ManagementRequest(RequestKind.CERTIFICATE_DELETION, server, certificate=certificate.der),
                self.settings,
                by=BY,
            )
        self.book.keep(msgspec.structs.replace(self.current(ordered), is_over=True, tried_at=self.now, error=""))
        return "its successor has taken its place"

    async def stop_using(self, certificate: CertificateInfo) -> None:
        """The old certificate is not used any more."""
        async with SignerClient.of(self.settings) as signer:
            await signer.activate(ActivateRequest(certificate.sha256, is_active=False))


async def ask_authority(
    ordered: Ordered, certificate: CertificateInfo, settings: Settings, trust: TrustSnapshot
) -> datetime | None:
    """When an authority suggests to renew (aware UTC); None when it suggests nothing.

    Raises:  NetworkError(acme_failed), SettingsError.
    """
    service = find_service(trust, ordered.authority)
    member = member_of(parse_client_path(ordered.member))
    credentials = find_credentials(
        settings.path(settings.acme.credentials), authority=service.name, member=member, usage=ordered.usage
    )
    folder = settings.path(settings.acme.directory)
    pem = x509.load_der_x509_certificate(certificate.der).public_bytes(Encoding.PEM)

    def ask_it() -> datetime | None:
        account = open_account(
            service, member, ordered.usage, credentials=credentials, settings=settings.acme, folder=folder
        )
        suggested: datetime | None = account.renewal_time(pem)[0]
        return suggested

    found: datetime | None = await do("asking when to renew", ask_it)
    return found
