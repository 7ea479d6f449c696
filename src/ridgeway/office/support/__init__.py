"""A statement that gathers support until someone owes an answer: which lines its count has reached.

Law: pure, and no service's noun in it. What follows from a line is for the service that drew it.
"""

from ridgeway.office.support.milestones import Line, Milestone, decide_milestones

__all__ = ["Line", "Milestone", "decide_milestones"]
