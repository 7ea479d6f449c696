"""Mail addresses that were likely mistyped: a domain that is nearly one that many people have.

Law: a guess is offered and never made for somebody. Pure.
"""

USUAL_DOMAINS = (
    "gmail.com",
    "googlemail.com",
    "hotmail.com",
    "hotmail.co.uk",
    "outlook.com",
    "live.com",
    "live.co.uk",
    "yahoo.com",
    "yahoo.co.uk",
    "icloud.com",
    "me.com",
    "aol.com",
    "msn.com",
    "btinternet.com",
    "sky.com",
    "protonmail.com",
    "proton.me",
    "mail.com",
    "gmx.com",
    "gmx.net",
)
MISTYPED_ENDS = {
    "com": frozenset({"con", "cm", "co", "om", "cmo", "comm", "vom", "xom", "ocm", "coom", "c"}),
    "co.uk": frozenset({"co.u", "couk", "co.k", "co.ku", "cou.k", "c.uk"}),
}
"""How the end of a domain is mistyped; other ends are other people's domains, as `yahoo.ca`."""
MAX_SLIPS = 2
LONG, SHORT = 7, 5
"""From how many letters of a name two slips are forgiven, and one; shorter names are near to many."""


def find_likely_address(address: str) -> str | None:
    """The address with the domain that was likely meant; None when nothing is likely to be wrong."""
    local, _, domain = address.rpartition("@")
    typed = domain.lower()
    if not local or typed in USUAL_DOMAINS:
        return None
    slips = {usual: count_slips(typed, usual) for usual in USUAL_DOMAINS if is_likely(typed, usual)}
    nearest = min(slips, key=slips.__getitem__, default=None)
    return None if nearest is None else f"{local}@{nearest}"


def is_likely(typed: str, usual: str) -> bool:
    """Whether `usual` was meant: its name or its end was mistyped, and it is not a real domain of another."""
    name, _, end = typed.partition(".")
    usual_name, _, usual_end = usual.partition(".")
    is_end_near = end == usual_end or end in MISTYPED_ENDS.get(usual_end, frozenset())
    slips = count_slips(name, usual_name)
    allowed = MAX_SLIPS if len(usual_name) >= LONG else 1 if len(usual_name) >= SHORT else 0
    return is_end_near and slips <= allowed and name[:1] == usual_name[:1]


def count_slips(typed: str, meant: str) -> int:
    """How many letters were left out, added, changed, or swapped with their neighbour."""
    before_last: list[int] = []
    last = list(range(len(meant) + 1))
    for row, letter in enumerate(typed, start=1):
        here = [row]
        for column, other in enumerate(meant, start=1):
            best = min(last[column] + 1, here[-1] + 1, last[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == meant[column - 2] and typed[row - 2] == other:
                best = min(best, before_last[column - 2] + 1)
            here.append(best)
        before_last, last = last, here
    return last[-1]
