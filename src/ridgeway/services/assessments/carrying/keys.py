"""The keys of seals, made from the site's secret: another one for each purpose and each day.

Law: a key seals no more than one day's answers, so that the random marks of AES-GCM never come near their bound; older
secrets still open while they stand in SECRET_KEY_FALLBACKS.
Source:  RFC 5869; NIST SP 800-38D, section 8.3 (at most 2^32 random marks a key).
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KEY_BYTES: Final = 32
LABEL: Final = "ridgeway.assessments.answers.1"
MAX_KEPT: Final = 64


@lru_cache(maxsize=MAX_KEPT)
def derive_key(secret: str, purpose: str, day: int) -> AESGCM:
    """What seals for `purpose` what ends on `day`."""
    info = f"{LABEL}|{purpose}|{day}".encode()
    return AESGCM(HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(secret.encode()))


def find_key(purpose: str, day: int) -> AESGCM:
    """The key that seals now."""
    return derive_key(str(settings.SECRET_KEY), purpose, day)


def list_keys(purpose: str, day: int) -> Iterator[AESGCM]:
    """The keys that may open, today's secret first."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield derive_key(str(secret), purpose, day)
