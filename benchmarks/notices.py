"""How many notices a second leave the outbox: to files, and to a mail server on this machine. Prints notices a second.

Run: python benchmarks/notices.py [notices] [senders]. SQLite; each notice is rendered with both parts, as one that
confirms is.
Only the ratios say something on another machine.
"""

import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from django.core.management import call_command
from django.db import transaction

from ridgeway.settings import Mode, Settings, WebSettings
from ridgeway.web.setup import setup_django

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 3_000
SENDERS = int(sys.argv[2]) if len(sys.argv) > 2 else 1


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        web = WebSettings(secret_key="a secret of a benchmark, long enough to be one", database="sqlite:office.sqlite3")
        settings = Settings(mode=Mode.LAB, state_dir=folder, web=web)
        setup_django(settings, room="office")
        call_command("migrate", verbosity=0, interactive=False)
        from ridgeway.office.notices.folder import FolderDelivery
        from ridgeway.office.notices.smtp import SmtpDelivery
        from ridgeway.office.notices.smtpserver import SmtpServer
        from ridgeway.office.notices.tests.senders import a_sink, register_greetings

        register_greetings()
        print(f"{COUNT} notices, {SENDERS} senders, SQLite, each commit on the disk")
        measure("post them, 500 a transaction", post)
        measure("to files, each on the disk", lambda: send(folder, lambda: FolderDelivery(folder / "mail")))
        post()
        lazy = lambda: FolderDelivery(folder / "lazy", is_durable=False)  # noqa: E731
        measure("to files, left to the kernel", lambda: send(folder, lazy))
        post()
        with a_sink() as sink:
            server = SmtpServer("127.0.0.1", sink.port, tls="none")
            measure("to a mail server in this process", lambda: send(folder, lambda: SmtpDelivery(server)))


def measure(what: str, do: object) -> None:
    started = time.perf_counter()
    do()  # type: ignore[operator]
    print(f"{what:<36} {COUNT / (time.perf_counter() - started):8.0f} a second")


rounds = iter(range(100))


def post() -> None:
    from ridgeway.office.notices.tests.senders import post_greeting

    now, version = datetime.now(UTC), str(next(rounds))
    for first in range(0, COUNT, 500):
        with transaction.atomic():
            for number in range(first, min(first + 500, COUNT)):
                post_greeting(number, now=now, version=version)


def send(folder: Path, open_delivery: object) -> None:
    def run() -> None:
        from django.db import connection

        from ridgeway.office.notices.outbox import Outbox

        with open_delivery() as delivery:  # type: ignore[operator]
            outbox = Outbox(
                delivery, folder / "run", sender="o@example.org", reply_to="", clock=lambda: datetime.now(UTC)
            )
            while outbox.send_due().total:
                pass
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
