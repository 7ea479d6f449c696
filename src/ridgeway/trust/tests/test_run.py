import asyncio
import json
import logging
import os
import signal
import sys
from datetime import timedelta

import pytest
from click.testing import CliRunner

from ridgeway.errors import NetworkError, TrustError
from ridgeway.protocol.globalconf.tests.cast import LATER, NOW, signing_key
from ridgeway.trust.clock import read_clock
from ridgeway.trust.commands import trust as trust_command
from ridgeway.trust.keeper import TrustKeeper
from ridgeway.trust.own import no_certificates
from ridgeway.trust.reports import Result, read_status
from ridgeway.trust.run import run_until
from ridgeway.trust.tests.cast import a_central_server, give_anchor, settings_in

LONG = timedelta(hours=1)


async def until(condition, *, seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


class Running:
    """The process's loops, run in the test."""

    def __init__(self, settings):
        self.settings = settings
        self.stop = asyncio.Event()

    async def __aenter__(self):
        self.task = asyncio.create_task(
            run_until(self.stop, self.settings, own_certificates=no_certificates, clock=lambda: NOW)
        )
        return self

    async def __aexit__(self, *_exc):
        self.stop.set()
        await self.task


async def test_the_process_fetches_at_once_follows_news_and_tells_each_thing_once(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    settings = settings_in(tmp_path, fetch_interval_seconds=0.02)
    keeper = TrustKeeper(settings)
    async with a_central_server() as central:
        give_anchor(settings, central.anchor())
        central.publish()
        async with Running(settings):
            await until(lambda: keeper.reload_if_changed(NOW))
            central.publish(announce=(signing_key(), signing_key("new")), stamp="20260206120100000000000")
            await until(
                lambda: keeper.reload_if_changed(NOW) and len(keeper.snapshot.own.sources[0].internal_certificates) == 2
            )
            central.status = 500
            await until(lambda: "answered 500" in caplog.text)
            count = len(central.requests)
            await until(lambda: len(central.requests) > count + 4)
            central.status = 200
            await until(lambda: "up to date again" in caplog.text)
    assert caplog.text.count("answered 500") == 2, "once a way there: https is no answer, http answers 500"
    assert "stopped" in caplog.text


async def test_the_process_survives_an_anchor_that_comes_late_or_breaks(tmp_path, caplog):
    settings = settings_in(tmp_path, fetch_interval_seconds=0.02)
    async with a_central_server() as central:
        central.publish()
        async with Running(settings):
            await until(lambda: "no anchor" in caplog.text)
            give_anchor(settings, central.anchor())
            await until((tmp_path / "globalconf/LAB/shared-params.xml").exists)
            settings.path(settings.trust.anchor).write_bytes(b"<broken")
            await until(lambda: "malformed_anchor: The anchor is not XML" in caplog.text)
            status = read_status(tmp_path / "globalconf/.status.json")
            assert status is not None
            assert status.own.instance == "LAB"


async def test_the_command_stops_cleanly_when_it_is_told_to(tmp_path):
    toml = tmp_path / "ridgeway.toml"
    toml.write_text("[trust]\nfetch_interval_seconds = 0.05\n")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ridgeway.cli", "--settings", str(toml), "trust", "run",
        stderr=asyncio.subprocess.PIPE, env={**os.environ},
    )  # fmt: skip
    assert process.stderr is not None
    async with asyncio.timeout(20):
        await process.stderr.readuntil(b"looking for")
        process.send_signal(signal.SIGTERM)
        _, rest = await process.communicate()
    assert process.returncode == 0
    assert b"stopped" in rest


async def invoke(*arguments: str, settings):
    """One call of the command, in a thread, as it has a loop of its own."""
    return await asyncio.to_thread(CliRunner().invoke, trust_command, list(arguments), obj=settings)


async def test_fetch_says_what_changed_and_whose_fault_it_is_when_it_fails(tmp_path):
    settings = settings_in(tmp_path)
    async with a_central_server() as central:
        give_anchor(settings, central.anchor())
        central.publish(expires_at=read_clock() + LONG)
        done = await invoke("fetch", settings=settings)
        assert done.exit_code == 0, done.output
        assert "LAB/shared-params.xml" in done.output
        again = await invoke("fetch", "--json", settings=settings)
        assert json.loads(again.output)["own"]["result"] in {Result.CHANGED, Result.UNCHANGED}
        central.publish(expires_at=LATER)
        assert isinstance((await invoke("fetch", settings=settings)).exception, TrustError)
        central.status = 503
        assert isinstance((await invoke("fetch", settings=settings)).exception, NetworkError)


async def test_show_prints_whom_this_server_trusts(tmp_path):
    settings = settings_in(tmp_path)
    assert isinstance((await invoke("show", settings=settings)).exception, TrustError)
    async with a_central_server() as central:
        give_anchor(settings, central.anchor())
        central.publish(expires_at=read_clock() + LONG)
        await invoke("fetch", settings=settings)
    shown = json.loads((await invoke("show", "--json", settings=settings)).output)
    assert shown["own_instance"] == "LAB"
    assert shown["instances"]["LAB"]["servers"]["SERVER:LAB/GOV/1000/ss1"] == "ss1.example"
    assert "MEMBER:LAB/COM/2000" in (await invoke("show", settings=settings)).output


@pytest.mark.parametrize("form", [(), ("--json",)])
async def test_explain_exits_by_what_it_finds(tmp_path, form):
    settings = settings_in(tmp_path)
    async with a_central_server() as central:
        give_anchor(settings, central.anchor())
        central.publish(expires_at=read_clock() + LONG)
        await invoke("fetch", settings=settings)
        anchor = str(settings.path(settings.trust.anchor))
        good = await invoke("explain", anchor, *form, settings=settings)
        assert good.exit_code == 0, good.output
        (tmp_path / "words").write_text("words")
        bad = await invoke("explain", anchor, str(tmp_path / "words"), *form, settings=settings)
        assert bad.exit_code == 1
        state = await invoke("explain", *form, settings=settings)
        assert state.exit_code == 1, "this server has no certificate yet"
        if form:
            assert [finding["usable"] for finding in json.loads(bad.output)] == [True, False]
