"""Templates drawn once with holes in them, and filled for each answer.

Law: what fills a hole is HTML already (Markup), or it is escaped; a frame never changes once it is drawn.
"""

from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

MARK: Final = "\x02"
"""No page holds it: what is sent with it is refused (`web.middleware.Guard`), and packages may not hold it."""


def make_hole(name: str) -> Markup:
    """What a template is given in place of what is not known yet."""
    return Markup(f"{MARK}{name}{MARK}")  # noqa: S704 - a name of ours


@dataclass(frozen=True, slots=True)
class Frame:
    """Pieces of a page: texts at even places, names of holes at odd ones."""

    pieces: tuple[str, ...]

    def fill(self, **values: str) -> Markup:
        """The page."""
        filled = list(self.pieces)
        filled[1::2] = [escape(values.get(name, "")) for name in filled[1::2]]
        return Markup("".join(filled))  # noqa: S704 - drawn by our templates, and escaped


def make_frame(drawn: str) -> Frame:
    """What a template drew, with its holes."""
    return Frame(tuple(drawn.split(MARK)))
