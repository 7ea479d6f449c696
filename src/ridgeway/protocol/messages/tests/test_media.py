import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.protocol.messages.media import MAX_MEDIA_TYPE_CHARACTERS, MediaType, find_media_type


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("text/xml", MediaType("text/xml")),
        (" Text/XML ; Charset=UTF-8 ;", MediaType("text/xml", {"charset": "UTF-8"})),
        ("signature/bdoc-1.0/ts", MediaType("signature/bdoc-1.0/ts")),
        ('a/b; x="q;\\"r"; y=1; x=2', MediaType("a/b", {"x": 'q;"r', "y": "1"})),
        ('a/b;\r\n\tboundary="--=_P"', MediaType("a/b", {"boundary": "--=_P"})),
        ("a/b;x=", MediaType("a/b", {"x": ""})),
        (
            "multipart/mixed; charset=UTF-8; boundary=xtopA",
            MediaType("multipart/mixed", {"charset": "UTF-8", "boundary": "xtopA"}),
        ),
        ("", None),
        ("text", None),
        ("te xt/xml", None),
        ("a/b; x", None),
        ('a/b; x="open', None),
        ("a/b; x=1 y=2", None),
        ("a/b" + " " * MAX_MEDIA_TYPE_CHARACTERS, None),
    ],
)
def test_a_media_type_is_a_name_and_parameters(text: str, expected: MediaType | None) -> None:
    assert find_media_type(text) == expected


@given(st.text('a/;=" \\\r\n\tb', max_size=40) | st.text(max_size=20).map(lambda text: f"a/b;{text}"))
def test_any_text_is_a_media_type_or_none(text: str) -> None:
    found = find_media_type(text)
    assert found is None or "/" in found.name


def test_many_semicolons_and_spaces_take_no_time() -> None:
    assert find_media_type("a/b" + "; " * 1500) == MediaType("a/b")
    assert find_media_type("a/b;" + " " * 4000 + "!") is None
