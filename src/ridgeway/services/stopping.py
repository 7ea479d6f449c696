"""How a service stops what its publisher recalled, for whoever hears of the recall.

Law: what a service is told to stop it stops at once, once: a version that a person put back afterwards stays.
"""

import importlib
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from ridgeway.services.plates import installed


@dataclass(frozen=True, slots=True)
class Recall:
    """A publisher's word that a version of a package must not run any more.

    `mark` tells this recall from any other; `instead` is the version to be used, empty where there is none.
    """

    mark: str
    package: str
    version: str
    by: str
    reason: str
    instead: str = ""

    def covers(self, version: str) -> bool:
        """Whether a version is the recalled one, or an adopter's build of it (`1.2.0+ours.3`)."""
        return version == self.version or version.startswith(f"{self.version}+")


class Stopping(Protocol):
    """What the module that a plate names in `stopping` has."""

    def stop(self, recall: Recall, *, now: datetime) -> tuple[str, ...]:
        """What was stopped just now, in words; nothing where all of it was stopped for this recall before."""
        ...


def list_stopping() -> dict[str, Stopping]:
    """The services that can stop a recalled package, by name."""
    plates = {name: plate.stopping for name, plate in installed().items() if plate.stopping}
    return {name: cast("Stopping", importlib.import_module(module)) for name, module in plates.items()}
