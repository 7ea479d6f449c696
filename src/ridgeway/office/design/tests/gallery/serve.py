"""A site of its own that shows every part in every state, for tests and for eyes: `python serve.py PORT`.

Law: a process apart, so that its Django settings are nobody else's.
"""

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from django import forms
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.utils import translation
from django.views.static import serve

from ridgeway.office.design.widgets import DateParts

HERE = Path(__file__).parent
ROOM = HERE.parents[1]
NOW = datetime(2026, 11, 24, 18, 5, tzinfo=UTC)
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'"
)
TOPICS = [("environment", "Environment"), ("health", "Health"), ("schools", "Schools and education")]
PLACES = [("here", "In this country"), ("abroad", "Elsewhere")]
COUNTRIES = [("", "Choose"), ("Europe", [("fr", "France"), ("de", "Germany")])]
PAGES = ("home", "text", "form", "failed", "question", "check", "done", "list", "subject", "desk", "desk-form")


def configure():
    """Django knows this module as its addresses, and the design room as its only app."""
    settings.configure(
        ALLOWED_HOSTS=["*"],
        INSTALLED_APPS=["ridgeway.office.design"],
        LANGUAGE_CODE="en",
        LANGUAGES=[("en", "English"), ("ar", "Arabic")],
        ROOT_URLCONF=__name__,
        SECRET_KEY="only for the gallery",
        STATIC_URL="/static/",
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.jinja2.Jinja2",
                "DIRS": [HERE / "templates"],
                "APP_DIRS": False,
                "OPTIONS": {"environment": "ridgeway.office.design.environment.build_environment"},
            }
        ],
        TIME_ZONE="Europe/London",
        USE_I18N=True,
        USE_TZ=True,
    )
    django.setup()


class Everything(forms.Form):
    """A form with every kind of field."""

    action = forms.CharField(label="What do you want us to do?", help_text="Start with a verb.", max_length=80)
    background = forms.CharField(label="Background", widget=forms.Textarea(attrs={"rows": 4}), max_length=300)
    details = forms.CharField(label="Additional details", widget=forms.Textarea, max_length=800, required=False)
    email = forms.EmailField(label="Your e-mail address", widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    secret = forms.CharField(label="Password", widget=forms.PasswordInput)
    where = forms.ChoiceField(label="Where do you live?", widget=forms.RadioSelect, choices=PLACES)
    topics = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, choices=TOPICS, required=False)
    place = forms.ChoiceField(label="Country", choices=COUNTRIES)
    born = forms.DateField(label="When were you born?", help_text="For example 31 3 1980.", widget=DateParts)
    on = forms.DateField(label="Date of the debate", widget=forms.DateInput, required=False)
    amount = forms.IntegerField(label="Amount", required=False)
    file = forms.FileField(label="Upload a picture", required=False)
    agreed = forms.BooleanField(label="I am a citizen or live here.")
    locked = forms.CharField(label="Reference", initial="RW-1", disabled=True, required=False)


SENT = {
    "action": "Save",
    "born_day": "42",
    "born_month": "3",
    "born_year": "1980",
    "details": "x" * 820,
    "topics": ["health"],
    "where": "abroad",
}
KNOWN = {
    "action": "Protect the chalk streams",
    "born": date(1980, 3, 31),
    "on": date(2026, 12, 1),
    "topics": ["health"],
    "where": "here",
}


def link(label, *, current=False, count=None):
    """One link of a menu."""
    return {"href": f"#{label.replace(' ', '-').lower()}", "label": label, "current": current, "count": count}


def make_form(name):
    """The form of a page as it stands: new, filled in, or sent back."""
    return {
        "form": Everything(initial=KNOWN),
        "desk-form": Everything(initial=KNOWN),
        "failed": Everything(SENT),
        "question": Everything(),
    }.get(name)


def make_context(name, language):
    """What the layouts and pages are told."""
    form = make_form(name)
    arabic = language == "ar"
    languages = [{"href": f"/{code}/{name}", "code": code, "current": code == language} for code in ("en", "ar")]
    queue = [link("To moderate", current=True, count=128), link("Awaiting a response", count=7)]
    return {
        "site_name": "العرائض" if arabic else "Petitions",
        "organisation": "برلمان ساوثمارك" if arabic else "Parliament of Southmark",
        "language_links": languages,
        "navigation": [link("All petitions", current=name == "list"), link("How petitions work")],
        "footer_links": [link("Privacy"), link("Cookies"), link("Accessibility")],
        "desk_navigation": [
            {"title": "Petitions", "links": queue},
            {"title": "Site", "links": [link("People"), link("Settings")]},
        ],
        "account": {"name": "Suzie Moderator", "href": "#me", "sign_out_url": "/out"},
        "now_fixed": NOW,
        "ago": NOW - timedelta(days=3, hours=2),
        "page": Paginator(range(500), 25).page(7),
        "bars": [(colour, f"A {colour} message.") for colour in ("grey", "blue", "green", "yellow", "red")],
        **({"form": form} if form else {}),
    }


def show(request, language, name):
    """One page of the gallery."""
    with translation.override(language):
        answer = render(request, f"gallery/{name}.html", make_context(name, language))
    answer["Content-Security-Policy"] = POLICY
    return answer


urlpatterns = [
    path("static/<path:path>", serve, {"document_root": ROOM / "static"}),
    path("count.json", lambda request: JsonResponse({"signature_count": 104_250})),
    path("alive", lambda request: HttpResponse("yes")),
    path("favicon.ico", lambda request: HttpResponse(status=204)),
    path("out", lambda request: HttpResponse("<title>out</title>signed out")),
    path("<str:language>/<str:name>", show),
]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        """Nothing."""


class Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


if __name__ == "__main__":
    configure()
    with make_server("127.0.0.1", int(sys.argv[1]), WSGIHandler(), Threaded, Quiet) as server:
        print(server.server_port, flush=True)
        server.serve_forever()
