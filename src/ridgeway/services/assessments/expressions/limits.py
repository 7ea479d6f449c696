"""How large an expression may be, so that the package of a stranger cannot tie up a server or a telephone."""

MAX_TEXT = 2_000
"""Characters of one expression."""

MAX_NODES = 500
"""Parts (names, literals, operators, calls) of one expression."""

MAX_DEPTH = 60
"""Parts within one another; a chain of `&&` counts one for each."""

MAX_LITERAL_TEXT = 500
"""Characters of one text in quotes."""

MAX_COMPILED_PARTS = 10_000
"""Lists, texts and numbers in the JSON of one compiled expression."""

MAX_COMPILED_DEPTH = 130
"""Lists within one another in the JSON of one compiled expression."""

MAX_COMPILED_TEXT = 40_000
"""Characters of one compiled expression written out."""
