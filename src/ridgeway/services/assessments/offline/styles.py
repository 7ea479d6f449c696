"""The style sheets of the private mode as one text, and the colours that a package brings.

Law: nothing in it leads anywhere: pictures stand in the text itself. Colours of a package change the light scheme
alone, since it gives one of each.
"""

import base64
import re
from functools import cache
from pathlib import Path
from typing import Any, Final

from ridgeway.office import design

DESIGN: Final = Path(design.__file__).parent / "static" / "design"
OWN: Final = Path(__file__).parents[1] / "static" / "assessments"
SHEETS: Final = (DESIGN / "tokens.css", DESIGN / "design.css", OWN / "assessments.css")
COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
PICTURE: Final = re.compile(r"url\(\"([a-z]+\.svg)\"\)")
INDENT: Final = re.compile(r"\n\s*")
TOKEN: Final = re.compile(r"[a-z-]{1,40}")
COLOUR: Final = re.compile(r"#[0-9a-fA-F]{3,8}")


@cache
def join_styles() -> str:
    """All sheets, without comments, with their pictures in them."""
    text = "\n".join(sheet.read_text("utf-8") for sheet in SHEETS)
    return INDENT.sub("\n", PICTURE.sub(embed, COMMENT.sub("", text))).strip()


def embed(found: re.Match[str]) -> str:
    """The picture as an address that holds it."""
    return f'url("{name_picture(found[1])}")'


def name_picture(name: str) -> str:
    """The `data:` address of a picture of the design."""
    return "data:image/svg+xml;base64," + base64.b64encode((DESIGN / name).read_bytes()).decode()


def render_theme(theme: Any) -> str:
    """The package's colours as a style sheet; "" without any. What is no token or no colour is left out."""
    colours = theme.get("colours") if isinstance(theme, dict) else None
    if not isinstance(colours, dict):
        return ""
    lines = [
        f"--color-{token}:{colour};"
        for token, colour in sorted(colours.items())
        if TOKEN.fullmatch(str(token)) and COLOUR.fullmatch(str(colour))
    ]
    return f"@media (prefers-color-scheme: light) {{ :root {{ {' '.join(lines)} }} }}" if lines else ""
