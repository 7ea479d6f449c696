"""A certificate from order to use: a key, a request as the profile wants it, the order, the import, the proof.

Law: when nothing came of it, the key that was made for it is gone again. What came is used only after its authority
said that it is good; an authentication certificate that follows another is used only once it is registered.
"""

from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from ridgeway.errors import RidgewayError, SettingsError
from ridgeway.protocol.certificates.snapshot import CertificationService, TrustSnapshot
from ridgeway.protocol.certificates.subjects import SubjectNames
from ridgeway.protocol.identifiers import member_of, parse_client_path, parse_server_path
from ridgeway.securityserver.acme.accounts import open_account
from ridgeway.securityserver.acme.challenges import challenge_door
from ridgeway.securityserver.acme.credentials import find_credentials
from ridgeway.securityserver.acme.ordering import do, order_certificate
from ridgeway.securityserver.acme.orders import Ordered
from ridgeway.settings import Settings
from ridgeway.signer import KeyInfo, KeyType, KeyUsage, SignerClient
from ridgeway.signer.proving import activate_proven
from ridgeway.signer.subjects import RequestedSubject, subject_for
from ridgeway.signer.values import CertificateInfo, CsrRequest, GenerateRequest, ImportRequest
from ridgeway.trust.ocsp_now import fetch_ocsp_error


@dataclass(frozen=True, slots=True)
class Wish:
    """A certificate that is wanted. `member` and `server` are paths; `subject` is what the profile leaves open.

    `renews` is the SHA-256 of the certificate that it follows.
    """

    authority: str
    usage: KeyUsage
    member: str
    server: str
    member_name: str = ""
    dns_name: str = ""
    subject: dict[str, str] = field(default_factory=dict)
    renews: str = ""


def find_service(trust: TrustSnapshot, name: str) -> CertificationService:
    """The approved authority of that name that takes orders; without a name, the only one that does.

    Raises:  SettingsError(no_acme) naming those that do.
    """
    able = [each for each in trust.own.certification_services if each.acme_directory_url]
    found = [each for each in able if not name or each.name == name]
    if len(found) == 1:
        return found[0]
    names = ", ".join(repr(each.name) for each in able) or "none does"
    raise SettingsError(
        "no_acme",
        f"The authority {name!r} takes no orders here." if name else "It must be said of which authority.",
        action=f"Those that the global configuration says take orders (ACME): {names}.",
    )


def make_subject(wish: Wish, service: CertificationService) -> RequestedSubject:
    """The subject of the request, and the name that is ordered.

    Raises:  SettingsError(malformed_subject) naming what the profile needs.
    """
    server = parse_server_path(wish.server)
    names = SubjectNames(member_of(parse_client_path(wish.member)), server, wish.member_name)
    asked = subject_for(service.profile, usage=wish.usage, names=names, given=wish.subject)
    common_name = dict(asked.fields).get("CN", "")
    name = wish.dns_name or asked.dns_name or (common_name if "." in common_name else "")
    if not name:
        raise SettingsError(
            "malformed_subject",
            "An order is for the name of a host, and none is said.",
            action="Add --dns-name with a name of this server whose port 80 the authority can reach.",
        )
    return RequestedSubject(asked.fields, name.lower())


async def obtain(wish: Wish, settings: Settings, trust: TrustSnapshot, *, now: datetime) -> tuple[Ordered, KeyInfo]:
    """The order, and the key with its certificate.

    Raises:  NetworkError, TrustError(acme_failed); SettingsError; TokenError.
    """
    service = find_service(trust, wish.authority)
    asked = make_subject(wish, service)
    async with SignerClient.of(settings) as signer:
        label = f"{wish.usage} by {service.name}"
        key = await signer.generate(GenerateRequest(wish.usage, KeyType(settings.acme.key_type), label))
        try:
            csr = await signer.make_csr(CsrRequest(key.id, asked.fields, asked.dns_name))
            chain = await order(wish, service, settings, name=asked.dns_name, csr=csr)
            info = await take(chain[0], wish, service, signer, trust)
        except BaseException:
            await signer.delete(key.id, force=True)
            raise
        info = await use(info, chain[0], wish, settings, signer, now=now)
    certificate = find_certificate(info, chain[0])
    facts = {name: getattr(wish, name) for name in ("usage", "member", "server", "member_name", "subject")}
    return Ordered(certificate.sha256, service.name, dns_name=asked.dns_name, ordered_at=now, **facts), info


async def order(
    wish: Wish, service: CertificationService, settings: Settings, *, name: str, csr: bytes
) -> tuple[bytes, ...]:
    """The certificate and its chain, from the authority."""
    member = member_of(parse_client_path(wish.member))
    file = settings.path(settings.acme.credentials)
    credentials = find_credentials(file, authority=service.name, member=member, usage=wish.usage)
    folder = settings.path(settings.acme.directory)
    async with challenge_door(settings.acme) as door:
        account = await do(
            "opening an account",
            lambda: open_account(
                service, member, wish.usage, credentials=credentials, settings=settings.acme, folder=folder
            ),
        )
        return await order_certificate(
            account, name=name, csr=csr, door=door, timeout_seconds=settings.acme.timeout_seconds
        )


async def take(
    der: bytes, wish: Wish, service: CertificationService, signer: SignerClient, trust: TrustSnapshot
) -> KeyInfo:
    """The certificate is kept with its key, and not used yet."""
    return await signer.import_certificate(
        ImportRequest(
            der,
            profile=service.profile if wish.usage is KeyUsage.SIGNING else "",
            instance=trust.own.instance,
            stays_inactive=True,
            renews=wish.renews,
        )
    )


async def use(
    info: KeyInfo, der: bytes, wish: Wish, settings: Settings, signer: SignerClient, *, now: datetime
) -> KeyInfo:
    """The certificate is used at once, but for one that must be registered before it takes another's place."""
    if wish.usage is KeyUsage.AUTHENTICATION:
        used = [each for each in await signer.list_keys() if each.usage is wish.usage and each.active_certificate]
        if used:
            return info
    return await activate_proven(signer, der, check=lambda each: fetch_ocsp_error(settings, each, now=now))


def find_certificate(info: KeyInfo, der: bytes) -> CertificateInfo:
    """The certificate with those bytes, of a key that has it."""
    return next(each for each in info.certificates if each.der == der)


def describe_adopted(certificate: CertificateInfo, wish: Wish, trust: TrustSnapshot, *, now: datetime) -> Ordered:
    """An order for a certificate that came another way, so that it is renewed over ACME.

    Raises:  SettingsError when its authority takes no orders, or the subject of its successor cannot be made.
    """
    service = find_service(trust, wish.authority)
    asked = make_subject(wish, service)
    facts = {name: getattr(wish, name) for name in ("usage", "member", "server", "member_name", "subject")}
    return Ordered(certificate.sha256, service.name, dns_name=asked.dns_name, ordered_at=now, **facts)


def explain_failure(error: RidgewayError) -> str:
    """What is kept of a failed try."""
    return f"{error.code}: {error.detail}"[:500]


def with_failure(ordered: Ordered, error: RidgewayError, *, now: datetime) -> Ordered:
    """The order after a failed try."""
    return msgspec.structs.replace(ordered, tried_at=now, error=explain_failure(error))
