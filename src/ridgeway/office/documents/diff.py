"""What changes between two states of a document, in lines that a person can judge.

Law: lists of things with an id, a code or an address are compared by that, so that a new entry at the top is one line
and not a change of every entry below it, and a thing with a new name is still the same thing.
"""

from collections.abc import Iterator
from typing import Any

from ridgeway.errors import CertificateError
from ridgeway.protocol.certificates.x509 import read_certificate

SURROUNDINGS = ("class_", "owner")
"""Where a code counts; `class` is kept under its field's name."""
IDENTITIES = ("id", "code", "subject", "url", "name")
"""The first of these names an entry."""
REACHES = {"method": "*", "path": "**"}
"""What a right reaches; named unless it is everything."""
MAX_VALUE_CHARACTERS = 80


def render_diff(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """One line for each thing that is added (+), removed (-) or changed (~)."""
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        yield from diff_mappings(old, new, path)
    elif isinstance(old, list) and isinstance(new, list):
        yield from diff_mappings(by_identity(old), by_identity(new), path)
    elif old is None:
        yield from list_whole("+", new, path)
    elif new is None:
        yield from list_whole("-", old, path)
    else:
        yield f"~ {path}: {shorten(old)} → {shorten(new)}"


def list_whole(sign: str, value: Any, path: str) -> Iterator[str]:
    """What is added or removed, with a line for each thing inside: nobody agrees to a right that was not shown."""
    if is_list_of_things(value):
        for key, each in by_identity(value).items():
            yield from list_whole(sign, each, f"{path}.{key}")
    elif isinstance(value, dict):
        inside = {key: each for key, each in value.items() if is_list_of_things(each)}
        plain = {key: each for key, each in value.items() if key not in inside and each not in (None, [], {}, "")}
        yield f"{sign} {path}: {', '.join(f'{key}: {list_values(each)}' for key, each in plain.items())}"
        for key, each in inside.items():
            yield from list_whole(sign, each, f"{path}.{key}")
    else:
        yield f"{sign} {path}: {list_values(value)}"


def list_values(value: Any) -> str:
    """A value on one line; of a list every entry, each shortened by itself."""
    return f"[{', '.join(shorten(each) for each in value)}]" if isinstance(value, list) else shorten(value)


def is_list_of_things(value: Any) -> bool:
    """Whether it is a list whose entries have keys of their own."""
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def diff_mappings(old: dict[str, Any], new: dict[str, Any], path: str) -> Iterator[str]:
    """The differences of two mappings, key by key."""
    for key in dict.fromkeys((*old, *new)):
        yield from render_diff(old.get(key), new.get(key), f"{path}.{key}".removeprefix("."))


def by_identity(entries: list[Any]) -> dict[str, Any]:
    """The entries of a list by what names them; repeated names are numbered."""
    found: dict[str, Any] = {}
    for entry in entries:
        key = identity_of(entry)
        number = 2
        while key in found:
            key, number = f"{identity_of(entry)} ({number})", number + 1
        found[key] = entry
    return found


def identity_of(entry: Any) -> str:
    """What names an entry: what stays when anything else about it changes."""
    if not isinstance(entry, dict):
        return f"[{shorten(entry)}]"
    own = next((key for key in IDENTITIES if entry.get(key)), "")
    parts = [shorten(entry[key]) for key in (*SURROUNDINGS, own) if entry.get(key)]
    parts += [shorten(entry[key]) for key, everything in REACHES.items() if entry.get(key, everything) != everything]
    return f"[{' '.join(parts)}]"


def shorten(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        text = ", ".join(f"{key}: {shorten(each)}" for key, each in value.items() if each not in (None, [], {}, ""))
    else:
        text = str(value)
    if text.startswith("-----BEGIN CERTIFICATE-----"):
        text = describe_certificate(text)
    text = "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in " ".join(text.split()))
    return text if len(text) <= MAX_VALUE_CHARACTERS else text[: MAX_VALUE_CHARACTERS - 1] + "…"


def describe_certificate(text: str) -> str:
    """What tells one certificate from another; the text itself when it is none."""
    try:
        return f"certificate with SHA-256 {read_certificate(text.encode()).sha256.hex()}"
    except CertificateError:
        return text
