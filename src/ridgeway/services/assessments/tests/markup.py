"""HTML without the space that says nothing, so that two texts of one page are equal."""

import re

BLOCKS = (
    "body main div p ul ol li dl dt dd h1 h2 h3 form fieldset legend section details summary table thead tbody tr th "
    "td label input select option datalist button textarea nav"
).replace(" ", "|")
AROUND = re.compile(rf"\s*(</?(?:{BLOCKS})(?:\s[^<>]*)?>)\s*")
RUN = re.compile(r"\s+")


def squeeze(html: str) -> str:
    """One line: runs of space as one, none beside the tags of blocks."""
    return AROUND.sub(r"\1", RUN.sub(" ", html)).strip()
