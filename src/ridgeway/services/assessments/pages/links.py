"""Where the ways of a page lead (the `links` of `assessments/main.html`). Law: numbers and words, no answers."""

from typing import Any

from ridgeway.services.assessments.pages.drawing import CARRIED_FORM
from ridgeway.services.assessments.pages.visiting import Visit

NAMES = ("action", "back", "restart", "forget", "calendar", "device", "print", "private", "download", "carried")


def make_links(**given: Any) -> dict[str, Any]:
    """All links; those that are not given are not offered."""
    return {**dict.fromkeys(NAMES, ""), "changes": {}, **given}


def link_step(visit: Visit, step: int, *, is_change: bool, in_page: bool, lists_answers: bool) -> dict[str, Any]:
    """The links of a step; those that change answers where the page lists answers."""
    place = visit.place
    is_over = visit.is_outcome(step)
    return make_links(
        action="" if is_over else place.address(f"{step}/change" if is_change else step),
        restart=place.address() if is_over else "",
        calendar=place.address("calendar") if is_over else "",
        device=place.address("continue") if is_over else "",
        carried=CARRIED_FORM if in_page else "",
        changes=link_changes(visit) if lists_answers else {},
    )


def link_changes(visit: Visit) -> dict[int, str]:
    """The address that changes the answers of a step, for each step of the trail."""
    return {step: visit.place.address(f"{step}/change") for step in range(1, len(visit.trail.steps) + 1)}
