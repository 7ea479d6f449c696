"""A partner country for one that runs already: whoever wants it leaves word, and the running lab takes it in.

Law: only the process that keeps a country starts and stops processes for it; another one asks, by a file in the
country's folder, and waits for the answer: the partner in the status file, or the reason why not in a file.
"""

import asyncio
import time
from dataclasses import replace

from ridgeway.errors import RidgewayError, WorldError
from ridgeway.http import Pool
from ridgeway.lab.claim import is_running, require_free_ports
from ridgeway.lab.country import Country
from ridgeway.lab.proofs import ask_first, list_questions, render_exchange
from ridgeway.lab.run import Progress, start_partner
from ridgeway.lab.status import read_status

WANTED_FILE = "partner.wanted"
REFUSED_FILE = "partner.refused"
WAIT_SECONDS = 150.0
POLL_SECONDS = 0.2


async def join_running(country: Country) -> int:
    """The running lab has taken the partner in, and what crosses the border is proven; the exit code.

    Raises:  WorldError(command_failed) with the reason when it did not.
    """
    print(f"{country.instance} runs already; it takes {country.partner.instance} in.", flush=True)
    if not read_status(country)["partner"]:
        (country.state / REFUSED_FILE).unlink(missing_ok=True)
        (country.state / WANTED_FILE).touch()
        await wait_for_partner(country)
    proven = True
    async with Pool() as pool:
        for question in list_questions(country):
            if question.asker.country != question.answerer.country:
                exchange = await ask_first(question, pool)
                print(f"\n{render_exchange(exchange)}", flush=True)
                proven = proven and exchange.is_proven
    print(f"\nSee it happen: {country.page_url}   (it stops with {country.instance})", flush=True)
    return 0 if proven else 1


async def wait_for_partner(country: Country) -> None:
    """The status says that the partner is there.

    Raises:  WorldError(command_failed).
    """
    limit = time.monotonic() + WAIT_SECONDS
    while not read_status(country)["partner"]:
        refused = country.state / REFUSED_FILE
        if refused.exists():
            raise WorldError("command_failed", refused.read_text("utf-8"))
        if time.monotonic() > limit or not is_running(country):
            (country.state / WANTED_FILE).unlink(missing_ok=True)
            raise WorldError("command_failed", f"The lab that keeps {country.instance} did not take it in.")
        await asyncio.sleep(POLL_SECONDS)


async def take_partner_in(progress: Progress, pool: Pool) -> None:
    """The country has its partner beside it, if that was asked for and works; else it is as it was."""
    country = progress.country
    wanted = country.state / WANTED_FILE
    if country.is_accompanied or not wanted.exists():
        return
    wanted.unlink()
    both = replace(country, is_accompanied=True)
    try:
        require_free_ports(both.partner)
        await start_partner(both, progress.supervisor, progress, pool)
    except RidgewayError as error:
        (country.state / REFUSED_FILE).write_text(error.explain(), "utf-8")
        print(f"{both.partner.instance} was not taken in: {error.explain()}", flush=True)
        return
    progress.country = both
