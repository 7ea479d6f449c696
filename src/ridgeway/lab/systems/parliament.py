"""The parliament's casework: it asks the population register who somebody is, and remembers what it was told.

Law: it knows its own security server and nothing else of the exchange; three lines ask, and the answer carries the id
under which it can be proven.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from lxml import etree

from ridgeway.client import AsyncClient, Attachment, JsonReply, ServiceApp, ServiceCall, ServiceFault
from ridgeway.http import HttpRefusal
from ridgeway.protocol.identifiers import ServiceId, SubsystemId

NAMESPACE = "urn:northmark:population-register"
MANDATE = Attachment(b"Asked on behalf of the committee on petitions.", "text/plain; charset=UTF-8", "mandate")
ASKED = "create table if not exists asked (query_id text primary key, code text, status integer, answer text)"


@dataclass(frozen=True, slots=True)
class Registers:
    """The services that the casework asks: `persons` by instance over REST, and `person_data` over SOAP."""

    persons: Mapping[str, ServiceId]
    person_data: ServiceId


def build_parliament(folder: Path, *, door_url: str, client: SubsystemId, registers: Registers) -> ServiceApp:
    """The casework system with its database in `folder`, behind the security server at `door_url`."""
    folder.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(folder / "casework.sqlite3")
    with database:
        database.execute(ASKED)
    app = ServiceApp()

    @app.post("/ask/{code}")
    async def ask(call: ServiceCall, code: str) -> object:
        """Who is this person? Asked at the own country's register, or at that of `?instance=`."""
        instance = call.query.get("instance", client.instance)
        if instance not in registers.persons:
            raise HttpRefusal(404, "Not Found", f"No register of {instance[:40]} is known here.")
        try:
            async with AsyncClient(door_url, client) as door:
                answer = await door.get(registers.persons[instance], f"/{code}")
        except ServiceFault as fault:
            return JsonReply({"fault": fault.code, "message": fault.message}, status=502)
        with database:
            row = (answer.query_id, code, answer.status, answer.body.decode("utf-8", "replace"))
            database.execute("insert or replace into asked values (?, ?, ?, ?)", row)
        return {"query_id": answer.query_id, "status": answer.status, "answer": answer.json()}

    @app.post("/ask-over-soap/{code}")
    async def ask_over_soap(_call: ServiceCall, code: str) -> object:
        """Who is this person? Asked over SOAP, with the mandate attached."""
        question = f'<personData xmlns="{NAMESPACE}"><code>{escape(code)}</code></personData>'
        try:
            async with AsyncClient(door_url, client) as door:
                answer = await door.call_soap(registers.person_data, question.encode(), attachments=[MANDATE])
        except ServiceFault as fault:
            return JsonReply({"fault": fault.code, "message": fault.message}, status=502)
        told = {str(etree.QName(each).localname): each.text for each in answer.element}
        with database:
            row = (answer.query_id, code, 200, answer.message.bytes.decode("utf-8", "replace"))
            database.execute("insert or replace into asked values (?, ?, ?, ?)", row)
        attached = [each.content.decode("utf-8", "replace") for each in answer.attachments]
        return {"query_id": answer.query_id, "status": 200, "answer": told, "attached": attached}

    @app.get("/asked")
    async def list_asked(_call: ServiceCall) -> object:
        """What was asked so far, newest first."""
        rows = database.execute("select query_id, code, status from asked order by rowid desc limit 100").fetchall()
        return [{"query_id": query_id, "code": code, "status": status} for query_id, code, status in rows]

    return app
