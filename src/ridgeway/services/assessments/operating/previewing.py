"""Links to a version that is not live: for those who check it before others see it.

Law: a link says which version, until when, and is signed with the site's key; it opens that version and nothing else,
and what happens behind it is never counted. A withdrawn version has no preview.
"""

import hmac
from datetime import UTC, datetime, timedelta

from django.conf import settings

from ridgeway.services.assessments.engine.assessment import Assessment
from ridgeway.services.assessments.models import Version
from ridgeway.services.assessments.operating.loading import load_version
from ridgeway.services.assessments.states import State

PREVIEW = "preview-"
PREVIEW_DAYS = 14
SIGNATURE_LENGTH = 32


def make_preview_name(version_id: int, *, now: datetime) -> str:
    """What stands in an address in place of the package, and opens this version for a while."""
    until = int((now + timedelta(days=PREVIEW_DAYS)).timestamp()) // 3600
    said = f"{version_id:x}-{until:x}"
    return f"{PREVIEW}{said}-{sign(said, str(settings.SECRET_KEY))}"


def sign(said: str, key: str) -> str:
    """The signature of a link."""
    return hmac.digest(f"assessments.preview:{key}".encode(), said.encode(), "sha256").hex()[:SIGNATURE_LENGTH]


def is_preview(package: str) -> bool:
    """Whether this name of a package is that of a preview link: then nothing is counted."""
    return package.startswith(PREVIEW)


def read_preview_name(name: str, *, now: datetime) -> int | None:
    """The number of the version that the link opens; None where it is not one that we made, or is over."""
    said, _, signature = name.removeprefix(PREVIEW).rpartition("-")
    keys = [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    if not said.isascii() or not any(hmac.compare_digest(sign(said, key), signature) for key in keys):
        return None
    number, _, until = said.partition("-")
    over = datetime.fromtimestamp(int(until, 16) * 3600, tz=UTC)
    return int(number, 16) if now < over else None


def find_previewed(name: str, *, now: datetime) -> Assessment | None:
    """The version that a preview link opens."""
    number = read_preview_name(name, now=now)
    if number is None or not Version.objects.filter(pk=number).exclude(state=State.WITHDRAWN).exists():
        return None
    return load_version(number)
