"""Be a SOAP service behind the provider door: an element comes in, an element goes out, files beside them.

Run: python examples/be_a_soap_service.py 9001
"""

import asyncio
import sys
from xml.sax.saxutils import escape

from ridgeway.client import Attachment, ServiceApp, SoapAnswer, SoapCall, serve_service
from ridgeway.errors import RequestError
from ridgeway.http import run

NAMESPACE = "urn:example:persons"
PERSONS = {"38001085718": "Mari Maasikas"}

app = ServiceApp()
soap = app.soap("/soap")


@soap.operation("personData")
async def person_data(call: SoapCall) -> SoapAnswer:
    """One person, with a note of who asked attached."""
    code = call.element.findtext(f"{{{NAMESPACE}}}code", default="")
    if code not in PERSONS:
        raise RequestError("not_found", f"There is no person {code}.")
    answer = f'<personDataResponse xmlns="{NAMESPACE}"><name>{escape(PERSONS[code])}</name></personDataResponse>'
    note = Attachment(f"asked by {call.caller.client}".encode(), "text/plain; charset=UTF-8", "note")
    return SoapAnswer(answer.encode(), (note,))


async def main(port: int) -> None:
    """Answer until stopped."""
    async with serve_service(app, "127.0.0.1", port) as server:
        print(f"Answering on port {server.port}", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    run(main(int(sys.argv[1])))
