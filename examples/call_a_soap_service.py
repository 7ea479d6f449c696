"""Call a SOAP service through the consumer door: an example for information systems.

Run: python examples/call_a_soap_service.py http://localhost:8080 EX/GOV/1234/desk EX/GOV/5678/register/personData
"""

import sys

from ridgeway.client import Attachment, Client, ServiceFault

NAMESPACE = "urn:example:persons"
QUESTION = f'<personData xmlns="{NAMESPACE}"><code>38001085718</code></personData>'
MANDATE = Attachment(b"Asked for the committee.", "text/plain; charset=UTF-8", "mandate")


def main(door: str, client_id: str, service: str) -> None:
    """Ask for one person, and say what came back."""
    with Client(door, client_id) as client:
        try:
            answer = client.call_soap(service, QUESTION.encode(), attachments=[MANDATE])
        except ServiceFault as fault:
            print(f"Refused: {fault.code}: {fault.message}")
            return
        print(answer.element.findtext(f"{{{NAMESPACE}}}name"))
        for attachment in answer.attachments:
            print(f"Attached: {attachment.content.decode()}")
        print(f"The proof is kept under query id {answer.query_id}")


if __name__ == "__main__":
    main(*sys.argv[1:4])
