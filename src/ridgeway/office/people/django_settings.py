"""What Django is told so that people can sign in at a desk. No Django here.

Law: allauth does the work of signing in, with everything off that a desk does not want: nobody signs up, nobody is
mailed, and each limit is counted in a table that all processes share (`cache.py`). What depends on `web.*` is read
while running, from `RIDGEWAY_SETTINGS`. Next: `urls.py`, which routes the few pages of allauth that are used.
"""

import importlib.util
from typing import Any

from ridgeway.settings import WebSettings

ADAPTERS = "ridgeway.office.people.adapters"
MIN_PASSWORD_CHARACTERS = 12
DAY_SECONDS = 24 * 3600
SESSION_SECONDS = 12 * 3600
"""Longest time for which one signing in counts, however busy one is."""
LIMITS = {"login": "60/m/ip", "login_failed": "20/m/ip,5/5m/key", "reauthenticate": "10/m/user"}
SECOND_FACTOR_LIMITS = {"webauthn_login": "60/m/ip"}
HASHERS = ("Scrypt", "PBKDF2")


def derive_people_settings(web: WebSettings) -> dict[str, Any]:  # noqa: ARG001 - the interface of every room
    """Apps, middleware and settings of accounts; `MIDDLEWARE` stands after sessions and the CSRF check."""
    middleware = [
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "allauth.account.middleware.AccountMiddleware",
        "ridgeway.office.people.middleware.PeopleMiddleware",
    ]
    return {
        **derive_allauth_settings(),
        "AUTH_PASSWORD_VALIDATORS": derive_validators(),
        "AUTH_USER_MODEL": "people.Account",
        "AUTHENTICATION_BACKENDS": ["ridgeway.office.people.backends.AccountBackend"],
        "INSTALLED_APPS": list_apps(),
        "LOGIN_REDIRECT_URL": "/",
        "LOGIN_URL": "account_login",
        "MIDDLEWARE": middleware,
        "PASSWORD_HASHERS": list_hashers(),
        "PASSWORD_RESET_TIMEOUT": DAY_SECONDS,
        "RIDGEWAY_PEOPLE_MIDDLEWARE": middleware,
        "SESSION_COOKIE_AGE": SESSION_SECONDS,
        "SESSION_ENGINE": "django.contrib.sessions.backends.db",
    }


def derive_allauth_settings() -> dict[str, Any]:
    """What allauth is told."""
    return {
        "ACCOUNT_ADAPTER": f"{ADAPTERS}.AccountAdapter",
        "ACCOUNT_CHANGE_EMAIL": False,
        "ACCOUNT_EMAIL_NOTIFICATIONS": False,
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_LOGIN_METHODS": {"email"},
        "ACCOUNT_LOGOUT_REDIRECT_URL": "account_login",
        "ACCOUNT_PREVENT_ENUMERATION": "strict",
        "ACCOUNT_RATE_LIMITS": LIMITS,
        "ACCOUNT_REAUTHENTICATION_TIMEOUT": 300,
        "ACCOUNT_SESSION_REMEMBER": False,
        "ACCOUNT_SIGNUP_FIELDS": ["email*", "password1*"],
        "ACCOUNT_UNIQUE_EMAIL": True,
        "ACCOUNT_USER_MODEL_USERNAME_FIELD": None,
        "MFA_ADAPTER": f"{ADAPTERS}.SecondFactorAdapter",
        "MFA_ALLOW_UNVERIFIED_EMAIL": True,
        "MFA_PASSKEY_LOGIN_ENABLED": True,
        "MFA_RATE_LIMITS": SECOND_FACTOR_LIMITS,
        "MFA_RECOVERY_CODES_SHOW_ONCE": True,
        "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
        "MFA_TOTP_TOLERANCE": 1,
        "MFA_WEBAUTHN_USER_VERIFICATION": "preferred",
        "SOCIALACCOUNT_ADAPTER": f"{ADAPTERS}.SignOnAdapter",
        "SOCIALACCOUNT_AUTO_SIGNUP": False,
        "SOCIALACCOUNT_EMAIL_AUTHENTICATION": False,
        "SOCIALACCOUNT_REQUESTS_TIMEOUT": 10,
        "SOCIALACCOUNT_STORE_TOKENS": False,
    }


def list_apps() -> list[str]:
    """The apps of Django and allauth that accounts need; SAML where its library is installed (`ridgeway[saml]`)."""
    apps = ["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"]
    apps += ["allauth", "allauth.account", "allauth.mfa", "allauth.socialaccount"]
    apps += ["allauth.socialaccount.providers.openid_connect"]
    if has_package("onelogin"):
        apps.append("allauth.socialaccount.providers.saml")
    return apps


def list_hashers() -> list[str]:
    """How passwords are kept: Argon2 where it is installed, else scrypt; what was kept another way is still read."""
    names = ("Argon2", *HASHERS) if has_package("argon2") else HASHERS
    return [f"django.contrib.auth.hashers.{name}PasswordHasher" for name in names]


def derive_validators() -> list[dict[str, Any]]:
    """What a password must not be: short, common, all digits, or like the person's own name."""
    own = {"user_attributes": ("email", "name")}
    rules = "django.contrib.auth.password_validation"
    return [
        {"NAME": f"{rules}.MinimumLengthValidator", "OPTIONS": {"min_length": MIN_PASSWORD_CHARACTERS}},
        {"NAME": f"{rules}.UserAttributeSimilarityValidator", "OPTIONS": own},
        {"NAME": f"{rules}.CommonPasswordValidator"},
        {"NAME": f"{rules}.NumericPasswordValidator"},
    ]


def has_package(name: str) -> bool:
    """Whether the package is installed."""
    return importlib.util.find_spec(name) is not None
