"""Overlays as YAML: what is written reads back the same."""

import pytest
from hypothesis import given, settings

from ridgeway.catalogue.overlays.files import parse_overlay, render_overlay
from ridgeway.errors import SettingsError
from ridgeway.office.documents.operations import record_operations
from ridgeway.office.documents.tests.trees import TREES


@settings(deadline=None, max_examples=60)
@given(TREES, TREES)
def test_an_overlay_reads_back_the_same(old, new):
    operations = record_operations(old, new)
    assert parse_overlay(render_overlay(operations).encode(), name="overlay.yaml") == operations


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("format: other/1\n", ":1: this is no overlay"),
        ("format: overlay/1\noperations: 3\n", ":2: expected a list"),
        ("format: overlay/1\noperations:\n  - {was: 1}\n", ":3: expected one of set, add"),
        ("format: overlay/1\noperations:\n  - {set: a, add: b}\n", ":3: expected one of"),
        ("format: overlay/1\noperations:\n  - set: a\n    wsa: 1\n", ":4: unknown key 'wsa'"),
    ],
)
def test_what_is_no_overlay_is_refused_with_its_line(text, why):
    with pytest.raises(SettingsError) as refused:
        parse_overlay(text.encode(), name="overlay.yaml")
    assert f"overlay.yaml{why}" in str(refused.value)
