"""How a page is made: the frame of its assessment and language, and the engine's view in it.

Law: a frame is drawn once for a version and a language, a page without anybody's writing once for what it shows; both
are kept for a while, the oldest go first. What anybody wrote is drawn each time and kept nowhere.
Next: `frames.py`.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import msgspec
from django.template import engines
from jinja2 import Environment
from markupsafe import Markup

from ridgeway.services.assessments import engine
from ridgeway.services.assessments.deployment import read_own_settings
from ridgeway.services.assessments.offline.styles import render_theme
from ridgeway.services.assessments.pages.frames import Frame, make_frame, make_hole
from ridgeway.services.assessments.pages.place import Place

MAX_FRAMES: Final = 256
MAX_DRAWN: Final = 2_000
KEPT_KINDS: Final = frozenset({"question", "information"})
MAX_PERSONAL: Final = 64
SHARED_TEXTS: Final = frozenset({"notice", "section"})
"""Texts that stand on pages besides their own."""
FROM_ANSWERS: Final = ("answer", "item", "fact", "output", "each", "score", "decision")
"""Kinds of expressions that hold what somebody answered. A word of a text of the same letters costs a drawing only."""
ENGLISH: Final = "en"
CARRIED_FORM: Final = "carried"
NOTHING: Final = Markup()


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one page shows besides the frame.

    `suffix` is the page's address after its language; `message` a sentence above the page; `until` until when the
    answers are kept, empty where there are none; `fields` what every form of the page sends along.
    """

    title: str
    main: Markup
    suffix: str = ""
    back: str = ""
    message: str = ""
    until: str = ""
    fields: Markup = NOTHING
    in_page: bool = False
    """Whether the answers travel in the page, so that every way is a button."""
    indexable: bool = False
    has_errors: bool = False


class Press:
    """Draws with one Jinja environment and keeps what may be kept; threads may share it."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.frames: OrderedDict[Any, Frame] = OrderedDict()
        self.drawn: OrderedDict[Any, Frame] = OrderedDict()
        self.main = environment.get_template("assessments/main.html")
        self.page = environment.get_template("assessments/page.html")

    def draw_page(self, place: Place, sheet: Sheet) -> str:
        """A whole page."""
        words = place.words
        title = f"{words['error_prefix']} {sheet.title}" if sheet.has_errors else sheet.title
        return self.find_frame(place, sheet).fill(
            title=title,
            main=sheet.main,
            suffix=sheet.suffix,
            back=sheet.back,
            message=sheet.message,
            until=sheet.until,
            fields=sheet.fields,
        )

    def find_frame(self, place: Place, sheet: Sheet) -> Frame:
        """The page around what is shown: header, languages, time, footer."""
        shown = (bool(sheet.back), bool(sheet.message), bool(sheet.until), sheet.in_page, sheet.indexable)
        key = (place.digest, place.name, place.language, shown)
        frame = self.frames.get(key)
        if frame is None:
            frame = keep(self.frames, key, make_frame(self.page.render(describe_frame(place, sheet))), MAX_FRAMES)
        return frame

    def draw_once(self, seen: Hashable, describe: Callable[[], Sheet], place: Place) -> Frame:
        """The whole page of what is the same for everybody; holes in its sheet stay."""
        frame = self.drawn.get(seen)
        if frame is None:
            frame = keep(self.drawn, seen, make_frame(self.draw_page(place, describe())), MAX_DRAWN)
        return frame

    def draw_view(self, place: Place, view: Mapping[str, Any], links: Mapping[str, Any], fields: Markup) -> Markup:
        """What the engine shows; `fields` stand in its form."""
        if not is_anybodys(view) or view["id"] in list_personal(place.assessment):
            return make_frame(self.render_view(place, view, links)).fill(fields=fields)
        key = msgspec.json.encode((place.digest, place.language, links, view))
        frame = self.drawn.get(key)
        if frame is None:
            frame = keep(self.drawn, key, make_frame(self.render_view(place, view, links)), MAX_DRAWN)
        return frame.fill(fields=fields)

    def render_view(self, place: Place, view: Mapping[str, Any], links: Mapping[str, Any]) -> str:
        """The view with a hole for what its form sends along."""
        context = {"view": view, "words": place.words, "links": links, "token": make_hole("fields"), "hidden": {}}
        return self.main.render(context)

    def draw(self, template: str, place: Place, **context: Any) -> Markup:
        """The inside of a page that is not the engine's."""
        drawn = self.environment.get_template(template).render(place=place, words=place.words, **context)
        return Markup(drawn)  # noqa: S704 - drawn by our templates, which escape


