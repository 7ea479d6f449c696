"""The parliament's casework: it asks the population register who somebody is, and remembers what it was told.

Law: it knows its own security server and nothing else of the exchange; three lines ask, and the answer carries the id
under which it can be proven.
"""

import sqlite3
from pathlib import Path

from ridgeway.client import AsyncClient, JsonReply, ServiceApp, ServiceCall, ServiceFault
from ridgeway.protocol.identifiers import ServiceId, SubsystemId

ASKED = "create table if not exists asked (query_id text primary key, code text, status integer, answer text)"


def build_parliament(folder: Path, *, door_url: str, client: SubsystemId, persons: ServiceId) -> ServiceApp:
    """The casework system with its database in `folder`, behind the security server at `door_url`."""
    folder.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(folder / "casework.sqlite3")
    with database:
        database.execute(ASKED)
    app = ServiceApp()

    @app.post("/ask/{code}")
    async def ask(_call: ServiceCall, code: str) -> object:
        """Who is this person?"""
        try:
            async with AsyncClient(door_url, client) as door:
                answer = await door.get(persons, f"/{code}")
        except ServiceFault as fault:
            return JsonReply({"fault": fault.code, "message": fault.message}, status=502)
        with database:
            row = (answer.query_id, code, answer.status, answer.body.decode("utf-8", "replace"))
            database.execute("insert or replace into asked values (?, ?, ?, ?)", row)
        return {"query_id": answer.query_id, "status": answer.status, "answer": answer.json()}

    @app.get("/asked")
    async def list_asked(_call: ServiceCall) -> object:
        """What was asked so far, newest first."""
        rows = database.execute("select query_id, code, status from asked order by rowid desc limit 100").fetchall()
        return [{"query_id": query_id, "code": code, "status": status} for query_id, code, status in rows]

    return app
