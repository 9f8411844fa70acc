"""一个小小的统一身份认证服务：real HTTP on loopback, for the sign-in test."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

CLIENT, SECRET = "tuoyu-test", "kept-by-the-test-provider-only-32"


@contextmanager
def running(username: str) -> Iterator[str]:
    """运行到用完为止；yields its address. It signs in everybody as ``username``."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(username))
    base = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield base
    finally:
        server.shutdown()
        server.server_close()


def _handler(username: str) -> type[BaseHTTPRequestHandler]:
    class Provider(BaseHTTPRequestHandler):
        def base(self) -> str:
            return f"http://{self.headers['Host']}"

        def reply(self, body: dict[str, Any]) -> None:
            raw = json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            claims = {"sub": f"city-{username}", "preferred_username": username, "name": "统一身份"}
            if path.endswith("openid-configuration"):
                self.reply(
                    {
                        "issuer": self.base(),
                        "authorization_endpoint": f"{self.base()}/authorize",
                        "token_endpoint": f"{self.base()}/token",
                        "userinfo_endpoint": f"{self.base()}/userinfo",
                        "jwks_uri": f"{self.base()}/keys",
                        "token_endpoint_auth_methods_supported": ["client_secret_post"],
                    }
                )
            elif path == "/userinfo":
                self.reply(claims)
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length", 0))
            form = parse_qs(self.rfile.read(size).decode())
            good = form.get("client_id") == [CLIENT] and form.get("code") == ["good"]
            good = good and "code_verifier" in form
            if not good:
                self.send_error(400)
                return
            claims = {"iss": self.base(), "aud": CLIENT, "sub": f"city-{username}", "exp": 2**31}
            self.reply(
                {
                    "access_token": "opaque",
                    "token_type": "Bearer",
                    "expires_in": 300,
                    "id_token": jwt.encode(claims, SECRET, algorithm="HS256"),
                }
            )

        def log_message(self, *args: object) -> None:
            """不写访问记录。"""

    return Provider
