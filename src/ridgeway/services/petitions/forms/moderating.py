"""What staff fill in about a petition: a decision, a response, a debate, other business, the texts themselves."""

import io
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

from ridgeway.office.design.widgets import DateParts
from ridgeway.office.design.wording import translate_data
from ridgeway.services.petitions.models import Department, Petition, RejectionReason, Tag, Topic
from ridgeway.services.petitions.rules.texts import (
    ACTION_LIMIT,
    BACKGROUND_LIMIT,
    BUSINESS_BODY_LIMIT,
    BUSINESS_SUBJECT_LIMIT,
    COMMITTEE_NOTE_LIMIT,
    DETAILS_LIMIT,
    REJECTION_DETAILS_LIMIT,
    RESPONSE_DETAILS_LIMIT,
    RESPONSE_SUMMARY_LIMIT,
)

MAX_NOTES = 10_000
MAX_IMAGE_BYTES = 512 * 1024
IMAGE_WIDTH, IMAGE_HEIGHT, IMAGE_RATIO = (630, 1890), (355, 1260), (1.5, 1.8)
LINKS = ("transcript_url", "video_url", "debate_pack_url", "public_engagement_url", "debate_summary_url")
Image.MAX_IMAGE_PIXELS = IMAGE_WIDTH[1] * IMAGE_HEIGHT[1] * 4


TEXT_LIMITS = {
    "action": ACTION_LIMIT,
    "background": BACKGROUND_LIMIT,
    "additional_details": DETAILS_LIMIT,
    "committee_note": COMMITTEE_NOTE_LIMIT,
}


