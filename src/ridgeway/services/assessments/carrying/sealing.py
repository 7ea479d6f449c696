"""A seal: answers that only this site can read or make, good for one package, one purpose and a while.

Shapes:  base64url of: one byte that names this form, two bytes with the day of expiry, twelve random bytes, and AES-GCM
         over zlib over JSON [expiry, beginning, digest, answers]. Package, purpose and what stands before the random
         bytes are bound in, so that a seal of one package never opens in another.
Law:     what does not open is a SealError and nothing else, whatever was sent; nothing of it is used.
"""

import base64
import binascii
import json
import os
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography.exceptions import InvalidTag

from ridgeway.errors import RequestError
from ridgeway.services.assessments.carrying.answers import Carried, Purpose
from ridgeway.services.assessments.carrying.keys import find_key, list_keys

FORM: Final = b"\x01"
DAY_BYTES: Final = 2
HEAD_BYTES: Final = len(FORM) + DAY_BYTES
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
DAY_SECONDS: Final = 24 * 3600
MAX_SEALED: Final = 128 * 1024
"""Letters of a seal that are looked at at all."""
MAX_PLAIN_BYTES: Final = 512 * 1024
"""What a seal may unfold to."""
MAX_DAYS: Final = 40
"""No seal is made for longer."""
LEVEL: Final = 6


class SealError(RequestError):
    """The answers cannot be used: `expired`, `unreadable`, or `too_large` to be carried."""

    who = "the person whose answers they are"


def seal(carried: Carried, purpose: Purpose) -> str:
    """The answers as letters that only this site can read.

    Raises:  SealError(too_large).
    """
    expires, begun = int(carried.expires_at.timestamp()), int(carried.begun_at.timestamp())
    said = [expires, begun, carried.digest, carried.answers]
    plain = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    if len(plain) > MAX_PLAIN_BYTES:
        raise make_refusal("too_large")
    day = expires // DAY_SECONDS
    head, nonce = FORM + day.to_bytes(DAY_BYTES, "big"), os.urandom(NONCE_BYTES)
    folded = zlib.compress(plain, LEVEL)
    closed = find_key(purpose, day).encrypt(nonce, folded, bind(head, carried.package, purpose))
    sealed = base64.urlsafe_b64encode(head + nonce + closed).rstrip(b"=").decode("ascii")
    if len(sealed) > MAX_SEALED:
        raise make_refusal("too_large")
    return sealed


def unseal(sealed: str, purpose: Purpose, package: str, *, now: datetime) -> Carried:
    """What `seal` was given for this purpose and package, while it is good.

    Raises:  SealError.
    """
    data = read_letters(sealed)
    head, nonce, closed = (
        data[:HEAD_BYTES],
        data[HEAD_BYTES : HEAD_BYTES + NONCE_BYTES],
        data[HEAD_BYTES + NONCE_BYTES :],
    )
    day = int.from_bytes(head[len(FORM) :], "big")
    today = int(now.timestamp()) // DAY_SECONDS
    if day < today:
        raise make_refusal("expired")
    if head[: len(FORM)] != FORM or day > today + MAX_DAYS:
        raise make_refusal("unreadable")
    plain = unfold(open_closed(closed, nonce, bind(head, package, purpose), purpose, day))
    carried = read_plain(plain, package)
    if carried.expires_at <= now:
        raise make_refusal("expired")
    return carried


def read_letters(sealed: str) -> bytes:
    """The bytes behind the letters."""
    least = HEAD_BYTES + NONCE_BYTES + TAG_BYTES
    if len(sealed) > MAX_SEALED or not sealed.isascii():
        raise make_refusal("unreadable")
    try:
        data = base64.b64decode(sealed + "=" * (-len(sealed) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise make_refusal("unreadable") from error
    if len(data) <= least:
        raise make_refusal("unreadable")
    return data


def bind(head: bytes, package: str, purpose: Purpose) -> bytes:
    """What a seal is good for, as bytes that it proves besides."""
    return b"|".join((head, purpose.encode(), package.encode("utf-8", "surrogatepass")))


def open_closed(closed: bytes, nonce: bytes, bound: bytes, purpose: Purpose, day: int) -> bytes:
    """What was closed with one of our keys."""
    for key in list_keys(purpose, day):
        try:
            return key.decrypt(nonce, closed, bound)
        except InvalidTag:
            continue
    raise make_refusal("unreadable")


def unfold(folded: bytes) -> bytes:
    """The bytes that zlib folded; never more than the limit of them."""
    folder = zlib.decompressobj()
    try:
        plain = folder.decompress(folded, MAX_PLAIN_BYTES)
    except zlib.error as error:
        raise make_refusal("unreadable") from error
    if not folder.eof:
        raise make_refusal("unreadable")
    return plain


def read_plain(plain: bytes, package: str) -> Carried:
    """What was sealed, by a version of this program that may have been another."""
    try:
        expires, begun, digest, answers = json.loads(plain)
        times = [datetime.fromtimestamp(each, tz=UTC) for each in (begun, expires)]
    except (ValueError, TypeError, OverflowError, OSError, RecursionError) as error:
        raise make_refusal("unreadable") from error
    if not isinstance(digest, str) or not isinstance(answers, dict):
        raise make_refusal("unreadable")
    kept: Mapping[str, Any] = answers
    return Carried(package, digest, kept, times[0], times[1])


def make_refusal(code: str) -> SealError:
    """The one error of this module."""
    said = {
        "expired": "The answers were kept for as long as we said, and no longer.",
        "unreadable": "The answers cannot be read.",
        "too_large": "The answers are too long to be carried.",
    }
    return SealError(code, said[code], action="Start again.")


def limit_lifetime(lifetime: timedelta) -> timedelta:
    """The lifetime, or the longest that a seal is made for."""
    return min(lifetime, timedelta(days=MAX_DAYS - 1))
