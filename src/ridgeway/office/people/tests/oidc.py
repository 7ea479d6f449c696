"""A small sign-on service that speaks OpenID Connect on loopback: it lets in whom it is told to.

It holds to what matters here: the code counts once, the secret and PKCE are verified, tokens are signed.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID = "ridgeway"
SECRET = "a secret between the two"


@dataclass
class Works:
    """The service, and whom it lets in next."""

    claims: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    address: str = ""
    redirects_to: str = ""
    audience: str = CLIENT_ID

    def configuration(self) -> dict[str, Any]:
        """What `.well-known/openid-configuration` says."""
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "jwks_uri": f"{self.address}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser goes back to."""
        code = secrets.token_urlsafe(12)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def exchange(self, form: dict[str, str]) -> dict[str, Any] | None:
        """The tokens for a code, or None."""
        query = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if query is None or form.get("client_secret") != SECRET or query.get("code_challenge") != challenge:
            return None
        now, token = int(time.time()), secrets.token_urlsafe(12)
        said = self.claims | {"iss": self.address, "aud": self.audience, "iat": now, "exp": now + 60}
        self.tokens[token] = self.claims
        return {"access_token": token, "token_type": "Bearer", "id_token": jwt.encode(said, self.key, "RS256")}


class Handler(BaseHTTPRequestHandler):
    """One request to the service."""

    works: Works

    def do_GET(self) -> None:
        """The pages that browsers and we read."""
        parts = urlsplit(self.path)
        self.works.asked.append(parts.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if self.works.redirects_to and parts.path != "/authorize":
            self.answer(302, b"", Location=self.works.redirects_to)
        elif parts.path == "/.well-known/openid-configuration":
            self.answer_json(self.works.configuration())
        elif parts.path == "/authorize":
            self.answer(302, b"", Location=self.works.authorize(query))
        elif parts.path == "/userinfo":
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            self.answer_json(self.works.tokens[token])
        else:
            self.answer(404, b"")

    def do_POST(self) -> None:
        """The exchange of a code."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        tokens = self.works.exchange({name: values[0] for name, values in parse_qs(body).items()})
        if tokens is None:
            self.answer_json({"error": "invalid_grant"}, status=400)
        else:
            self.answer_json(tokens)

    def answer_json(self, value: Any, status: int = 200) -> None:
        self.answer(status, json.dumps(value).encode(), **{"Content-Type": "application/json"})

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Nothing is written."""


@contextmanager
def serve_works() -> Iterator[Works]:
    """The service answers within."""
    works = Works()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"works": works}))
    works.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield works
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
