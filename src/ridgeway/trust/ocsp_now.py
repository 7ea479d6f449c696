"""One revocation answer, asked for now: before a certificate is used for the first time.

Law: only an authentic and fresh answer that says `good` counts; everything else is an error in words for a person.
Source: X-Road 7.7 asks before it activates a certificate by itself. Read next: `ocsp.py`, which keeps answers later.
"""

from datetime import datetime

from ridgeway.errors import CertificateError, RidgewayError
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.settings import Settings
from ridgeway.trust.download import open_pool
from ridgeway.trust.keeper import TrustKeeper
from ridgeway.trust.ocsp import OcspKeeper
from ridgeway.trust.ocsp_answers import GOOD
from ridgeway.trust.ocsp_subjects import list_subjects
from ridgeway.trust.own import no_certificates
from ridgeway.trust.places import places_of
from ridgeway.trust.purposes import require_purpose


async def fetch_ocsp_error(settings: Settings, certificate: bytes, *, now: datetime) -> str:
    """Why the certificate (DER) may not be used; empty when its authority says now that it is good."""
    keeper = TrustKeeper(settings)
    keeper.reload_if_changed(now)
    try:
        await require_good(settings, certificate, trust=keeper.snapshot, now=now)
    except RidgewayError as error:
        return error.detail
    return ""


async def require_good(settings: Settings, certificate: bytes, *, trust: TrustSnapshot, now: datetime) -> None:
    """Hold only while an authentic answer, fetched now, says that the certificate is good.

    One that its authority may not issue for what it is for is refused without asking.

    Raises:  CertificateError, NetworkError without such an answer.
    """
    require_purpose(certificate, trust)
    subjects = list_subjects([certificate], trust)
    if not subjects:
        raise CertificateError("cert_validation", "No authority that the configuration approves issued it.")
    async with open_pool(settings.trust) as pool:
        asking = OcspKeeper(places_of(settings), pool, no_certificates)
        _, status = await asking.fetch_answer(subjects[0], trust, now)
    if status != GOOD:
        raise CertificateError("cert_validation", f"Its authority says: {status}.")
