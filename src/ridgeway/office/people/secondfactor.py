"""Whether somebody has a second factor, and how its secrets are kept.

Law: a second factor is an authenticator app or a passkey; recovery codes alone are none. A sign-on service that asks
for one itself (`asks_second_factor`) counts for the session in which it did.
"""

import base64
from datetime import datetime, timedelta
from typing import Final

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest

from ridgeway.office.people.models import Account

ASKED: Final = "people.second_factor_asked"
PURPOSE: Final = b"ridgeway: secrets of second factors"
LATELY: Final = timedelta(minutes=5)
FACTORS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_second_factor(account: Account) -> bool:
    """Whether the account has an app or a passkey."""
    return bool(Authenticator.objects.filter(user_id=account.pk, type__in=FACTORS).exists())


def may_work(request: HttpRequest, account: Account) -> bool:
    """Whether the session has what `web.require_second_factor` asks for."""
    if not settings.RIDGEWAY_SETTINGS.web.require_second_factor:
        return True
    return request.session.get(ASKED) == account.pk or has_second_factor(account)


def note_asked_elsewhere(request: HttpRequest, account: Account) -> None:
    """The session knows that the sign-on service has asked for a second factor."""
    request.session[ASKED] = account.pk


def signed_in_lately(account: Account, now: datetime) -> bool:
    """Whether it is minutes since the person signed in."""
    return account.signed_in_at is not None and now - account.signed_in_at < LATELY


def build_vault() -> MultiFernet:
    """What encrypts secrets of second factors: the secret key first, then those that were used before."""
    secrets = [str(each) for each in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet([Fernet(derive_key(secret)) for secret in secrets])


def derive_key(secret: str) -> bytes:
    """A key of Fernet for this purpose alone."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
