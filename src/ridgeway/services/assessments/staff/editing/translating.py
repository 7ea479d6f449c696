"""Texts side by side in two languages, saved into the language's PO file."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext, gettext_lazy

from ridgeway.errors import RequestError
from ridgeway.office.people.gates import gate
from ridgeway.services.assessments.actions.drafting import save_files
from ridgeway.services.assessments.definition import Package, Translation
from ridgeway.services.assessments.definition.catalogues import SHOWN, Entry, State, render_catalogue
from ridgeway.services.assessments.definition.formats import describe_language
from ridgeway.services.assessments.service import AUTHOR
from ridgeway.services.assessments.staff.editing.boxes import Box, Kind, clean
from ridgeway.services.assessments.staff.editing.forms import SheetForm
from ridgeway.services.assessments.staff.editing.looking import look
from ridgeway.services.assessments.staff.editing.views import doer, get_draft, go
from ridgeway.services.assessments.staff.showing import say, show

ON_A_PAGE = 30
STATES = {
    State.MISSING: gettext_lazy("Missing"),
    State.FUZZY: gettext_lazy("To be looked at"),
    State.STALE: gettext_lazy("The source has changed"),
    State.PLACEHOLDERS: gettext_lazy("Other placeholders than the source"),
    State.IDENTICAL: gettext_lazy("The same as the source"),
    State.DONE: gettext_lazy("Translated"),
}
FILTERS = {"": None, "missing": {State.MISSING}, "stale": {State.STALE, State.FUZZY, State.PLACEHOLDERS}}


@dataclass(frozen=True, slots=True)
class Row:
    """A text and its translation; `before` is the source from which it was translated, where that has changed."""

    key: str
    translation: Translation
    box: Box
    before: str

    @property
    def state(self) -> str:
        """How it stands, in words."""
        return str(STATES[self.translation.state])

    @property
    def is_done(self) -> bool:
        """Whether people read it."""
        return self.translation.state in SHOWN


def list_rows(package: Package, language: str, chosen: str) -> list[Row]:
    """The texts of the filter, in their order."""
    states, catalogue = FILTERS[chosen], package.catalogues.get(language, {})
    rows = []
    for key, each in package.translations(language).items():
        if states is None or each.state in states:
            kind = Kind.BLOCK if "\n" in each.source else Kind.LINE
            before = catalogue[key].source if each.state is State.STALE else ""
            rows.append(Row(key, each, Box((key,), key, kind, each.text.rstrip("\n")), before))
    return rows


@gate(AUTHOR)
def translate(request: HttpRequest, draft_id: str, language: str) -> HttpResponse:
    """`/assessments/drafts/ID/texts/LANGUAGE`."""
    seen = look(get_draft(draft_id))
    package, chosen = seen.package, request.GET.get("show", "")
    if package is None:
        say(request, gettext("Mend the errors first: the texts cannot be read as the draft is."), kind="error")
        return go("draft", seen.draft)
    if language not in package.languages[1:] or chosen not in FILTERS:
        raise Http404
    page = Paginator(list_rows(package, language, chosen), ON_A_PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    form = SheetForm(request.POST or None, [row.box for row in rows], number=seen.draft.number)
    if request.method == "POST" and form.is_valid():
        sent = {key: clean(str(text)) for key, text in request.POST.items()}
        # What is on the page may have moved on: every text that was sent and differs is taken, by its key.
        data = write_catalogue(package, language, sent)
        try:
            save_files(
                seen.draft, {f"locale/{language}.po": data}, number=form.cleaned_data["number"], by=doer(request)
            )
        except RequestError as error:
            form.add_error(None, f"{error.detail} {error.action}")
        else:
            say(request, gettext("It is saved."))
            return go("texts", seen.draft, language=language)
    about = describe_language(language)
    context = {
        "draft": seen.draft,
        "language": about,
        "source": describe_language(package.languages[0]),
        "rows": rows,
        "page": page,
        "form": form,
        "chosen": chosen,
        "href": lambda number: f"?show={chosen}&page={number}",
        "count": {name: len(list_rows(package, language, name)) for name in FILTERS},
    }
    return show(request, "editing/texts.html", context, status=409 if form.errors else 200)


def write_catalogue(package: Package, language: str, sent: dict[str, str]) -> bytes:
    """The PO file with the translations that were sent; one that was written anew is of the source as it is now."""
    old = dict(package.catalogues.get(language, {}))
    for key, each in package.translations(language).items():
        if key in sent and (sent[key] != clean(each.text) or (sent.get(f"seen:{key}") and each.text)):
            ending = "\n" if each.source.endswith("\n") and sent[key] else ""
            old[key] = Entry(key, each.source, sent[key] + ending, is_fuzzy=False, line=1)
    name = f"{package.definition.id} {package.definition.version}"
    return render_catalogue(package.texts.values(), old, language=language, package=name)


urlpatterns = [path("drafts/<str:draft_id>/texts/<str:language>", translate, name="texts")]
