"""Reasons for rejection, tags, departments, topics and pages as staff fill them in."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ridgeway.services.petitions.forms.fields import GENERAL, LineField, ParagraphsField
from ridgeway.services.petitions.links import PUBLIC
from ridgeway.services.petitions.models import Department, Page, RejectionReason, Tag, Topic

DESCRIPTION_LIMIT = 2000
CONTENT_LIMIT = 50_000
MAX_POSITION = 1000
WEB = ("https://", "http://")


def line(label: Any, limit: int, *, hint: Any = "", required: bool = True) -> Any:
    """One line of text."""
    return LineField(label=label, help_text=hint, limit=limit, words=GENERAL, required=required)


def web_address(label: Any, hint: Any = "") -> Any:
    """An address on the web, or none."""
    return forms.URLField(label=label, help_text=hint, max_length=500, required=False, assume_scheme="https")


class ReasonForm(forms.ModelForm[RejectionReason]):
    """A reason for rejection."""

    title = line(_("Reason"), 100)
    code = forms.SlugField(
        label=_("Code"), help_text=_("Programs read it: small letters, digits and -."), max_length=50
    )
    description = ParagraphsField(
        label=_("What readers are told"),
        help_text=_("You can use Markdown."),
        limit=DESCRIPTION_LIMIT,
        words=GENERAL,
    )
    is_hidden = forms.BooleanField(
        label=_("A petition that is rejected for it is kept from the public"), required=False
    )
    position = forms.IntegerField(label=_("Place in the list"), min_value=0, max_value=MAX_POSITION, initial=0)

    class Meta:
        """All of it."""

        model = RejectionReason
        fields = ("title", "code", "description", "is_hidden", "position")


class TagForm(forms.ModelForm[Tag]):
    """A tag."""

    name = line(_("Tag"), 60)
    description = line(_("What it is for"), 200, required=False)

    class Meta:
        """All of it."""

        model = Tag
        fields = ("name", "description")


class DepartmentForm(forms.ModelForm[Department]):
    """A department."""

    name = line(_("Department"), 100)
    acronym = line(_("Short form"), 10, required=False)
    url = web_address(_("Its page"))
    email = forms.EmailField(label=_("Email address"), required=False)
    external_id = line(_("Number elsewhere"), 40, required=False)

    class Meta:
        """All but its dates."""

        model = Department
        fields = ("name", "acronym", "url", "email", "external_id")

    def clean_url(self) -> str:
        """A page on the web."""
        return require_web(self.cleaned_data["url"])


class TopicForm(forms.ModelForm[Topic]):
    """A topic."""

    name = line(_("Topic"), 100)
    code = forms.SlugField(
        label=_("Code"), help_text=_("Programs read it: small letters, digits and -."), max_length=100
    )

    class Meta:
        """All of it."""

        model = Topic
        fields = ("name", "code")


def require_web(address: str) -> str:
    """The address, where it is one of the web.

    Raises:  ValidationError.
    """
    if address and not address.startswith(WEB):
        raise forms.ValidationError(gettext("The address must begin with https://"))
    return address


class PageForm(forms.ModelForm[Page]):
    """A page in one language; slug and language are fixed once it is there."""

    slug = forms.SlugField(label=_("Address"), help_text=_("As in help: small letters, digits and -."), max_length=60)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    title = line(_("Title"), 100)
    content = ParagraphsField(
        label=_("Text"),
        help_text=_(
            "You can use Markdown. $parliament, $government, $minimum_sponsors, $response_threshold, $debate_threshold "
            "and $duration_months stand for what the site is set to."
        ),
        limit=CONTENT_LIMIT,
        words=GENERAL,
        rows=25,
    )
    is_enabled = forms.BooleanField(label=_("The page is shown"), required=False, initial=True)
    redirect_url = web_address(
        _("Lead visitors elsewhere"), _("An address to which visitors are led instead of seeing this page.")
    )

    class Meta:
        """All of it."""

        model = Page
        fields = ("slug", "language", "title", "content", "is_enabled", "redirect_url")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            del self.fields["slug"], self.fields["language"]

    def clean_slug(self) -> str:
        """An address that no other page of the site has."""
        slug: str = self.cleaned_data["slug"]
        try:
            name = resolve(f"/{slug}", urlconf=PUBLIC).url_name
        except Resolver404:
            name = None
        if name != "content-page":
            raise forms.ValidationError(gettext("This address belongs to another page of the site."))
        return slug

    def clean_redirect_url(self) -> str:
        """A page on the web."""
        return require_web(self.cleaned_data["redirect_url"])


FORMS: Mapping[str, Any] = {
    "reasons": ReasonForm,
    "tags": TagForm,
    "departments": DepartmentForm,
    "topics": TopicForm,
}
