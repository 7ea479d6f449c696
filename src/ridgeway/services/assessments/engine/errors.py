"""What can be wrong before and while an assessment runs: its document, or a request for a step that is not there."""

from ridgeway.errors import RequestError, SettingsError


class DefinitionError(SettingsError):
    """A compiled document cannot be run: invalid_document, unknown_reference, cycle, too_large, invalid_text."""

    who = "the author of the package"


class StepError(RequestError):
    """The page that was asked for is not on the trail of these answers: no_such_step."""
