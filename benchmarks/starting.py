"""What does it cost to start each process, before it does anything?

Run: python benchmarks/starting.py [--imports ROOM]

Each command is started with `--help` and its processor time taken, the least of several; a bare interpreter stands
beside it as what cannot be saved. A security server is four such processes and a country some twenty, so a millisecond
here is felt there. `--imports gateway` lists the dearest imports of one room, as the interpreter counts them.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

COMMANDS = (
    "gateway run",
    "signer run",
    "trust run",
    "messagelog run",
    "opmonitor run",
    "centralserver apply",
    "securityserver apply",
    "lab up",
    "verify",
)
ROUNDS = 5
SHOWN_IMPORTS = 30


def measure(command: list[str], folder: Path) -> float:
    """Processor seconds of one run, the least of several."""
    found = []
    for _ in range(ROUNDS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, env=environment())
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        found.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(found)


def environment() -> dict[str, str]:
    """Ours, without settings of a server that happens to be here."""
    return {name: value for name, value in os.environ.items() if not name.startswith("RIDGEWAY_")}


def list_imports(room: str, folder: Path) -> list[str]:
    """The dearest imports, each with all that it brings, in milliseconds."""
    command = [sys.executable, "-X", "importtime", "-m", "ridgeway.cli", room, "--help"]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, env=environment())
    rows = [line.removeprefix("import time:").split("|") for line in done.stderr.splitlines() if "|" in line]
    counted = [(int(whole), name.rstrip()) for _, whole, name in rows if whole.strip().isdigit()]
    return [f"{whole / 1000:8.1f}  {name.strip()}" for whole, name in sorted(counted, reverse=True)[:SHOWN_IMPORTS]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Processor time of starting each process.")
    parser.add_argument("--imports", metavar="ROOM", help="list the dearest imports of one room")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rw-") as name:
        folder = Path(name)
        if arguments.imports:
            print("\n".join(list_imports(arguments.imports, folder)))
            return
        bare = measure([sys.executable, "-c", "pass"], folder)
        print(f"{'a bare interpreter':<22} {bare * 1000:6.0f} ms")
        for command in COMMANDS:
            spent = measure([sys.executable, "-m", "ridgeway.cli", *command.split(), "--help"], folder)
            print(f"{command:<22} {spent * 1000:6.0f} ms")


if __name__ == "__main__":
    main()
