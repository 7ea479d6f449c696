"""The tables of people: accounts and the roles that they were granted.

Law: an account is never deleted, only made inactive, so that the audit log can always name it. What a role permits is
not stored (`roles.py`). One session an account: `sign_in_mark` names the one that counts, and it is empty after
signing out (`sessions.py`).
"""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

MAX_EMAIL_CHARACTERS = 254
MAX_NAME_CHARACTERS = 120


class Accounts(BaseUserManager["Account"]):
    """Finds accounts, whichever way an address is spelt."""

    def get_by_natural_key(self, username: str | None) -> "Account":
        """The account of the address."""
        return self.get(email=fold_email(username or ""))


class Account(AbstractBaseUser):
    """Somebody who works at a desk; the work e-mail is the user name.

    `provider` names the sign-on service that the person comes by, or is empty for an account with a password here.
    """

    email: Any = models.EmailField(_("Work e-mail"), max_length=MAX_EMAIL_CHARACTERS, unique=True)
    name: Any = models.CharField(_("Name"), max_length=MAX_NAME_CHARACTERS)
    is_active: Any = models.BooleanField(_("May sign in"), default=True)
    provider: Any = models.CharField(max_length=200, blank=True, default="")
    created_at: Any = models.DateTimeField(default=timezone.now)
    last_seen: Any = models.DateTimeField(null=True, blank=True)
    signed_in_at: Any = models.DateTimeField(null=True, blank=True)
    sign_in_mark: Any = models.CharField(max_length=64, blank=True, default="")

    grants: Any
    objects: ClassVar[Any] = Accounts()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        db_table = "people_account"
        ordering = ("email",)
        constraints = (models.CheckConstraint(condition=models.Q(email=Lower("email")), name="people_email_is_folded"),)

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Stored, with its address in small letters."""
        self.email = fold_email(self.email)
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        """The name, for Django's and other libraries' sake."""
        return str(self.name)


class RoleGrant(models.Model):
    """A role that an account was granted: `petitions.moderator`; by a sign-on service, anew at each sign-in."""

    account: Any = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="grants")
    role: Any = models.CharField(max_length=100)
    granted_at: Any = models.DateTimeField(default=timezone.now)
    granted_by: Any = models.CharField(max_length=MAX_EMAIL_CHARACTERS, blank=True, default="")

    class Meta:
        db_table = "people_role_grant"
        ordering = ("role",)
        constraints = (models.UniqueConstraint(fields=["account", "role"], name="people_role_once"),)

    def __str__(self) -> str:
        return f"{self.account}: {self.role}"


class CacheRow(models.Model):
    """A value that all processes of the desk share for a while: mostly how often somebody tried (`cache.py`)."""

    key: Any = models.CharField(max_length=250, primary_key=True)
    value: Any = models.TextField()
    expires_at: Any = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "people_cache"

    def __str__(self) -> str:
        return str(self.key)


def fold_email(email: str) -> str:
    """The address as it is stored: without space around it, in small letters."""
    return email.strip().lower()
