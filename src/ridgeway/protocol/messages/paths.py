"""Paths of a REST service: made plain once, and matched against the patterns of access rights.

Law: what decides about access is decoded exactly once, segment by segment. Whatever could be read in two ways (an
escaped `/ ? # \\`, a control character, an empty first segment, dots that climb out) is refused, not guessed.
Matching takes time proportional to path times pattern at the most; nothing is tried twice.
Source: PR-REST §4.7, X-Road's PathGlob. Differs: X-Road decodes twice and cannot decide about a space.
"""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from ridgeway.errors import AccessError, MessageError

MAX_PATH_CHARACTERS = 64 * 1024
MAX_PATTERN_CHARACTERS = 1024
PATTERNS_KEPT = 1024

HEX = frozenset("0123456789abcdefABCDEF")
FORBIDDEN_WHEN_DECODED = frozenset("/?#\\\u0085\u2028\u2029") | {chr(code) for code in (*range(32), 127)}
DOTS = (".", "..")


def normalise_service_path(raw: str) -> str:
    """The path as access rights see it: decoded once, dot segments taken away.

    `raw` is what stands after the service code, still escaped: "" or a path that begins with `/`. A right to the
    whole service needs no path, so ask for this only when single endpoints decide.

    Raises:  AccessError(access_denied) when the path could be read in more than one way or climbs out of the service.
    """
    if raw == "":
        return ""
    if not raw.startswith("/") or raw.startswith("//") or len(raw) > MAX_PATH_CHARACTERS:
        raise refusal(raw, "it must begin with one `/`")
    path = resolve_dot_segments([decode_segment(segment, raw=raw) for segment in raw[1:].split("/")])
    if f"{path}/".startswith("/../"):
        raise refusal(raw, "its `..` segments climb out of the service")
    return path


def resolve_service_path(raw: str) -> str:
    """The path decoded and without dot segments, where `..` that climbs out stays in front."""
    return resolve_dot_segments([decode_segment(segment, raw=raw) for segment in raw.removeprefix("/").split("/")])


def decode_segment(segment: str, *, raw: str) -> str:
    """One segment with its escapes taken as UTF-8, once.

    Raises:  AccessError(access_denied).
    """
    decoded = segment
    if "%" in segment:
        if not has_good_escapes(segment):
            raise refusal(raw, f"{segment[:80]!r} has a `%` that two hexadecimal digits do not follow")
        try:
            decoded = unquote_to_bytes(segment.encode(errors="surrogatepass")).decode()
        except UnicodeDecodeError as error:
            raise refusal(raw, f"{segment[:80]!r} is not UTF-8") from error
    if not FORBIDDEN_WHEN_DECODED.isdisjoint(decoded):
        raise refusal(raw, f"{segment[:80]!r} stands for `/`, `?`, `#`, `\\` or a control character")
    if decoded.partition(";")[0] in DOTS and decoded not in DOTS:
        raise refusal(raw, f"some servers read {segment[:80]!r} as dots")
    return decoded


def has_good_escapes(text: str) -> bool:
    """Whether two hexadecimal digits follow each `%`."""
    return all(len(piece) >= 2 and HEX.issuperset(piece[:2]) for piece in text.split("%")[1:])


def resolve_dot_segments(segments: list[str]) -> str:
    """The segments joined again, without `.`, `..` and empty ones inside; `..` that climbs out stays in front."""
    kept: list[str] = []
    climbed = 0
    for segment in segments:
        if segment == "..":
            climbed += not kept
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    slash = "/" if segments[-1] in ("", *DOTS) and (kept or climbed) else ""
    return "/" + "/".join([".."] * climbed + kept) + slash


def check_unambiguous_path(raw: str) -> None:
    """Let only paths pass that every server on the way reads alike; the consumer's door asks this.

    Raises:  MessageError(bad_request) for empty segments inside, escaped dots, and dots before a `;`.
    """
    *inner, last = raw.removeprefix("/").split("/")
    for segment in (*inner, last):
        plain = segment.partition(";")[0].lower().replace("%2e", ".")
        if plain in DOTS and segment not in DOTS:
            raise MessageError("bad_request", f"The path segment {segment[:80]!r} hides dots; write them plainly.")
    if "" in inner:
        raise MessageError("bad_request", f"The path {raw[:200]!r} has an empty segment; write one `/` between two.")


def refusal(raw: str, why: str) -> AccessError:
    """The error for a path about which access cannot be decided."""
    return AccessError("access_denied", f"Access to the path {raw[:200]!r} cannot be decided: {why}.")


@dataclass(frozen=True, slots=True)
class PathPattern:
    """A pattern ready for matching: one bit for each place in it.

    `letters` maps a character to the places that it may pass, `runs` are the places of `*` (characters up to the next
    `/`, all of them), `anything` those of `**`. `size` is the number of places.
    """

    text: str
    letters: dict[str, int]
    runs: int
    anything: int
    size: int

    def matches(self, path: str) -> bool:
        """Whether the whole of `path` fits."""
        alive = 1
        for character in path:
            alive |= (alive & self.anything) << 1
            if character == "/":
                alive |= (alive & self.runs) << 1
                held = self.anything
            else:
                held = self.anything | self.runs
            alive = ((alive & self.letters.get(character, 0)) << 1) | (alive & held)
            if not alive:
                return False
        alive |= (alive & (self.anything | self.runs)) << 1
        return bool(alive >> self.size & 1)


@lru_cache(maxsize=PATTERNS_KEPT)
def parse_path_pattern(text: str) -> PathPattern:
    r"""Read a pattern: `*` all characters up to the next `/`, `**` anything, `\*` and `\\` the characters themselves.

    As in X-Road, `*` gives nothing back: `/a/*.json` fits no path, because `*` takes `.json` too.

    Raises:  MessageError(invalid_request) when it is too long.
    """
    if len(text) > MAX_PATTERN_CHARACTERS:
        raise MessageError("invalid_request", f"A path pattern may have {MAX_PATTERN_CHARACTERS} characters at most.")
    letters: dict[str, int] = {}
    runs = anything = place = at = 0
    while at < len(text):
        character, at = text[at], at + 1
        bit = 1 << place
        place += 1
        if character == "*":
            stars = len(text[at:]) - len(text[at:].lstrip("*"))
            at += stars
            anything |= bit if stars else 0
            runs |= 0 if stars else bit
            continue
        if character == "\\" and text[at : at + 1] in ("*", "\\"):
            character, at = text[at], at + 1
        letters[character] = letters.get(character, 0) | bit
    return PathPattern(text=text, letters=letters, runs=runs, anything=anything, size=place)


def matches_path(pattern: str, path: str) -> bool:
    """Whether a path, already made plain, fits the pattern of an access right."""
    return pattern == "**" or parse_path_pattern(pattern).matches(path)
