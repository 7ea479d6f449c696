"""The tables: versions of assessments, who signed them off and what was said about them, and counts that know nobody.

Law: no row is of a person who answered. A count holds a day, a word of the package, a language and a number; which
kinds are counted at all is what the package's own `privacy` says.
"""

from django.conf import settings
from django.db import models

from ridgeway.services.assessments.states import State


class Version(models.Model):
    """One version of an assessment, as it was added: the bytes of its package, and what was compiled of them."""

    package = models.CharField(max_length=64)
    version = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    """SHA-256 of the package's files, hexadecimal."""
    title = models.CharField(max_length=300)
    state = models.CharField(max_length=10, default=State.DRAFT)
    archive = models.BinaryField()
    """The package as a zip that is the same for the same files."""
    compiled = models.TextField()
    """The compiled document, as canonical JSON."""
    report = models.JSONField(default=list)
    """What the checks found when it was added: warnings, since errors refuse it."""
    activates_at = models.DateTimeField(null=True)
    """When it goes live or went live."""
    ends_at = models.DateTimeField(null=True)
    """When its validity is over."""
    withdrawn_at = models.DateTimeField(null=True)
    instead = models.URLField(max_length=500, blank=True)
    """Where people are sent once it is withdrawn; empty: a page says that it is."""
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=150)
    added_by_account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    writers = models.JSONField(default=list)
    """Accounts that wrote the draft that it was made of; what they sign off counts as their own."""

    class Meta:
        """A version is added once, and one of a package is live."""

        constraints = (
            models.UniqueConstraint(fields=["package", "version"], name="assessments_version_once"),
            models.UniqueConstraint(
                fields=["package"], condition=models.Q(state="live"), name="assessments_one_live_version"
            ),
        )

    def __str__(self) -> str:
        """Its package and version."""
        return f"{self.package} {self.version}"


class SignOff(models.Model):
    """Somebody has read a version and stands for it, in the role that they name."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="sign_offs")
    role = models.CharField(max_length=100)
    name = models.CharField(max_length=150)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    digest = models.CharField(max_length=64)
    """What was signed off: the digest of that version then."""
    comment = models.TextField(blank=True)
    signed_at = models.DateTimeField()

    class Meta:
        """Once a person."""

        constraints = (models.UniqueConstraint(fields=["version", "account"], name="assessments_signed_once"),)

    def __str__(self) -> str:
        """Who, of what."""
        return f"{self.name}: {self.digest[:12]}"


class Comment(models.Model):
    """What somebody says about one element of a version: a question, a rule, a text; perhaps what it should say."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="comments")
    element = models.CharField(max_length=200)
    """The key of the text or element, the same in every version."""
    text = models.TextField()
    suggestion = models.TextField(blank=True)
    name = models.CharField(max_length=150)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    written_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=150, blank=True)

    def __str__(self) -> str:
        """About what, by whom."""
        return f"{self.name} about {self.element}"


class Count(models.Model):
    """How often something happened on a day; nothing in the row is of anybody."""

    package = models.CharField(max_length=64)
    version = models.CharField(max_length=40)
    day = models.DateField()
    kind = models.CharField(max_length=10)
    """`start`, `page` or `outcome`."""
    what = models.CharField(max_length=64)
    """Id of the page or outcome."""
    language = models.CharField(max_length=20)
    number = models.PositiveBigIntegerField()

    class Meta:
        """One row for each."""

        constraints = (
            models.UniqueConstraint(
                fields=["package", "version", "day", "kind", "what", "language"], name="assessments_count_once"
            ),
        )

    def __str__(self) -> str:
        """What, and how often."""
        return f"{self.package} {self.what}: {self.number}"


class Draft(models.Model):
    """A package that is being written at the desk; it may be wrong and unfinished, and nobody is served from it."""

    package = models.CharField(max_length=64)
    archive = models.BinaryField()
    """Its files, as a zip."""
    number = models.PositiveIntegerField(default=1)
    """Grows with each save: who saves says which one they had before them, so that nobody overwrites another."""
    based_on = models.ForeignKey(Version, null=True, on_delete=models.SET_NULL, related_name="+")
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=150)
    saved_by_account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    def __str__(self) -> str:
        """Its package, and how often it was saved."""
        return f"{self.package} ({self.number})"
