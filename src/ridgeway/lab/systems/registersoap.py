"""The population register over SOAP: `personData`, with the asker's mandate and the register's extract attached.

Law: the same people and the same note of every look as over REST; the WSDL beside this file describes it.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

from ridgeway.client import Attachment, ServiceApp, SoapAnswer, SoapCall
from ridgeway.errors import RequestError
from ridgeway.lab.systems.people import find_person

WSDL = Path(__file__).parent / "register.wsdl"
NAMESPACE = "urn:northmark:population-register"
PATH = "/soap"
FIELDS = {
    "code": "code",
    "givenName": "given_name",
    "familyName": "family_name",
    "bornOn": "born_on",
    "municipality": "municipality",
}
"""Element → what the register calls it."""


def add_soap(app: ServiceApp, database: sqlite3.Connection, *, note_look: Callable[[str, str, str], None]) -> None:
    """The register answers SOAP too. `note_look` is given client, query id and code."""
    soap = app.soap(PATH, wsdl=WSDL)

    @soap.operation("personData")
    async def person_data(call: SoapCall) -> SoapAnswer:
        """One person; whoever asks must attach the mandate to."""
        code = call.element.findtext(f"{{{NAMESPACE}}}code", default="")
        if not call.attachments:
            raise RequestError("missing_mandate", "Attach the mandate on which you ask, as text.")
        note_look(str(call.caller.client), call.caller.query_id, code)
        person = find_person(database, code)
        if person is None:
            raise RequestError("not_found", f"Nobody has the code {code[:40]}.")
        told = {element: str(getattr(person, name)) for element, name in FIELDS.items()}
        body = "".join(f"<{element}>{escape(text)}</{element}>" for element, text in told.items())
        extract = "\n".join(f"{element}: {text}" for element, text in told.items()).encode()
        return SoapAnswer(
            f'<personDataResponse xmlns="{NAMESPACE}">{body}</personDataResponse>'.encode(),
            (Attachment(extract, "text/plain; charset=UTF-8", "extract"),),
        )
