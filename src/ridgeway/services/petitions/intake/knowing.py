"""What the intake knows of the site: the countries and addresses that forms take, in each language; read now and then.

Law: the loop never reads the database: a thread does, and what it read is exchanged whole.
"""

import asyncio
import secrets
from collections.abc import Mapping

from django.conf import settings
from django.db import connection
from django.utils import translation

from ridgeway.services.petitions.forms.person import Asked
from ridgeway.services.petitions.pages.asking import describe_asked

FRESH_SECONDS = 5.0
KEY_BYTES = 12


class Known:
    """The site as forms need it."""

    def __init__(self) -> None:
        self.asked: Mapping[str, Asked] = {}
        self.own = settings.LANGUAGE_CODE

    def prefix(self, language: str) -> str:
        """What addresses in that language begin with."""
        return "" if language == self.own else f"/{language}"

    def new_key(self) -> str:
        """A key that makes a question to the writer repeatable."""
        return secrets.token_hex(KEY_BYTES)

    async def keep(self) -> None:
        """Read it again, for ever."""
        while True:
            await asyncio.sleep(FRESH_SECONDS)
            await self.load()

    async def load(self) -> None:
        """Read it."""
        self.asked = await asyncio.to_thread(read_asked)


def read_asked() -> Mapping[str, Asked]:
    """What forms ask, by language."""
    asked = {}
    try:
        for code, _ in settings.LANGUAGES:
            with translation.override(code):
                asked[code] = describe_asked()
    finally:
        connection.close()
    return asked
