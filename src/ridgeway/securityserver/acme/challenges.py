"""The door at which an authority sees that a name is ours: it asks for a token and gets what only the account can say.

Law: it knows the tokens of the orders that are under way, and nothing else; it is open while there is one.
Source: RFC 8555 §8.3 (HTTP-01).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from ridgeway.errors import SettingsError
from ridgeway.http import Request, ResponseWriter, serve
from ridgeway.settings import AcmeSettings

PATH = "/.well-known/acme-challenge/"


@dataclass(slots=True)
class ChallengeDoor:
    """Answers by token; `answers` maps the path of each challenge to its key authorisation."""

    answers: dict[str, str] = field(default_factory=dict)
    port: int = 0

    async def answer(self, request: Request, response: ResponseWriter) -> None:
        """What a path is answered."""
        path = request.target.decode("latin-1").partition("?")[0]
        found = self.answers.get(path) if request.method in {"GET", "HEAD"} else None
        if found is None:
            await response.send(404, "", [("Content-Type", "text/plain")], b"nothing here")
        else:
            await response.send(200, "", [("Content-Type", "application/octet-stream")], found.encode())


@asynccontextmanager
async def challenge_door(settings: AcmeSettings) -> AsyncIterator[ChallengeDoor]:
    """The door is open.

    Raises:  SettingsError(malformed_settings) when the port cannot be had.
    """
    door = ChallengeDoor()
    try:
        opened = serve(door.answer, host=settings.challenge_host, port=settings.challenge_port)
        async with opened as server:
            door.port = server.port
            yield door
    except PermissionError as error:
        raise refuse(settings, error) from error
    except OSError as error:
        if door.port:
            raise
        raise refuse(settings, error) from error


def refuse(settings: AcmeSettings, error: OSError) -> SettingsError:
    """The port cannot be had."""
    return SettingsError(
        "malformed_settings",
        f"Challenges cannot be answered at {settings.challenge_host}:{settings.challenge_port}: {error.strerror}.",
        action="Set acme.challenge_port to a free port, and have port 80 forwarded to it.",
    )
