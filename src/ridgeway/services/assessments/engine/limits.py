"""How much a compiled document and a bag of answers may hold. Law: what a stranger can make larger is bounded here."""

from typing import Final

MAX_STEPS: Final = 500
"""Pages on one trail; a trail that would be longer ends without an outcome."""

MAX_ITEMS: Final = 50
"""Items of a page that is asked several times."""

MAX_PAGES: Final = 300
MAX_FACTS: Final = 500
MAX_RULES: Final = 2_000
MAX_TEXTS: Final = 60_000
"""Texts of all languages together."""

MAX_CHAIN_DEPTH: Final = 400
"""Levels of expressions within one another, through facts and decisions: what one evaluation may pile up."""

MAX_WORK: Final = 5_000_000
"""Parts of expressions that one replay may reckon at most: about a second."""

MAX_TEXT_DEPTH: Final = 20
"""Parts of a text within one another."""

MAX_LONG_TEXT: Final = 2_000
MAX_TEXT: Final = 200
MAX_EMAIL: Final = 254
MAX_CODE: Final = 40
"""Characters of a code that a pattern is matched against."""

MAX_FORM_VALUE: Final = 10_000
"""Characters of one field of a form that are looked at at all."""

MAX_QUANTIFIERS: Final = 8
"""Repeats of no fixed length in a pattern."""

MAX_WIDE: Final = 4
"""Those of them that may stop at more than two places: eight of `{0,40}` in a row take seconds for one code."""
