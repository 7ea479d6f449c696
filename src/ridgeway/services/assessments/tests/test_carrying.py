"""Seals: what goes out comes back, and what was touched, borrowed or kept too long does not."""

import base64
import json
import os
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.services.assessments.carrying import Carried, Purpose, SealError, begin, seal, unseal
from ridgeway.services.assessments.carrying.keys import find_key
from ridgeway.services.assessments.carrying.sealing import DAY_SECONDS, FORM, MAX_PLAIN_BYTES, MAX_SEALED, bind

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ANSWERS = {"ill": True, "symptoms": ["fever", "cough"], "since": "2026-11-20", "name": "Zoë 日本", "unsure": None}
OTHER = "another secret of tests, and of nothing else, long enough"


def carry(answers: dict[str, object] | None = None, package: str = "winter") -> Carried:
    """Answers that count for an hour."""
    begun = begin(package, "d" * 64, now=NOW, lifetime=timedelta(hours=1))
    return begun.holding(ANSWERS if answers is None else answers)


def open_code(sealed: str, purpose: Purpose = Purpose.COOKIE, package: str = "winter", now: datetime = NOW) -> str:
    """The code of the refusal; empty where it opens."""
    try:
        unseal(sealed, purpose, package, now=now)
    except SealError as refused:
        return refused.code
    return ""


def forge(plain: bytes, *, fold: bool = True) -> str:
    """What our own key seals, whatever it says."""
    day = int(NOW.timestamp()) // DAY_SECONDS
    head, nonce = FORM + day.to_bytes(2, "big"), os.urandom(12)
    key = find_key(Purpose.COOKIE, day)
    folded = zlib.compress(plain) if fold else plain
    return base64.urlsafe_b64encode(
        head + nonce + key.encrypt(nonce, folded, bind(head, "winter", Purpose.COOKIE))
    ).decode()


@pytest.mark.parametrize("purpose", Purpose)
def test_what_is_sealed_comes_back_whole(purpose: Purpose) -> None:
    assert unseal(seal(carry(), purpose), purpose, "winter", now=NOW) == carry()


def test_nothing_of_the_answers_can_be_read_and_no_two_seals_are_alike() -> None:
    one, two = seal(carry(), Purpose.COOKIE), seal(carry(), Purpose.COOKIE)

    assert one != two
    assert b"fever" not in base64.urlsafe_b64decode(one + "=" * (-len(one) % 4))
    assert set(one) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_a_seal_is_good_for_its_package_and_its_purpose_alone() -> None:
    sealed = seal(carry(), Purpose.COOKIE)

    assert open_code(sealed, package="summer") == "unreadable"
    assert open_code(sealed, Purpose.PAGE) == "unreadable"
    assert open_code(sealed, Purpose.DEVICE) == "unreadable"
    assert open_code(sealed) == ""


def test_a_seal_ends_when_it_said() -> None:
    sealed = seal(carry(), Purpose.COOKIE)

    assert open_code(sealed, now=NOW + timedelta(minutes=59, seconds=59)) == ""
    assert open_code(sealed, now=NOW + timedelta(hours=1)) == "expired"
    assert open_code(sealed, now=NOW + timedelta(days=3)) == "expired"


def test_every_letter_counts() -> None:
    sealed = seal(carry(), Purpose.COOKIE)
    for at in range(len(sealed) - 1):  # the last letter may hold bits that no byte has
        changed = sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :]
        assert open_code(changed) in {"unreadable", "expired"}
    for end in range(len(sealed) - 1):
        assert open_code(sealed[:end]) == "unreadable"


def test_an_old_secret_still_opens_and_a_foreign_one_does_not() -> None:
    with override_settings(SECRET_KEY=OTHER):
        sealed = seal(carry(), Purpose.COOKIE)

    assert open_code(sealed) == "unreadable"
    with override_settings(SECRET_KEY_FALLBACKS=[OTHER]):
        assert open_code(sealed) == ""


@given(st.one_of(st.text(), st.binary().map(lambda data: base64.urlsafe_b64encode(data).decode())))
def test_noise_is_refused_by_the_one_error(noise: str) -> None:
    assert open_code(noise) in {"unreadable", "expired"}


@pytest.mark.parametrize(
    "plain",
    [
        b"",
        b"{}",
        b"[1,2,3]",
        b'["a","b","c",{}]',
        b"[1e400,1,1,{}]",
        b'[1e18,1,"d",{}]',
        b'[1795000000,1795000000,"d",[]]',
        b"[1795000000,1795000000,7,{}]",
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_what_we_sealed_in_another_form_is_refused_too(plain: bytes) -> None:
    assert open_code(forge(plain)) == "unreadable"


def test_a_seal_unfolds_to_no_more_than_the_limit() -> None:
    bomb = json.dumps([int(NOW.timestamp()) + 60, 0, "d", {"a": " " * (MAX_PLAIN_BYTES + 1)}]).encode()

    assert len(forge(bomb)) < 4_000
    assert open_code(forge(bomb)) == "unreadable"
    assert open_code(forge(b"no zlib", fold=False)) == "unreadable"
    assert open_code("A" * (MAX_SEALED + 1)) == "unreadable"


def test_answers_that_are_too_long_are_not_sealed() -> None:
    with pytest.raises(SealError, match="too_large"):
        seal(carry({"a": "x" * MAX_PLAIN_BYTES}), Purpose.PAGE)
    with pytest.raises(SealError, match="too_large"):
        seal(carry({"a": os.urandom(MAX_SEALED).hex()}), Purpose.PAGE)
