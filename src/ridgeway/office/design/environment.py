"""What every template knows: the Jinja2 environment of all sites.

Law: everything is escaped but the plain texts of letters (`.txt`), an unknown name is an error, and templates of our
own rooms alone are found.
Use, in Django's TEMPLATES, before Django's own backend:

    {"BACKEND": "django.template.backends.jinja2.Jinja2", "DIRS": [], "APP_DIRS": False,
     "OPTIONS": {"environment": "ridgeway.office.design.environment.build_environment"}}
"""

from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import get_script_prefix, reverse
from django.utils import timezone, translation
from django.utils.translation import get_language_info
from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

from ridgeway.office.design import formats
from ridgeway.office.design.fields import describe_field, list_problems
from ridgeway.office.design.formtoken import render_form_token
from ridgeway.office.design.prose import render_autolink, render_markdown, render_plain
from ridgeway.office.design.wording import name_place, translate_data

OWN_APPS: Final = "ridgeway."


def build_environment(**options: Any) -> Environment:
    """The environment in which all pages are drawn; `options` are those of Django's backend."""
    given: BaseLoader | None = options.pop("loader", None)
    own = FileSystemLoader(list_template_folders())
    options |= {
        "loader": own if given is None else ChoiceLoader([given, own]),
        "autoescape": is_escaped,
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "keep_trailing_newline": False,
        "extensions": [*options.get("extensions", ()), "jinja2.ext.i18n"],
    }
    environment = Environment(**options)  # noqa: S701 — what is escaped stands in the options
    environment.policies["ext.i18n.trimmed"] = True
    install_gettext(environment)
    environment.globals.update(list_globals())
    environment.filters.update(list_filters())
    return environment


def is_escaped(name: str | None) -> bool:
    """Whether a template makes HTML: all do but the plain texts of letters (`letters.py`)."""
    return name is None or not name.endswith(".txt")


def list_template_folders() -> list[Path]:
    """The `templates` folders of our own installed rooms; other packages' templates are Django's."""
    folders = [Path(config.path) / "templates" for config in apps.get_app_configs() if config.name.startswith(OWN_APPS)]
    return [folder for folder in folders if folder.is_dir()]


def install_gettext(environment: Environment) -> None:
    """Let `_`, `gettext`, `ngettext`, `pgettext`, `npgettext` and `{% trans %}` speak the language that is active."""
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext,
        translation.ngettext,
        newstyle=True,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
    )


def list_globals() -> dict[str, Any]:
    """The functions that templates call."""
    return {
        "static": render_static,
        "url": render_url,
        "home_url": get_script_prefix,
        "form_token": render_form_token,
        "theme_urls": list_theme_urls,
        "language_code": find_language,
        "language_direction": find_direction,
        "language_name": find_language_name,
        "now": timezone.now,
        "describe_field": describe_field,
        "list_problems": list_problems,
    }


def list_filters() -> dict[str, Any]:
    """The filters that templates apply."""
    return {
        "markdown": render_markdown,
        "plain": render_plain,
        "autolink": render_autolink,
        "date": formats.render_date,
        "day": formats.render_day,
        "month": formats.render_month,
        "time": formats.render_time,
        "datetime": formats.render_datetime,
        "age": formats.render_age,
        "since": formats.render_duration,
        "number": formats.render_number,
        "compact_number": formats.render_compact_number,
        "percent": formats.render_percent,
        "time_tag": formats.render_time_tag,
        "translated": translate_data,
        "place_name": name_place,
    }


def render_url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a view: `{{ url("petitions:show", number=700001) }}`; in the language of the page."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


def render_static(name: str) -> str:
    """The address of a file of ours, `design/design.css`, as the storage gives it: it changes with what it serves."""
    return str(staticfiles_storage.url(name))


def list_theme_urls() -> list[str]:
    """The style sheets that a government adds (`RIDGEWAY_THEME_URLS`); they come after ours, so their tokens win."""
    return list(getattr(settings, "RIDGEWAY_THEME_URLS", ()))


def find_language() -> str:
    """The language of the page, for `lang`."""
    return translation.get_language() or "en"


def find_direction() -> str:
    """The direction of the page's script, for `dir`."""
    return "rtl" if translation.get_language_bidi() else "ltr"


def find_language_name(code: str) -> str:
    """The name of a language in that language."""
    return str(get_language_info(code)["name_local"]).capitalize()