def keep(kept: OrderedDict[Any, Frame], key: Any, frame: Frame, limit: int) -> Frame:
    """The frame is found the next time; the oldest is not any more."""
    kept[key] = frame
    while len(kept) > limit:
        try:
            kept.popitem(last=False)
        except KeyError:  # another thread was quicker
            break
    return frame


def is_anybodys(view: Mapping[str, Any]) -> bool:
    """Whether the view holds nothing that somebody wrote, so that it may be kept for the next one."""
    if view["kind"] not in KEPT_KINDS or view["errors"] or view["answers"] or view["dropped"]:
        return False
    return not any(text for field in view["fields"] for text in field["values"].values())


def tells_answers(part: Any) -> bool:
    """Whether something in a text, or in an expression of it, depends on what somebody answered."""
    if not isinstance(part, list | dict):
        return False
    if isinstance(part, list) and part and part[0] in FROM_ANSWERS:
        return True
    return any(map(tells_answers, part.values() if isinstance(part, dict) else part))


@lru_cache(maxsize=MAX_PERSONAL)
def list_personal(assessment: engine.Assessment) -> frozenset[str]:
    """The pages whose words are made from answers, in whatever language: they are drawn for each person anew."""
    compiled = assessment.compiled
    owners = {asked["id"]: page["id"] for page in compiled["pages"] for asked in page["questions"]}
    everywhere = frozenset(page["id"] for page in compiled["pages"])
    found: set[str] = set()
    for texts in compiled["texts"].values():
        for key in (key for key, nodes in texts.items() if tells_answers(nodes)):
            kind, _, rest = key.partition(".")
            name = rest.partition(".")[0]
            if kind in SHARED_TEXTS:
                return everywhere
            found.add(owners.get(name, name) if kind == "question" else name)
    return frozenset(found)


def describe_frame(place: Place, sheet: Sheet) -> dict[str, Any]:
    """The context of `assessments/page.html`."""
    names = ("title", "main", "suffix", "message", "until", "fields", "back")
    holes = {
        name: make_hole(name) for name in names if name not in {"back", "message", "until"} or getattr(sheet, name)
    }
    words = place.words
    return {
        "place": place,
        "compiled": place.compiled,
        "words": words,
        "own": "" if is_translated(place) else ENGLISH,
        "hole": {"back": "", "message": "", "until": "", **holes},
        "in_page": sheet.in_page,
        "indexable": sheet.indexable and not place.is_preview,
        "carried_form": CARRIED_FORM,
        "theme": f"/{place.name}/theme-{place.digest}.css" if render_theme(place.compiled["theme"]) else "",
        "quick_exit": place.address("leave") if read_own_settings().quick_exit else "",
        "site_name": find_title(place),
        "language_code": lambda: place.language,
        "language_direction": lambda: place.direction,
    }


def is_translated(place: Place) -> bool:
    """Whether the words of our own are there in this language; else English stands in for them, and is marked."""
    known = place.compiled["words"]
    return place.language.partition("-")[0] == ENGLISH or place.words["skip"] != known.get(ENGLISH, {}).get(
        "skip", "Skip to main content"
    )


def find_title(place: Place) -> str:
    """What the assessment is called, as plain text."""
    return str(engine.build_start_view(place.assessment, place.language, place.today)["title"])


def find_press() -> Press:
    """The press of this process's templates."""
    environment: Environment = engines["jinja2"].env  # type: ignore[attr-defined] # of Django's Jinja2 backend
    return make_press(environment)


@lru_cache(maxsize=2)
def make_press(environment: Environment) -> Press:
    """The press of an environment."""
    return Press(environment)
