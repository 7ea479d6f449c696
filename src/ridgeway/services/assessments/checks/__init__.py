"""What a machine finds in an assessment before anybody sees it. Pure.

Findings about a package (`checking.py`), all its paths by classes of answers (`walking.py`), who gets another result by
a new version (`differing.py`), what would have changed a result (`counterfactual.py`), drawings (`drawing.py`), and the
whole on paper (`papers.py`).
Read next: `classes.py`, then `walking.py`.
"""

from ridgeway.services.assessments.checks.checking import Report, check_package, report_on
from ridgeway.services.assessments.checks.codes import CODES
from ridgeway.services.assessments.checks.counterfactual import AnswerChange, Nearest, find_nearest
from ridgeway.services.assessments.checks.differing import Comparison, OutcomeChange, compare
from ridgeway.services.assessments.checks.drawing import draw_flow
from ridgeway.services.assessments.checks.findings import Finding, Severity
from ridgeway.services.assessments.checks.outlines import (
    render_dot,
    render_mermaid,
    render_outline,
    render_plain_outline,
)
from ridgeway.services.assessments.checks.papers import render_paper
from ridgeway.services.assessments.checks.tallying import PathTally, count_paths, list_class_paths
from ridgeway.services.assessments.checks.walked import show_answers
from ridgeway.services.assessments.checks.walking import Path, Walk

__all__ = [
    "CODES",
    "AnswerChange",
    "Comparison",
    "Finding",
    "Nearest",
    "OutcomeChange",
    "Path",
    "PathTally",
    "Report",
    "Severity",
    "Walk",
    "check_package",
    "compare",
    "count_paths",
    "draw_flow",
    "find_nearest",
    "list_class_paths",
    "render_dot",
    "render_mermaid",
    "render_outline",
    "render_paper",
    "render_plain_outline",
    "report_on",
    "show_answers",
]
