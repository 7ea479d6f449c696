"""From a TOML document and variables to frozen dataclasses: every fault at once, and where each value came from.

Law: nothing here knows a setting; the dataclasses that `settings.py` holds are the schema. A fault names the key, its
origin, and what would be right.
"""

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

ENVIRONMENT_PREFIX = "RIDGEWAY_"
SERVICES = "services"
"""The table of tables that plates read: nothing here knows what stands in it."""
SWITCHES = {"true": True, "false": False}
Root = TypeVar("Root")


def setting(default: Any, meaning: str, *, secret: bool = False, form: tuple[str, str] = ("", "")) -> Any:
    """A field of a settings class: its default and one line of meaning; a secret is never printed.

    `form` is a pattern that a text must match whole, and an example of it.
    """
    return field(default=default, metadata={"meaning": meaning, "secret": secret, "form": form})


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the value of one setting came from, for `ridgeway settings show`."""

    key: str
    value: str
    source: str


@dataclass(slots=True)
class Reading:
    """One reading in progress: the faults found so far, and where each value came from."""

    faults: list[str] = field(default_factory=list)
    origins: dict[str, str] = field(default_factory=dict)


def read_document(path: Path, reading: Reading) -> dict[str, Any]:
    """The TOML document at `path`; an unreadable one is a fault."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        reading.faults.append(f"{path} cannot be read ({error.strerror}); give an existing file")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        reading.faults.append(f"{path} is not TOML: {error}")
    return {}


def apply_document(settings: Root, document: dict[str, Any], origin: str, reading: Reading) -> Root:
    """`settings` with the values of a TOML document; `[services.NAME]` is left to that service's plate."""
    for name, value in document.items():
        if name == SERVICES and isinstance(value, dict):
            note_origins(value, origin, reading)
            settings = replace(settings, services=join_tables(getattr(settings, "services", {}), value))  # type: ignore[type-var]
            continue
        current = getattr(settings, name, None)
        if name not in known_names(type(settings)):
            reading.faults.append(f"{origin}: unknown key {name!r}{nearest(name, known_names(type(settings)))}")
        elif not is_dataclass(current):
            settings = set_value(settings, name, value, key=name, origin=origin, reading=reading)
        elif not isinstance(value, dict):
            reading.faults.append(f"{origin}: [{name}] is a table; write it as [{name}]")
        else:
            settings = replace(settings, **{name: apply_table(current, value, name, origin, reading)})  # type: ignore[type-var]
    return settings


def note_origins(tables: Mapping[str, Any], origin: str, reading: Reading) -> None:
    """Where the values of the services' tables came from; a table that is none is a fault."""
    for name, table in tables.items():
        if isinstance(table, dict):
            reading.origins |= {f"services.{name}.{key}": origin for key in table}
        else:
            reading.faults.append(f"{origin}: services.{name} is a table; write it as [services.{name}]")


