"""What a person types for `lab call` goes out as a request line can carry it."""

import pytest

from ridgeway.lab.sending import escape_target


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("GOV/1001/persons/persons/NM1?a=b&c", "GOV/1001/persons/persons/NM1?a=b&c"),
        ("x/ä%20x?n=Öst berg", "x/%C3%A4%20x?n=%C3%96st%20berg"),
        ("x/\r\nHost: y", "x/%0D%0AHost:%20y"),
    ],
)
def test_letters_that_no_request_line_holds_are_escaped(typed, sent):
    assert escape_target(typed) == sent
