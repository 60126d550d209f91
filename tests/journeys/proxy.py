"""Small proxies that end TLS, as the README has nginx and Caddy do it; the encryption itself is
left out."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PREFIX = "/crowd"
HOST = "crowd.example:8443"


def nginx(path: str) -> tuple[str, dict[str, str]]:
    """`proxy_pass http://127.0.0.1:8000;` with Host as it came: the path stays as it is."""
    return path, {"Host": HOST, "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}


def caddy(path: str) -> tuple[str, dict[str, str]]:
    """`handle_path /crowd/*`: the path loses its beginning, and the name has a header of its
    own."""
    forwarded = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": HOST}
    return path.removeprefix(PREFIX), {"Host": HOST, **forwarded}


PROXIES = {"nginx": nginx, "caddy": caddy}


@contextmanager
def proxy_to(port: int, kind: str) -> Iterator[int]:
    """Run a proxy of this kind before the site at this port; the port it listens on."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, added = PROXIES[kind](self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name: value for name, value in self.headers.items() if name != "Host"} | added
            connection = HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request(self.command, path, body or None, headers)
            reply = connection.getresponse()
            content = reply.read()
            self.send_response(reply.status)
            for name, value in reply.getheaders():
                if name not in ("Connection", "Transfer-Encoding", "Content-Length", "Server", "Date"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815 (the name is the library's)

        def log_message(self, *_words: object) -> None:
            """The test says what went wrong."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()
