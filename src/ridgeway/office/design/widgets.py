"""A date as three short boxes: nobody needs a calendar to write a day that they know by heart.

Law: what was written comes back as it was written, right or wrong; the parts are read as numbers of the Gregorian
calendar. Use: `forms.DateField(widget=DateParts())`.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.forms import Widget

PARTS: Final = ("day", "month", "year")


class DateParts(Widget):
    """Three inputs, `NAME_day`, `NAME_month` and `NAME_year`, for one `DateField`."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str | None:  # noqa: ARG002
        """`YYYY-MM-DD` as it was written, None when nothing was."""
        day, month, year = (str(data.get(f"{name}_{part}", "")).strip() for part in PARTS)
        if not (day or month or year):
            return None
        return f"{year}-{month}-{day}"

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:  # noqa: ARG002
        """Whether none of the parts was sent."""
        return all(f"{name}_{part}" not in data for part in PARTS)

    def split(self, value: object) -> dict[str, str]:
        """The texts of the three boxes."""
        if isinstance(value, date):
            return {"day": str(value.day), "month": str(value.month), "year": str(value.year)}
        year, month, day = [*str(value or "").split("-", 2), "", "", ""][:3]
        return {"day": day, "month": month, "year": year}
