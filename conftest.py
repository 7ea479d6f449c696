"""Every test process knows the tables of all rooms, whichever of them asks first."""

from pathlib import Path

from ridgeway.settings import Mode, Settings, WebSettings
from ridgeway.web.setup import setup_django


def pytest_configure() -> None:
    """Django is set up once, with every app; each test points it at databases of its own."""
    web = WebSettings(secret_key="a secret of tests, and of nothing else, long enough to be one")  # noqa: S106
    setup_django(Settings(mode=Mode.LAB, state_dir=Path("/nonexistent"), web=web), room="office")
