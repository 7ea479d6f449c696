"""A definition as a tree in which every element has a name that stays.

Law: a list whose entries all have an `id` of their own (or, without ids, a `name`, as examples have) is entered by
that, never by position; any other list is one value. Trees are plain data (mappings, lists, texts, numbers, booleans,
nothing) and are never changed in place.
Next: `operations.py`.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, Final

from ridgeway.errors import RequestError

Path = tuple[str, ...]
Tree = Any
MAX_DEPTH: Final = 30
SEPARATOR: Final = "/"


class Missing(Enum):
    """There is no such element; unlike None, which is a value."""

    MISSING = "nothing"


MISSING: Final = Missing.MISSING


def render_path(path: Path) -> str:
    """`pages/contact/question/title`."""
    return SEPARATOR.join(path)


def parse_path(text: str) -> Path:
    """The element that a text names.

    Raises:  RequestError(invalid_element) for one with an empty step, or too deep.
    """
    path = tuple(text.split(SEPARATOR))
    if not all(path) or len(path) > MAX_DEPTH:
        raise RequestError(
            "invalid_element",
            f"{text!r} names no element.",
            action="Write the ids from the outside in, as in pages/contact/question/title.",
        )
    return path


def is_keyed(value: Tree) -> bool:
    """Whether the entries of a list are named: each has an id, or each a name and none an id, and no two the same."""
    return find_key(value) is not None


def find_key(value: Tree) -> str | None:
    """What names the entries of a list, `id` or `name`; None where nothing does."""
    if not isinstance(value, list) or not value:
        return None
    names = [name_entry(each) for each in value]
    if None in names or len(set(names)) < len(names):
        return None
    with_id = sum("id" in each for each in value)
    return "name" if not with_id else "id" if with_id == len(value) else None


def name_entry(entry: Tree) -> str | None:
    """The name under which an entry of a list stands: its id, else its name; None for one that a path cannot name."""
    if not isinstance(entry, dict):
        return None
    said = entry["id"] if "id" in entry else entry.get("name")
    return said if isinstance(said, str) and said and SEPARATOR not in said else None


def find_element(tree: Tree, path: Path) -> Tree | Missing:
    """The element, or MISSING."""
    for step in path:
        tree = find_entry(tree, step)
        if tree is MISSING:
            return MISSING
    return tree


def find_entry(tree: Tree, step: str) -> Tree | Missing:
    """The entry of a mapping or of a named list, or MISSING."""
    if isinstance(tree, dict):
        return tree.get(step, MISSING)
    if is_keyed(tree):
        return next((each for each in tree if name_entry(each) == step), MISSING)
    return MISSING


def put_element(tree: Tree, path: Path, value: Tree, *, after: str | None = None) -> Tree:
    """The tree with `value` at `path`; where nothing stood there, behind the entry `after`, or first without one.

    Raises:  RequestError(unknown_element) when what should hold it is not there.
    """
    if not path:
        return value
    step, rest = path[0], path[1:]
    inside = find_entry(tree, step)
    if rest and inside is MISSING:
        raise RequestError("unknown_element", f"There is no {step!r} to change anything in.")
    new = put_element(inside, rest, value, after=after) if rest else value
    if isinstance(tree, dict):
        return put_key(tree, step, new, after)
    if isinstance(tree, list) and (is_keyed(tree) or not tree):
        return put_entry(tree, step, new, after)
    raise RequestError("unknown_element", f"{step!r} cannot be set in something that has no named entries.")


def put_key(tree: Mapping[str, Tree], key: str, value: Tree, after: str | None) -> dict[str, Tree]:
    """The mapping with the key; a new one behind `after`, else last."""
    if key in tree or after not in tree:
        return {**tree, key: value}
    changed = {}
    for each, kept in tree.items():
        changed[each] = kept
        if each == after:
            changed[key] = value
    return changed


def put_entry(tree: Sequence[Tree], name: str, value: Tree, after: str | None) -> list[Tree]:
    """The named list with the entry."""
    names = [name_entry(each) for each in tree]
    if name in names:
        return [value if name_entry(each) == name else each for each in tree]
    place = names.index(after) + 1 if after in names else 0
    return [*tree[:place], value, *tree[place:]]


def fits(tree: Tree, path: Path, value: Tree) -> bool:
    """Whether `value` may stand at `path`: what is put into a named list has the name under which it stands there."""
    holder = find_element(tree, path[:-1])
    if isinstance(holder, list):
        return name_entry(value) == path[-1] and (not holder or find_key(holder) == find_key([value]))
    return isinstance(holder, dict) or not path


def drop_element(tree: Tree, path: Path) -> Tree:
    """The tree without the element; the same when it is not there."""
    if find_element(tree, path) is MISSING:
        return tree
    step, rest = path[0], path[1:]
    if rest:
        return put_element(tree, (step,), drop_element(find_entry(tree, step), rest))
    if isinstance(tree, dict):
        return {key: value for key, value in tree.items() if key != step}
    return [each for each in tree if name_entry(each) != step]


def list_names(tree: Tree) -> list[str]:
    """The names of the entries, in order."""
    if isinstance(tree, dict):
        return list(tree)
    return [name for each in tree if (name := name_entry(each))] if is_keyed(tree) else []


def walk_leaves(tree: Tree, path: Path = ()) -> Iterator[tuple[Path, Tree]]:
    """Every value that has no named entries, with its path, in order."""
    names = list_names(tree)
    if not names:
        yield path, tree
    for name in names:
        yield from walk_leaves(find_entry(tree, name), (*path, name))
