"""The reference pages say what the code says."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ("settings.md", "commands.md", "conformance.md", "lives.md")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The pages, made anew by the script that `scripts/docs` runs."""
    folder = tmp_path_factory.mktemp("reference")
    subprocess.run([sys.executable, ROOT / "docs/make_reference.py", folder], cwd=folder, check=True, timeout=60)
    return folder


@pytest.mark.xdist_group("docs")
@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_as_the_code_makes_it(made, name):
    kept = (ROOT / "docs/reference" / name).read_text("utf-8")
    assert kept == (made / name).read_text("utf-8"), f"docs/reference/{name} is out of date: run scripts/docs"


@pytest.mark.xdist_group("docs")
def test_no_page_is_made_that_nobody_compares(made):
    assert sorted(file.name for file in made.iterdir()) == sorted(PAGES)
