"""The engine: a compiled document and answers in, a trail, its views and its explanation out. Pure.

Nothing is remembered between calls but the answers that the caller hands in; they are replayed each time. `loading`
(document → Assessment) → `replay` (answers → Trail) → `viewing` (Trail → view), `answering` (form → answers),
`verifying` (answers from outside), `explaining` (why). The twin in the browser: `static/assessments/engine/`.
"""

from ridgeway.services.assessments.engine.answering import FieldError, Read, read_answers, with_answers, without_item
from ridgeway.services.assessments.engine.assessment import Assessment, Step, state_of
from ridgeway.services.assessments.engine.deciding import Decided, decide
from ridgeway.services.assessments.engine.errors import DefinitionError, StepError
from ridgeway.services.assessments.engine.explaining import Explanation, explain
from ridgeway.services.assessments.engine.loading import load
from ridgeway.services.assessments.engine.replay import Trail, replay
from ridgeway.services.assessments.engine.verifying import Verified, read_given, verify_answers
from ridgeway.services.assessments.engine.viewing import build_start_view, build_view

__all__ = [
    "Assessment",
    "Decided",
    "DefinitionError",
    "Explanation",
    "FieldError",
    "Read",
    "Step",
    "StepError",
    "Trail",
    "Verified",
    "build_start_view",
    "build_view",
    "decide",
    "explain",
    "load",
    "read_answers",
    "read_given",
    "replay",
    "state_of",
    "verify_answers",
    "with_answers",
    "without_item",
]