class RejectForm(forms.Form):
    """Why a petition is refused."""

    code = forms.ChoiceField(
        label=_("Reason"), widget=forms.RadioSelect, error_messages={"required": _("Choose a reason.")}
    )
    details = forms.CharField(
        label=_("Details for the creator"),
        help_text=_("Shown on the page of the petition, unless it is hidden. You can use Markdown."),
        max_length=REJECTION_DETAILS_LIMIT,
        required=False,
        widget=forms.Textarea,
    )
    hides = forms.BooleanField(
        label=_("Hide this petition"),
        help_text=_("Nothing of it is shown to the public. A second person has to agree."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = RejectionReason.objects.order_by("is_hidden", "position", "title")
        hidden = gettext("%(title)s (hidden)")
        titles = {each.code: translate_data(each.title) for each in reasons}
        self.fields["code"].choices = [  # type: ignore[attr-defined]
            (each.code, hidden % {"title": titles[each.code]} if each.is_hidden else titles[each.code])
            for each in reasons
        ]


class ReasonForm(forms.Form):
    """Why a petition is removed."""

    reason = forms.CharField(
        label=_("Why it is removed"),
        max_length=REJECTION_DETAILS_LIMIT,
        widget=forms.Textarea,
        error_messages={"required": _("Say why.")},
    )


class ResponseForm(forms.Form):
    """The government's response."""

    responded_on = forms.DateField(label=_("Day of the response"), widget=DateParts)
    summary = forms.CharField(label=_("Summary"), max_length=RESPONSE_SUMMARY_LIMIT, widget=forms.Textarea)
    details = forms.CharField(
        label=_("Whole response"),
        help_text=_("You can use Markdown."),
        max_length=RESPONSE_DETAILS_LIMIT,
        required=False,
        widget=forms.Textarea,
    )


class ScheduleForm(forms.Form):
    """When a petition is debated."""

    day = forms.DateField(
        label=_("Day of the debate"),
        help_text=_("Leave it empty when there is no date any more."),
        required=False,
        widget=DateParts,
    )


class OutcomeForm(forms.Form):
    """What came of a debate."""

    debated = forms.ChoiceField(
        label=_("Was it debated?"),
        choices=[("yes", _("Yes")), ("no", _("No, Parliament decided not to debate it"))],
        widget=forms.RadioSelect,
    )
    debated_on = forms.DateField(label=_("Day of the debate"), required=False, widget=DateParts)
    overview = forms.CharField(
        label=_("Overview"), max_length=BUSINESS_BODY_LIMIT, required=False, widget=forms.Textarea
    )
    transcript_url = forms.URLField(label=_("Transcript"), max_length=500, required=False, assume_scheme="https")
    video_url = forms.URLField(label=_("Video"), max_length=500, required=False, assume_scheme="https")
    debate_pack_url = forms.URLField(label=_("Research"), max_length=500, required=False, assume_scheme="https")
    public_engagement_url = forms.URLField(
        label=_("What the public told"), max_length=500, required=False, assume_scheme="https"
    )
    debate_summary_url = forms.URLField(label=_("Summary"), max_length=500, required=False, assume_scheme="https")
    image = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG of at most 512 KB, 630 to 1890 wide and 355 to 1260 high, 1.5 to 1.8 times as wide as high."),
        required=False,
    )

    def __init__(self, *args: Any, domains: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.domains = domains

    def clean(self) -> dict[str, Any]:
        """A held debate has a day; links lead only where the site allows."""
        values = super().clean() or {}
        if values.get("debated") == "yes" and not values.get("debated_on"):
            self.add_error("debated_on", gettext("Say on which day it was debated."))
        for name in LINKS:
            host = (urlsplit(values.get(name) or "").hostname or "").lower()
            if host and not any(host == each or host.endswith(f".{each}") for each in self.domains):
                text = gettext("The link leads to %(host)s; these are allowed: %(allowed)s.")
                self.add_error(name, text % {"host": host, "allowed": ", ".join(self.domains)})
        return values

    def clean_image(self) -> bytes | None:
        """The picture's bytes, proven to be a JPEG of the right size."""
        file = self.cleaned_data.get("image")
        return read_jpeg(file) if isinstance(file, UploadedFile) else None


def read_jpeg(file: "UploadedFile[Any]") -> bytes:
    """The bytes of a JPEG that fits.

    Raises:  ValidationError saying what does not.
    """
    if (file.size or 0) > MAX_IMAGE_BYTES:
        raise forms.ValidationError(gettext("The picture is larger than 512 KB."))
    content: bytes = file.read()
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG",)) as image:
            image.load()
            width, height = image.size
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise forms.ValidationError(gettext("The file is no JPEG picture.")) from error
    fits = IMAGE_WIDTH[0] <= width <= IMAGE_WIDTH[1] and IMAGE_HEIGHT[0] <= height <= IMAGE_HEIGHT[1]
    if not fits or not IMAGE_RATIO[0] <= width / height <= IMAGE_RATIO[1]:
        text = gettext("The picture has %(width)s by %(height)s points, which does not fit.")
        raise forms.ValidationError(text % {"width": width, "height": height})
    return content


class BusinessForm(forms.Form):
    """Other business of Parliament."""

    subject = forms.CharField(label=_("Subject"), max_length=BUSINESS_SUBJECT_LIMIT)
    occurred_on = forms.DateField(label=_("Day"), widget=DateParts)
    body = forms.CharField(
        label=_("What happened"),
        help_text=_("You can use Markdown."),
        max_length=BUSINESS_BODY_LIMIT,
        widget=forms.Textarea,
    )


class TextForm(forms.ModelForm[Petition]):
    """The petition's own words, as staff may correct them, and the committee's note."""

    class Meta:
        """The texts and flags."""

        model = Petition
        fields = (
            "action",
            "background",
            "additional_details",
            "committee_note",
            "special_consideration",
            "do_not_anonymize",
        )
        widgets = {"background": forms.Textarea, "action": forms.Textarea}  # noqa: RUF012 - Django's form
        labels = {  # noqa: RUF012
            "action": _("Action"),
            "background": _("Background"),
            "additional_details": _("Additional details"),
            "committee_note": _("Note of the committee"),
            "special_consideration": _("Handle with special care"),
            "do_not_anonymize": _("Keep the names when petitions are anonymised"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, most in TEXT_LIMITS.items():
            limit = max(most, len(getattr(self.instance, name)))
            self.fields[name] = forms.CharField(
                label=self.fields[name].label,
                max_length=limit,
                required=name in {"action", "background"},
                widget=forms.Textarea,
            )


class AnnotateForm(forms.ModelForm[Petition]):
    """What staff put to a petition for themselves, and by what the public finds it."""

    tags = forms.ModelMultipleChoiceField(
        Tag.objects.order_by("name"), label=_("Tags"), required=False, widget=forms.CheckboxSelectMultiple
    )
    departments = forms.ModelMultipleChoiceField(
        Department.objects.order_by("name"), label=_("Departments"), required=False, widget=forms.CheckboxSelectMultiple
    )
    topics = forms.ModelMultipleChoiceField(
        Topic.objects.order_by("name"), label=_("Topics"), required=False, widget=forms.CheckboxSelectMultiple
    )
    notes = forms.CharField(label=_("Notes"), max_length=MAX_NOTES, required=False, widget=forms.Textarea)

    class Meta:
        """The marks."""

        model = Petition
        fields = ("notes", "tags", "departments", "topics")
