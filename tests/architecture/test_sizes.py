"""The house's limits on files, functions and names; exceptions are in `sizes.toml`, which may only shrink."""

import ast
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src/ridgeway"
MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 60
FORBIDDEN_NAMES = {"utils", "util", "common", "core", "base", "helpers", "helper", "misc", "manager", "managers"}
EXCEPTIONS = tomllib.loads((Path(__file__).parent / "sizes.toml").read_text("utf-8"))
KINDS = ("files", "functions", "inits", "names", "relative_imports")


@cache
def sources():
    """Path below the repository → text, of every Python file that is or will be kept, tests included."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", "src", "tests"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        files = [*PACKAGE.rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    else:
        files = [ROOT / line for line in listed.stdout.splitlines() if line.endswith(".py")]
    kept = (file for file in files if file.exists() and "migrations" not in file.parts)
    return {file.relative_to(ROOT).as_posix(): file.read_text("utf-8") for file in sorted(kept)}


@cache
def trees():
    """Path → syntax tree."""
    return {path: ast.parse(text) for path, text in sources().items()}


def find_files(limit=MAX_FILE_LINES):
    return {path: len(text.splitlines()) for path, text in sources().items() if len(text.splitlines()) > limit}


def count_lines(function):
    """The lines of a function, its docstring left out."""
    first = function.body[0]
    has_docstring = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    docstring = first.end_lineno - first.lineno + 1 if has_docstring else 0
    return function.end_lineno - function.lineno + 1 - docstring


def list_functions(tree, prefix=""):
    """Every function with its dotted name, methods and inner functions included."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}{node.name}", node
            yield from list_functions(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.ClassDef):
            yield from list_functions(node, f"{prefix}{node.name}.")
        else:
            yield from list_functions(node, prefix)


def find_functions(limit=MAX_FUNCTION_LINES):
    return {
        f"{path}::{name}": count_lines(function)
        for path, tree in trees().items()
        for name, function in list_functions(tree)
        if count_lines(function) > limit
    }


def is_name_list(node):
    return isinstance(node, ast.Assign) and [getattr(each, "id", "") for each in node.targets] == ["__all__"]


def is_docstring(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def find_inits():
    """Files `__init__.py` with more than a docstring, imports and `__all__`."""
    return {
        path: type(node).__name__
        for path, tree in trees().items()
        if path.endswith("/__init__.py")
        for node in tree.body
        if not (is_docstring(node) or isinstance(node, ast.Import | ast.ImportFrom) or is_name_list(node))
    }


def find_names():
    """Modules and folders with a name that says nothing."""
    return {
        path: word
        for path in sources()
        for word in (part.removesuffix(".py") for part in Path(path).parts)
        if word in FORBIDDEN_NAMES or set(word.split("_")) & FORBIDDEN_NAMES
    }


def find_relative_imports():
    return {
        path: node.lineno
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level
    }


FINDERS = dict(zip(KINDS, (find_files, find_functions, find_inits, find_names, find_relative_imports), strict=True))
RULES = {
    "files": f"a file has at most {MAX_FILE_LINES} lines",
    "functions": f"a function has at most {MAX_FUNCTION_LINES} lines besides its docstring",
    "inits": "an __init__.py holds a docstring, imports and __all__",
    "names": "no module is called by a word that says nothing",
    "relative_imports": "imports are absolute",
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_house_keeps_its_limits(kind):
    found = FINDERS[kind]()
    loose = {place: value for place, value in found.items() if place not in EXCEPTIONS[kind]}
    assert not loose, f"{RULES[kind]}; not so: {loose}"


@pytest.mark.parametrize("kind", KINDS)
def test_an_exception_that_is_no_longer_needed_is_taken_off_the_list(kind):
    assert sorted(set(EXCEPTIONS[kind]) - set(FINDERS[kind]())) == []


def test_every_exception_has_a_reason():
    assert sorted(EXCEPTIONS) == sorted(KINDS)
    assert all(reason.strip() for kind in KINDS for reason in EXCEPTIONS[kind].values())


def test_the_finders_find():
    """With limits that the house does break, each finder has something to say, so that a silent one is noticed."""
    assert find_files(limit=300)
    assert find_functions(limit=30)
    assert len(sources()) > 100
    inner = ast.parse('class A:\n    def b(self):\n        """c\n        d\n        """\n        return 1\n')
    assert [(name, count_lines(each)) for name, each in list_functions(inner)] == [("A.b", 2)]
