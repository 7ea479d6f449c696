"""What a fetch found, for people and for programs; the last one is kept beside the configuration.

Law: each source that was tried has one line, with the code and the sentence of what was wrong.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import msgspec

from ridgeway.errors import NetworkError, RidgewayError, TrustError
from ridgeway.trust.files import write_files


class Result(StrEnum):
    """What came of one source, or of one instance."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class SourceAttempt:
    """One source that was tried."""

    url: str
    at: datetime
    result: Result
    version: int | None = None
    code: str = ""
    detail: str = ""
    action: str = ""

    @property
    def worked(self) -> bool:
        """Whether the configuration was had from here."""
        return self.result in {Result.CHANGED, Result.UNCHANGED}

    def error(self) -> RidgewayError:
        """What was wrong, of the type that says who must act."""
        kind = NetworkError if self.result is Result.UNREACHABLE else TrustError
        detail = self.detail if self.url in self.detail else f"{self.url}: {self.detail}"
        return kind(self.code, detail, action=self.action)


@dataclass(frozen=True, slots=True)
class InstanceReport:
    """One instance: what came of it, from where, what changed, and until when it counts."""

    instance: str
    result: Result
    attempts: tuple[SourceAttempt, ...] = ()
    changed: tuple[str, ...] = ()
    version: int | None = None
    expires_at: datetime | None = None

    @property
    def worked(self) -> bool:
        """Whether the configuration is up to date."""
        return self.result in {Result.CHANGED, Result.UNCHANGED}

    def raise_error(self) -> None:
        """Raise what was wrong, if anything was: a refusal rather than a source that was not reached.

        Raises:  TrustError when a source was refused, NetworkError when none was reached.
        """
        if self.worked:
            return
        refused = [attempt for attempt in self.attempts if attempt.result is Result.REFUSED]
        tried = refused or list(self.attempts)
        if not tried:
            raise TrustError("malformed_anchor", f"The anchor of {self.instance} gives no address to try.")
        raise tried[0].error()


@dataclass(frozen=True, slots=True)
class FetchReport:
    """One look at all sources; `removed` are instances that are no longer kept."""

    own: InstanceReport
    federated: tuple[InstanceReport, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def instances(self) -> tuple[InstanceReport, ...]:
        """The own instance, then the others."""
        return (self.own, *self.federated)


def write_status(path: Path, report: FetchReport) -> None:
    """The report is kept, for whoever asks later."""
    write_files(path.parent, {path.name: msgspec.json.encode(report)})


def read_status(path: Path) -> FetchReport | None:
    """The report that was kept last; None when there is none that can be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=FetchReport)
    except (OSError, msgspec.MsgspecError):
        return None
