"""Both spellings of every code that others' vectors name are translated into each other."""

import json
from collections.abc import Iterator

from tests.conformance.test_vectors import FOLDER, needs_vectors

from ridgeway.protocol.messages import parse_code, render_code
from ridgeway.protocol.messages.faultcodes import TOLD_APART_SINCE

MADE_UP_BY_A_SERVICE = ("client.code", "Client.CODE")


def list_spellings() -> Iterator[tuple[str, str]]:
    for entry in json.loads((FOLDER / "vectors.json").read_bytes()):
        for codes in (entry["expect"].get("codes"), entry["expect"].get("fault_code")):
            if codes and {"7.8", "7.7"} <= codes.keys():
                yield codes["7.8"], codes["7.7"]


@needs_vectors
def test_every_code_in_the_vectors_has_the_two_spellings_that_they_state() -> None:
    pairs = {pair for pair in list_spellings() if pair != MADE_UP_BY_A_SERVICE}
    assert len(pairs) > 30
    assert {(snake, render_code(snake, "7.7")) for snake, _ in pairs} == pairs
    both_ways = {pair for pair in pairs if not TOLD_APART_SINCE.keys() & set(pair[0].split("."))}
    assert {(parse_code(camel), camel) for _, camel in both_ways} == both_ways
