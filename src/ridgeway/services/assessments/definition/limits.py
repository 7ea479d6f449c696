"""How much a package may hold. Law: whatever a stranger can make larger has its bound, with a name.

Those of files and archives are in `office/documents/packages.py`, those of YAML in `office/documents/reader.py`, those
of expressions in `expressions/limits.py`.
"""

from decimal import Decimal
from typing import Final

# All YAML files of a package together (`reading.py`)
MAX_DEFINITION_BYTES: Final = 1024 * 1024

# Faults that are told at once
MAX_FAULTS: Final = 100

# What a definition may hold (`reading.py`)
MAX_PAGES: Final = 200
MAX_QUESTIONS_PER_PAGE: Final = 20
MAX_OPTIONS: Final = 100
MAX_BULLETS: Final = 30
MAX_ROUTES: Final = 50
MAX_SECTIONS: Final = 50
MAX_FACTS: Final = 300
MAX_PARAMETERS: Final = 300
MAX_PARAMETER_VALUES: Final = 200
MAX_DECISIONS: Final = 60
MAX_INPUTS: Final = 20
MAX_OUTPUTS: Final = 10
MAX_RULES: Final = 1_000
MAX_OUTCOMES: Final = 200
MAX_ENTITLEMENTS: Final = 500
MAX_GROUPS: Final = 50
MAX_LINKS: Final = 20
MAX_CASES: Final = 2_000
MAX_LANGUAGES: Final = 40
MAX_REPEATS: Final = 50
MAX_MINUTES: Final = 600

# Values
MAX_NUMBER: Final = Decimal(10**12)
DECIMALS: Final = 6
MAX_TEXT_ANSWER: Final = 200
MAX_LONG_TEXT_ANSWER: Final = 2_000

# Texts (`texts.py`)
MAX_TEXT_CHARACTERS: Final = 10_000
MAX_TITLE_CHARACTERS: Final = 500
MAX_PLAIN_CHARACTERS: Final = 2_000
MAX_BLOCKS: Final = 500
MAX_TEXT_DEPTH: Final = 6
MAX_HREF_CHARACTERS: Final = 1_000

# Lists (`lists.py`) and catalogues (`catalogues.py`)
MAX_LIST_ROWS: Final = 5_000
MAX_LIST_CELL_CHARACTERS: Final = 200
MAX_CATALOGUE_ENTRIES: Final = 20_000

# What it may come to
MAX_COMPILED_BYTES: Final = 4 * 1024 * 1024
