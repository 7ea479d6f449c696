"""What is said about a version, element by element; what was said about earlier versions stands there until settled."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from ridgeway.office.people.gates import gate, get_actor, may
from ridgeway.services.assessments.actions.commenting import MAX_COMMENTS, add_comment, list_elements, settle_comment
from ridgeway.services.assessments.actions.doing import Doer, RefusedError
from ridgeway.services.assessments.forms import CommentForm
from ridgeway.services.assessments.models import Comment
from ridgeway.services.assessments.service import AUTHOR, VIEW
from ridgeway.services.assessments.staff.showing import MAX_ID_DIGITS, get_version, say, show


@gate(VIEW)
def show_comments(request: HttpRequest, version_id: str) -> HttpResponse:
    """`/assessments/versions/ID/comments`."""
    version, actor = get_version(version_id), get_actor(request)
    form = CommentForm(request.POST if request.method == "POST" else None, elements=list_elements(version))
    if request.method == "POST" and form.is_valid():
        try:
            add_comment(version.pk, **form.cleaned_data, by=Doer(actor, timezone.now()))
        except RefusedError as error:
            form.add_error(None, f"{error.detail} {error.action}")
        else:
            say(request, gettext("Your comment is there."))
            return redirect(reverse("assessments-staff:comments", kwargs={"version_id": version.pk}))
    comments = Comment.objects.filter(version__package=version.package).select_related("version")
    context = {
        "version": version,
        "form": form,
        "comments": comments.filter(settled_at=None).order_by("element", "pk"),
        "settled": comments.exclude(settled_at=None).order_by("-settled_at")[:MAX_COMMENTS],
        "may_settle": may(actor, AUTHOR),
    }
    return show(request, "comments.html", context, status=422 if form.is_bound else 200)


@gate(AUTHOR)
@require_POST
def settle(request: HttpRequest, version_id: str, comment_id: str) -> HttpResponse:
    """`/assessments/versions/ID/comments/NUMBER/settle`."""
    if not (comment_id.isascii() and comment_id.isdigit() and len(comment_id) <= MAX_ID_DIGITS):
        raise Http404
    settle_comment(int(comment_id), by=Doer(get_actor(request), timezone.now()))
    say(request, gettext("It is settled."))
    return redirect(reverse("assessments-staff:comments", kwargs={"version_id": get_version(version_id).pk}))


urlpatterns = [
    path("versions/<str:version_id>/comments", show_comments, name="comments"),
    path("versions/<str:version_id>/comments/<str:comment_id>/settle", settle, name="settle"),
]
