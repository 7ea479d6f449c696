"""Trees with named entries, at random."""

from hypothesis import strategies as st

NAMES = st.sampled_from(["a", "b", "c", "d"])
KEYS = st.sampled_from(["id", "id", "name"])
LEAVES = st.one_of(
    st.integers(0, 3), st.sampled_from(["x", "y"]), st.booleans(), st.lists(st.integers(0, 2), max_size=2)
)


def grow(inside):
    entries = st.dictionaries(NAMES, inside, max_size=4)
    named = st.tuples(KEYS, st.lists(NAMES, unique=True, min_size=1, max_size=4)).flatmap(
        lambda said: st.tuples(*(st.dictionaries(NAMES, inside, max_size=3) for _ in said[1])).map(
            lambda rest: [{said[0]: name, **each} for name, each in zip(said[1], rest, strict=True)]
        )
    )
    return st.one_of(entries, named)


TREES = st.dictionaries(NAMES, st.recursive(LEAVES, grow, max_leaves=12), max_size=4)
