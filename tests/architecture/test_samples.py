"""What lies in deploy/ to be copied is right: settings that are known, commands that exist, names that agree."""

import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
from ruamel.yaml import YAML

from ridgeway.cli.main import ridgeway
from ridgeway.services import installed
from ridgeway.settings import load_settings, read_service_settings

SAMPLE = Path(__file__).parents[2] / "deploy" / "petitions"


def read_compose() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load((SAMPLE / "compose.yaml").read_text("utf-8"))
    return found


def find_command(words: list[str]) -> click.Command:
    """The command that the words name; options and what follows them are left."""
    command: click.Command = ridgeway
    context = click.Context(ridgeway)
    for word in words:
        if not isinstance(command, click.Group):
            break
        found = command.get_command(context, word)
        assert found is not None, " ".join(words)
        command = found
    return command


def list_commands() -> list[list[str]]:
    commands = [each["command"][1:] for each in read_compose()["services"].values() if "command" in each]
    script = (SAMPLE / "systemd" / "ridgeway-petitions").read_text("utf-8")
    runs = re.findall(r"exec /opt/ridgeway/bin/ridgeway (.*?) ;;", script)
    return [*commands, *(shlex.split(line.replace('"$1"', "petitions")) for line in runs)]


@pytest.mark.parametrize("words", list_commands(), ids=" ".join)
def test_every_command_of_a_sample_exists(words: list[str]):
    assert find_command(words).name


def test_the_settings_of_the_sample_are_known_and_what_is_secret_comes_from_files():
    secrets = {
        name: str(SAMPLE / "ridgeway.toml")
        for name in read_compose()["x-ridgeway"]["environment"]
        if name.endswith("_FILE")
    }
    settings = load_settings(SAMPLE / "ridgeway.toml", secrets)
    own = read_service_settings(settings, "petitions", installed()["petitions"].settings)
    assert own.address == "https://petitions.parliament.example"
    assert settings.web.trusted_proxies


def test_the_proxy_serves_the_origins_of_the_settings():
    proxy, settings = (SAMPLE / "nginx.conf").read_text("utf-8"), load_settings(SAMPLE / "ridgeway.toml", {})
    own = read_service_settings(settings, "petitions", installed()["petitions"].settings)
    for address, port in ((own.address, own.port), (settings.web.desk_address, settings.web.desk_port)):
        assert f"server_name {address.removeprefix('https://')};" in proxy
        assert f"server 127.0.0.1:{port}" in proxy
    assert f"server 127.0.0.1:{own.intake_port}" in proxy