def join_tables(tables: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The tables of services by name, a later value over an earlier one."""
    more = {name: table for name, table in more.items() if isinstance(table, dict)}
    return {name: {**tables.get(name, {}), **more.get(name, {})} for name in sorted({*tables, *more})}


def apply_table(room: Any, table: dict[str, Any], prefix: str, origin: str, reading: Reading) -> Any:
    """One room's settings with the values of its table."""
    names = known_names(type(room))
    for name, value in table.items():
        key = f"{prefix}.{name}"
        if name not in names:
            reading.faults.append(f"{origin}: unknown key {key!r}{nearest(name, names)}")
        else:
            room = set_value(room, name, value, key=key, origin=origin, reading=reading)
    return room


def apply_environment(settings: Root, environment: Mapping[str, str], reading: Reading) -> Root:
    """`settings` with the values of `RIDGEWAY_*`; `…_FILE` names a file that holds a secret."""
    for variable in sorted(name for name in environment if name.startswith(ENVIRONMENT_PREFIX)):
        parts = variable.removeprefix(ENVIRONMENT_PREFIX).lower().split("__")
        if parts == ["settings"]:
            continue
        table: dict[str, Any] = {parts[-1]: environment[variable]}
        room = parts[0] if len(parts) == 2 else ""
        if room and room in known_names(type(settings)):
            table = read_secret_file(getattr(settings, room), table, variable, reading)
            table = {room: table}
        elif parts[0] == SERVICES and len(parts) == 3:
            table = {SERVICES: {parts[1]: table}}
        elif room or len(parts) > 2:
            reading.faults.append(f"{variable}: no such setting{nearest(parts[0], known_names(type(settings)))}")
            continue
        settings = apply_document(settings, table, variable, reading)
    return settings


def read_secret_file(room: Any, table: dict[str, Any], variable: str, reading: Reading) -> dict[str, Any]:
    """Replace `{name}_file` by the content of that file, where `name` is a secret of this room."""
    ((name, value),) = table.items()
    secrets = {known.name for known in fields(room) if known.metadata.get("secret")}
    if not name.endswith("_file") or name.removesuffix("_file") not in secrets:
        return table
    try:
        return {name.removesuffix("_file"): Path(value).read_text("utf-8").strip()}
    except OSError as error:
        reading.faults.append(f"{variable}: {value} cannot be read ({error.strerror})")
        return {}


def set_value(room: Any, name: str, value: Any, *, key: str, origin: str, reading: Reading) -> Any:
    """`room` with one field set, or unchanged and a fault noted when the value does not fit."""
    kind = get_type_hints(type(room))[name]
    pattern, example = known_fields(type(room))[name].metadata.get("form", ("", ""))
    try:
        converted = convert_value(kind, value)
        require_pattern(converted, pattern)
    except (ValueError, TypeError, KeyError, AttributeError):
        example = example or known_fields(type(room))[name].default
        reading.faults.append(f"{origin}: {key} is {value!r}; expected {describe(kind)}, as in {example!s}")
        return room
    reading.origins[key] = origin
    return replace(room, **{name: converted})


def convert_value(kind: Any, value: Any) -> Any:
    """`value` as `kind`; text is read as numbers where it came from the environment."""
    if kind is str and isinstance(value, str):
        return value
    if kind is bool:
        return value if isinstance(value, bool) else SWITCHES[value.lower()]
    if kind is int and not isinstance(value, bool) and isinstance(value, int | str):
        return int(value)
    if kind is float and not isinstance(value, bool) and isinstance(value, int | float | str):
        return float(value)
    if kind is Path and isinstance(value, str):
        return Path(value)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(value)
    raise TypeError(kind)


def require_pattern(value: Any, pattern: str) -> None:
    """Hold only for a text of the form that is wanted, if one is.

    Raises:  ValueError.
    """
    if pattern and isinstance(value, str) and not re.fullmatch(pattern, value, re.ASCII):
        raise ValueError(pattern)


def describe(kind: Any) -> str:
    """A kind of value, in words."""
    words = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", Path: "a path"}
    return words.get(kind) or "one of " + ", ".join(kind)


def known_fields(room: type) -> dict[str, Field[Any]]:
    """The fields of a settings class by name."""
    return {known.name: known for known in fields(room)}


def known_names(room: type) -> list[str]:
    """The names of a settings class."""
    return list(known_fields(room))


def nearest(name: str, names: list[str]) -> str:
    """A hint at the known name that looks most like `name`."""
    close = difflib.get_close_matches(name, names, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(names)}"


def list_origins(settings: Any, reading: Reading) -> list[Origin]:
    """Every setting with its value and origin; secrets are named but not shown."""
    rows = []
    for known in fields(settings):
        value = getattr(settings, known.name)
        if known.name == SERVICES:
            continue
        if is_dataclass(value):
            rows += [origin_of(value, each, f"{known.name}.{each.name}", reading) for each in fields(value)]
        else:
            rows.append(origin_of(settings, known, known.name, reading))
    return rows


def origin_of(room: Any, known: Field[Any], key: str, reading: Reading) -> Origin:
    """One row of `list_origins`."""
    value = getattr(room, known.name)
    shown = ("(set)" if value else "(not set)") if known.metadata.get("secret") else str(value)
    assert known.default is not MISSING or known.default_factory is not MISSING
    return Origin(key, shown, reading.origins.get(key, "default"))
