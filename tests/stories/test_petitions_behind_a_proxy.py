"""The sample of a caching proxy, as it is in deploy/: a crowd of readers costs one drawing, and outlives the site."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ridgeway.http import Pool, Response, fetch
from ridgeway.services.petitions.tests.test_up import Service, free_port

SAMPLE = Path(__file__).parents[2] / "deploy" / "petitions"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")

pytestmark = pytest.mark.skipif(NGINX is None, reason="needs nginx")


@dataclass(frozen=True)
class Proxy:
    """nginx before one service."""

    service: Service
    folder: Path
    port: int
    site_port: int

    def url(self, path: str) -> str:
        return f"http://localhost:{self.port}{path}"


def adapt(folder: Path, site_port: int, port: int) -> Path:
    """The sample, with what an operator changes: ports, places, and no TLS on loopback."""
    text = (SAMPLE / "nginx.conf").read_text("utf-8")
    begin, end = text.index("    # The staff's site."), text.rindex("}")
    text = text[:begin] + text[end:]
    changes = {
        "listen 443 ssl;": f"listen 127.0.0.1:{port};",
        "server_name petitions.parliament.example;": "server_name localhost;",
        "127.0.0.1:8420": f"127.0.0.1:{site_port}",
        "127.0.0.1:8421": f"127.0.0.1:{site_port + 1}",
        "127.0.0.1:8422": f"127.0.0.1:{site_port}",
        "/var/cache/nginx/petitions": str(folder / "cache"),
        "/var/log/nginx": str(folder),
        "/run/nginx-petitions.pid": str(folder / "nginx.pid"),
        "/etc/nginx/petitions;": f"{SAMPLE};",
        # The folder of a test is its user's alone.
        "worker_processes auto;": f"worker_processes 1; daemon off; {'user root;' if os.geteuid() == 0 else ''}",
    }
    for before, after in changes.items():
        assert before in text, before
        text = text.replace(before, after)
    lines = [line for line in text.splitlines() if "ssl_" not in line]
    places = [f"{kind}_temp_path {folder / kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")]
    file = folder / "nginx.conf"
    file.write_text("\n".join(lines).replace("http {\n", "http {\n" + "\n".join(places) + "\n", 1), "utf-8")
    return file


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    site_port, port, tmp_path = free_port(), free_port(), tmp_path_factory.mktemp("site")
    service = Service(tmp_path, "--state", "here", "--port", str(site_port), "--sample")
    folder = tmp_path / "proxy"
    folder.mkdir()
    file = adapt(folder, site_port, port)
    nginx = None
    try:
        service.wait_for(lambda: "petitions with" in service.said, "the sample is not there")
        assert NGINX is not None
        nginx = subprocess.Popen([NGINX, "-c", str(file), "-p", str(folder), "-e", str(folder / "start.log")])
        service.wait_for((folder / "nginx.pid").exists, "nginx did not start")
        yield Proxy(service, folder, port, site_port)
    finally:
        if nginx is not None:
            nginx.terminate()
            nginx.wait(20)
        service.stop()


async def ask(url: str, *, method: str = "GET", headers: list[tuple[str, str]] | None = None) -> tuple[Response, str]:
    """The head and the text of an answer."""
    async with Pool() as pool:
        answer = await fetch(pool, method, url, headers=headers or [], max_bytes=4 * 1024 * 1024)
    return answer, answer.body.decode()


async def first_petition(proxy: Proxy) -> int:
    _, text = await ask(proxy.url("/petitions.json?state=open"))
    assert '"id":' in text, text[:500]
    return int(text.partition('"id":')[2].partition(",")[0])


async def test_forms_and_links_are_never_kept_and_no_log_has_a_token(proxy: Proxy):
    number = await first_petition(proxy)
    form = proxy.url(f"/petitions/{number}/signatures/new")
    tokens = set()
    for _ in range(3):
        head, text = await ask(form)
        assert head.status == 200
        assert "no-store" in head.headers.get("Cache-Control")
        assert head.headers.get("X-Cache") in {None, ""}
        tokens.add(text)
    assert len(tokens) == 3
    await ask(proxy.url("/signatures/1/verify?token=a-secret-of-somebody"))
    proxy.service.wait_for(lambda: "/verify" in (proxy.folder / "petitions.log").read_text(), "nothing was logged")
    logs = "".join(file.read_text("utf-8") for file in proxy.folder.glob("*.log"))
    assert "a-secret-of-somebody" not in logs


async def test_a_form_that_is_sent_through_the_intakes_place_reaches_the_site(proxy: Proxy):
    number = await first_petition(proxy)
    head, text = await ask(proxy.url(f"/petitions/{number}/signatures/new"), method="POST")
    assert head.status in {400, 403, 422}
    assert "<h1" in text


async def test_a_crowd_of_readers_costs_one_drawing_and_outlives_the_site(proxy: Proxy):
    """Last in this file, since it stops the site."""
    number = await first_petition(proxy)
    count = proxy.url(f"/petitions/{number}/count.json")
    head, fresh = await ask(count)
    assert (head.status, head.headers.get("X-Cache")) == (200, "MISS")
    assert "stale-if-error" in head.headers.get("Cache-Control")
    for _ in range(20):
        head, text = await ask(count)
        assert (head.status, head.headers.get("X-Cache"), text) == (200, "HIT", fresh)
    head, _ = await ask(count, headers=[("If-None-Match", head.headers.get("ETag"))])
    assert head.status == 304
    page = proxy.url(f"/petitions/{number}")
    assert (await ask(page))[0].headers.get("X-Cache") == "MISS"
    assert (await ask(page))[0].headers.get("X-Cache") == "HIT"
    assert (await ask(proxy.url(f"/ar/petitions/{number}")))[0].headers.get("X-Cache") == "MISS"

    proxy.service.stop()
    time.sleep(11)  # longer than a count is fresh
    head, text = await ask(count)
    assert (head.status, text) == (200, fresh)
    assert head.headers.get("X-Cache") in {"STALE", "UPDATING"}
    assert (await ask(page))[0].status == 200
    head, text = await ask(proxy.url("/petitions/start?never=seen"))
    assert (head.status, head.headers.get("Retry-After")) == (503, "30")
    assert "not available" in text
