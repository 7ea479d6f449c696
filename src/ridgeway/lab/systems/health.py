"""The health authority: a file of 100 MB that anybody with the right may fetch, and a place for what they send.

Law: both pass in constant memory; an upload that breaks off leaves nothing behind.
"""

import random
import sqlite3
from pathlib import Path

from ridgeway.client import FileReply, JsonReply, ServiceApp, ServiceCall
from ridgeway.lab.systems.people import SEED

FILE_BYTES = 100 * 1024 * 1024
BLOCK_BYTES = 1024 * 1024
MAX_UPLOAD_BYTES = 1024 * 1024 * 1024
UPLOADS = "create table if not exists upload (id integer primary key, client text, query_id text, bytes integer)"
DESCRIPTION = {
    "openapi": "3.0.3",
    "info": {"title": "Health documents", "version": "1.0.0"},
    "paths": {
        "/documents/large": {
            "get": {
                "operationId": "getLargeDocument",
                "responses": {"200": {"description": "100 MB", "content": {"application/octet-stream": {}}}},
            }
        },
        "/documents": {
            "post": {
                "operationId": "sendDocument",
                "requestBody": {"content": {"application/octet-stream": {}}},
                "responses": {"201": {"description": "Kept", "content": {"application/json": {}}}},
            }
        },
    },
}


def make_large_file(path: Path) -> None:
    """The large file is there: the same bytes on every machine, none of which compress."""
    if path.exists() and path.stat().st_size == FILE_BYTES:
        return
    choose = random.Random(SEED)  # noqa: S311 — bytes that mean nothing
    beside = path.with_suffix(".new")
    with beside.open("wb") as file:
        block = choose.randbytes(BLOCK_BYTES)
        for number in range(FILE_BYTES // BLOCK_BYTES):
            file.write(number.to_bytes(4, "big") + block[4:])
    beside.replace(path)


def build_health(folder: Path) -> ServiceApp:
    """The authority's system with its files and its database in `folder`."""
    uploads = folder / "uploads"
    uploads.mkdir(parents=True, exist_ok=True)
    large = folder / "large.bin"
    make_large_file(large)
    database = sqlite3.connect(folder / "health.sqlite3")
    with database:
        database.execute(UPLOADS)
    app = ServiceApp()
    app.describe(DESCRIPTION)

    @app.get("/documents/large")
    async def get_large(_call: ServiceCall) -> object:
        """The large file."""
        return FileReply(large, "application/octet-stream")

    @app.post("/documents", max_body_bytes=MAX_UPLOAD_BYTES)
    async def keep(call: ServiceCall) -> object:
        """What is sent is kept, under a number."""
        with database:
            values = (str(call.caller.client), call.caller.query_id)
            number = database.execute("insert into upload (client, query_id) values (?, ?)", values).lastrowid
        size = await call.save(uploads / f"{number}.bin")
        with database:
            database.execute("update upload set bytes = ? where id = ?", (size, number))
        return JsonReply({"number": number, "bytes": size}, status=201)

    return app
