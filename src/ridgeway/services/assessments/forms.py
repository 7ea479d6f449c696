"""What staff send: a package, a reason, a time, a sign-off."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from ridgeway.services.assessments.actions.commenting import MAX_TEXT_CHARACTERS
from ridgeway.services.assessments.actions.signing import MAX_COMMENT_CHARACTERS, MAX_ROLE_CHARACTERS

MAX_REASON_CHARACTERS = 500
MAX_PACKAGE_BYTES = 2 * 1024 * 1024
TIMES = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]


class PackageForm(forms.Form):
    """A package as one file."""

    package = forms.FileField(
        label=_("Package"), help_text=_("A zip of the package, or its service.yaml alone."), max_length=200
    )

    def clean_package(self) -> "UploadedFile[Any]":
        """The file, when it is not too large."""
        given: UploadedFile[Any] = self.cleaned_data["package"]
        if (given.size or 0) > MAX_PACKAGE_BYTES:
            raise forms.ValidationError(_("The package is larger than 2 megabytes"))
        return given


class ReasonForm(forms.Form):
    """Why something is done; it goes into the audit log."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept in the audit log, for those who ask later."),
        max_length=MAX_REASON_CHARACTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class WithdrawForm(ReasonForm):
    """Why, and where people go instead."""

    instead = forms.URLField(
        label=_("Address to which people are sent instead"),
        help_text=_("Leave it empty and they read that the assessment is withdrawn."),
        max_length=500,
        required=False,
        assume_scheme="https",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = True


class ScheduleForm(ReasonForm):
    """When, and why."""

    at = forms.DateTimeField(
        label=_("Date and time"), help_text=_("On the clock of this site, as 2026-12-31 23:00."), input_formats=TIMES
    )
    field_order = ("at", "reason")

    def clean_at(self) -> Any:
        """The time in the zone of the site."""
        at = self.cleaned_data["at"]
        return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))


class SignOffForm(forms.Form):
    """In which role somebody stands for a version, and what they have to say."""

    digest = forms.RegexField(r"\A[0-9a-f]{64}\Z", widget=forms.HiddenInput)
    role = forms.CharField(label=_("Your role"), help_text=_("As in medical director."), max_length=MAX_ROLE_CHARACTERS)
    comment = forms.CharField(
        label=_("Comment"),
        max_length=MAX_COMMENT_CHARACTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CommentForm(forms.Form):
    """What somebody says about one element."""

    element = forms.ChoiceField(label=_("About what"))
    text = forms.CharField(label=_("Comment"), max_length=MAX_TEXT_CHARACTERS, widget=forms.Textarea(attrs={"rows": 3}))
    suggestion = forms.CharField(
        label=_("What it should say"),
        max_length=MAX_TEXT_CHARACTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, elements: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["element"].choices = [("", "–"), *((each, each) for each in elements)]  # type: ignore[attr-defined]
