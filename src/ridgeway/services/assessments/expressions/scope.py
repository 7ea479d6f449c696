"""What an expression can see while it is reckoned: the answers that count, parameters, facts, decisions and the day."""

from collections.abc import Callable, Mapping
from typing import Any

from ridgeway.services.assessments.expressions.values import UNKNOWN, Span

Looked = Mapping[str, Any]


class Memo(dict[str, Any]):
    """Values by name, each reckoned when first asked for; one that needs itself is unknown."""

    __slots__ = ("compute",)

    def __init__(self, compute: Callable[[str], Any]) -> None:
        super().__init__()
        self.compute = compute

    def __missing__(self, name: str) -> Any:
        """The value of this name, reckoned once."""
        self[name] = UNKNOWN
        value = self[name] = self.compute(name)
        return value


class Nothing(dict[str, Any]):
    """No values: every name is unknown."""

    __slots__ = ()

    def __missing__(self, name: str) -> Any:
        """Unknown."""
        return UNKNOWN


NOTHING = Nothing()


class Scope:
    """The lookups of one evaluation.

    Shapes:  `answers` holds what counts on the trail alone: a name that is there is answered, though its value may be
             UNKNOWN; a page asked more than once is a tuple of mappings from question to value. `facts`, `decisions`,
             `outputs` (by `decision.output`) and `hits` (how many entitlements are listed) must give a value for
             every name that they are asked for: a `Memo` does, and so does a dict that holds them all.
    """

    __slots__ = ("answers", "decisions", "facts", "hits", "item", "outputs", "parameters", "today")

    def __init__(
        self,
        *,
        today: Span,
        answers: Looked = NOTHING,
        parameters: Looked = NOTHING,
        facts: Looked = NOTHING,
        decisions: Looked = NOTHING,
        outputs: Looked = NOTHING,
        hits: Looked = NOTHING,
        item: Looked | None = None,
    ) -> None:
        self.today = today
        self.answers = answers
        self.parameters = parameters
        self.facts = facts
        self.decisions = decisions
        self.outputs = outputs
        self.hits = hits
        self.item = item

    def with_item(self, item: Looked) -> "Scope":
        """The same sight, and one item of a page that is asked more than once."""
        return Scope(
            today=self.today,
            answers=self.answers,
            parameters=self.parameters,
            facts=self.facts,
            decisions=self.decisions,
            outputs=self.outputs,
            hits=self.hits,
            item=item,
        )
