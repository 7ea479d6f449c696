"""Be a service behind the provider door: an example for information systems.

Run: python examples/be_a_service.py 9000
"""

import asyncio
import sys

from ridgeway.client import ServiceApp, ServiceCall, serve_service
from ridgeway.http import HttpRefusal, run

PERSONS = {"38001085718": "Mari Maasikas"}

app = ServiceApp()
app.describe({"openapi": "3.0.3", "info": {"title": "Persons", "version": "1"}, "paths": {"/persons/{code}": {}}})


@app.get("/persons/{code}")
async def find_person(call: ServiceCall, code: str) -> object:
    """One person, for a caller that the security server has named."""
    if code not in PERSONS:
        raise HttpRefusal(404, "Not Found", f"There is no person {code}.")
    return {"code": code, "name": PERSONS[code], "asked_by": str(call.caller.client)}


async def main(port: int) -> None:
    """Answer until stopped."""
    async with serve_service(app, "127.0.0.1", port) as server:
        print(f"Answering on port {server.port}", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    run(main(int(sys.argv[1])))
