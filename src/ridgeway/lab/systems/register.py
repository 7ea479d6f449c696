"""The population register: ten thousand people who do not exist, over a REST API that OpenAPI describes.

Law: who asks is known from the security server, and every look is noted with it, in the register's own database.
Read next: `registersoap.py`, the same over SOAP.
"""

from pathlib import Path

from ridgeway.client import ServiceApp, ServiceCall
from ridgeway.http import HttpRefusal
from ridgeway.lab.systems.people import PREFIX, find_person, open_register, search_people
from ridgeway.lab.systems.registersoap import add_soap

MAX_FOUND = 100
LOOKS = "create table if not exists look (at text default current_timestamp, client text, query_id text, code text)"
PERSON = {
    "type": "object",
    "required": ["code", "given_name", "family_name", "born_on", "municipality"],
    "properties": {
        "code": {"type": "string", "example": "NM000001"},
        "given_name": {"type": "string"},
        "family_name": {"type": "string"},
        "born_on": {"type": "string", "format": "date"},
        "municipality": {"type": "string"},
    },
}
JSON_TYPE = "application/json"
DESCRIPTION = {
    "openapi": "3.0.3",
    "info": {"title": "Population register", "version": "1.0.0", "description": "People who do not exist."},
    "servers": [{"url": "/persons"}],
    "paths": {
        "/": {
            "get": {
                "operationId": "searchPersons",
                "parameters": [
                    {"name": "family_name", "in": "query", "required": True, "schema": {"type": "string"}},
                    {
                        "name": "limit",
                        "in": "query",
                        "schema": {"type": "integer", "maximum": MAX_FOUND, "default": 20},
                    },
                ],
                "responses": {
                    "200": {
                        "description": "The people whose family name begins so",
                        "content": {JSON_TYPE: {"schema": {"type": "array", "items": PERSON}}},
                    }
                },
            }
        },
        "/{code}": {
            "get": {
                "operationId": "getPerson",
                "parameters": [{"name": "code", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {
                    "200": {"description": "The person", "content": {JSON_TYPE: {"schema": PERSON}}},
                    "404": {"description": "Nobody has this code"},
                },
            }
        },
    },
}


def build_register(folder: Path, *, prefix: str = PREFIX) -> ServiceApp:
    """The register with its database in `folder`; the codes of its people begin with `prefix`."""
    database = open_register(folder / "register.sqlite3", prefix=prefix)
    with database:
        database.execute(LOOKS)
    app = ServiceApp()
    app.describe(DESCRIPTION)

    def note_look(client: str, query_id: str, code: str) -> None:
        """Somebody looked at somebody."""
        with database:
            database.execute("insert into look (client, query_id, code) values (?, ?, ?)", (client, query_id, code))

    add_soap(app, database, note_look=note_look)

    @app.get("/persons/{code}")
    async def get_person(call: ServiceCall, code: str) -> object:
        """One person."""
        note_look(str(call.caller.client), call.caller.query_id, code)
        person = find_person(database, code)
        if person is None:
            raise HttpRefusal(404, "Not Found", f"Nobody has the code {code[:40]}.")
        return person

    @app.get("/persons")
    async def search(call: ServiceCall) -> object:
        """The people whose family name begins so."""
        name, limit = call.query.get("family_name", ""), call.query.get("limit", "20")
        if not name or not limit.isdigit() or not 1 <= int(limit) <= MAX_FOUND:
            raise HttpRefusal(400, "Bad Request", f"Give family_name, and a limit of 1 to {MAX_FOUND}.")
        return search_people(database, family_name=name, limit=int(limit))

    return app
