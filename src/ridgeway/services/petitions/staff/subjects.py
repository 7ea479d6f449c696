"""What petitions are marked with: reasons for rejection, tags, departments, topics; listed, added, changed, deleted."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from ridgeway.office.people.gates import gate, get_actor
from ridgeway.services.petitions.actions.editing import KINDS, Subject, delete_subject, find_petitions, keep_subject
from ridgeway.services.petitions.forms.subjects import FORMS
from ridgeway.services.petitions.models import Petition
from ridgeway.services.petitions.pages.ids import parse_id
from ridgeway.services.petitions.service import CONFIGURE
from ridgeway.services.petitions.staff.saying import say, show


@dataclass(frozen=True, slots=True)
class Words:
    """What a kind is called."""

    all: Promise
    add: Promise
    change: Promise
    order: tuple[str, ...] = ("name",)


WORDS = {
    "reasons": Words(
        _("Reasons for rejection"), _("Add a reason"), _("Change a reason"), ("is_hidden", "position", "title")
    ),
    "tags": Words(_("Tags"), _("Add a tag"), _("Change a tag")),
    "departments": Words(_("Departments"), _("Add a department"), _("Change a department")),
    "topics": Words(_("Topics"), _("Add a topic"), _("Change a topic")),
}


def get_words(kind: str) -> Words:
    """What the kind is called.

    Raises:  Http404.
    """
    if kind not in WORDS:
        raise Http404
    return WORDS[kind]


def link_kind(kind: str) -> str:
    """The address of a list."""
    return reverse("petitions-staff:subjects", kwargs={"kind": kind})


def list_tabs(here: str) -> list[dict[str, Any]]:
    """The four lists."""
    return [{"href": link_kind(kind), "label": words.all, "current": kind == here} for kind, words in WORDS.items()]


@gate(CONFIGURE)
def lead_to_first(request: HttpRequest) -> HttpResponse:
    """`/petitions/subjects`: to the first list."""
    return redirect(link_kind(next(iter(WORDS))))


@gate(CONFIGURE)
def list_subjects(request: HttpRequest, kind: str) -> HttpResponse:
    """`/petitions/subjects/KIND`."""
    words = get_words(kind)
    subjects = list(KINDS[kind].objects.order_by(*words.order))
    used = count_use(kind)
    rows = [{"subject": each, "count": used.get(each.pk, 0)} for each in subjects]
    context = {"kind": kind, "words": words, "rows": rows, "tabs": list_tabs(kind)}
    return show(request, "subjects.html", context)


def count_use(kind: str) -> dict[int, int]:
    """How many petitions have each, in one statement."""
    field = "rejection_reason" if kind == "reasons" else kind
    counted = Petition.objects.exclude(**{field: None}).order_by().values_list(field).annotate(Count("pk"))
    return dict(counted)


@gate(CONFIGURE)
def add_subject(request: HttpRequest, kind: str) -> HttpResponse:
    """`/petitions/subjects/KIND/add`."""
    get_words(kind)
    return edit(request, kind, KINDS[kind]())


@gate(CONFIGURE)
def change_subject(request: HttpRequest, kind: str, subject_id: str) -> HttpResponse:
    """`/petitions/subjects/KIND/ID`."""
    get_words(kind)
    return edit(request, kind, get_subject(kind, subject_id))


def get_subject(kind: str, subject_id: str) -> Subject:
    """The one of that number.

    Raises:  Http404; BadRequest for what is no number.
    """
    found: Subject | None = KINDS[kind].objects.filter(pk=parse_id(subject_id)).first()
    if found is None:
        raise Http404
    return found


def edit(request: HttpRequest, kind: str, subject: Subject) -> HttpResponse:
    """The form of one."""
    words, is_new = get_words(kind), subject.pk is None
    form: Any = FORMS[kind](request.POST if request.method == "POST" else None, instance=subject)
    if request.method == "POST" and form.is_valid():
        fresh = KINDS[kind]() if is_new else get_subject(kind, str(subject.pk))
        keep_subject(kind, fresh, form.cleaned_data, actor=get_actor(request), now=timezone.now())
        say(request, gettext("It is saved."))
        return redirect(link_kind(kind))
    used = 0 if is_new else find_petitions(kind, subject.pk).count()
    context = {"kind": kind, "words": words, "form": form, "title": words.add if is_new else words.change}
    more = {"used": used, "subject": None if is_new else subject, "may_delete": kind != "reasons" or not used}
    return show(request, "subject.html", {**context, **more}, status=422 if form.is_bound else 200)


@gate(CONFIGURE)
@require_POST
def remove_subject(request: HttpRequest, kind: str, subject_id: str) -> HttpResponse:
    """`/petitions/subjects/KIND/ID/delete`."""
    get_words(kind)
    delete_subject(kind, parse_id(subject_id), actor=get_actor(request), now=timezone.now())
    say(request, gettext("It is deleted."))
    return redirect(link_kind(kind))


urlpatterns = [
    path("subjects", lead_to_first, name="all-subjects"),
    path("subjects/<str:kind>", list_subjects, name="subjects"),
    path("subjects/<str:kind>/add", add_subject, name="add-subject"),
    path("subjects/<str:kind>/<str:subject_id>", change_subject, name="subject"),
    path("subjects/<str:kind>/<str:subject_id>/delete", remove_subject, name="delete-subject"),
]
