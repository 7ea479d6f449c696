"""Call a service through the consumer door: an example for information systems.

Run: python examples/call_a_service.py http://localhost:8080 EX/GOV/1234/desk EX/GOV/5678/register/persons
"""

import sys

from ridgeway.client import Client, ServiceFault


def main(door: str, client_id: str, service: str) -> None:
    """Ask for one person, and say what came back."""
    with Client(door, client_id) as client:
        try:
            answer = client.get(service, "/persons/38001085718", query={"fields": "name"})
        except ServiceFault as fault:
            print(f"Refused on the way: {fault.code}: {fault.message}")
            return
        print(answer.status, answer.json())
        print(f"The proof is kept under query id {answer.query_id}")


if __name__ == "__main__":
    main(*sys.argv[1:4])
