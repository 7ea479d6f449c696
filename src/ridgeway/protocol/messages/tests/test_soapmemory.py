"""What reading SOAP leaves behind: nothing, whatever names a stranger thinks of."""

import subprocess
import sys

READ_MANY = """
import gc, resource, sys
from pathlib import Path
from ridgeway.errors import MessageError
from ridgeway.protocol.messages import read_soap

PAGE = resource.getpagesize()
OPEN = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><a>'

def read(turn):
    names = "".join(f"<name_{turn:04}_{number:06}/>" for number in range(60_000))
    try:
        read_soap(f"{OPEN}{names}</a></s:Body></s:Envelope>".encode())
    except MessageError as error:
        assert error.code == "missing_header", error

def resident():
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE

for turn in range(4):
    read(turn)
before = resident()
for turn in range(4, 24):
    read(turn)
print(resident() - before)
"""


def test_names_that_never_come_again_are_not_kept():
    done = subprocess.run([sys.executable, "-c", READ_MANY], capture_output=True, text=True, check=True, timeout=120)
    assert int(done.stdout) < 15_000_000
