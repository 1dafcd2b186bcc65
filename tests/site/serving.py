"""A loopback server that shows a built site as a careful host would.

It lies below a sub-path, sends a Content-Security-Policy, compresses text, and is slow with fonts,
so that a page that jumps when its font arrives is seen to jump.
"""

import gzip
import mimetypes
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

SUB_PATH = "/shelf/patches-to-photons/"
# The README states this line, and test_site_policy.py compares the two.
POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"
FONT_DELAY_S = 0.15
COMPRESSED = {".html", ".css", ".js", ".svg", ".csv", ".json", ".txt", ".wasm", ".ttf"}


@cache
def compressed_bytes(file: Path) -> bytes:
    """Return what is sent of a file: text and plain fonts as gzip, packed formats as they are."""
    raw = file.read_bytes()
    return gzip.compress(raw, 9, mtime=0) if file.suffix in COMPRESSED else raw


class PatientServer(ThreadingHTTPServer):
    """A server that lets a page's connections wait instead of turning the sixth away."""

    daemon_threads = True
    request_queue_size = 128


@contextmanager
def serve(folder: Path, policy: str = POLICY) -> Iterator[str]:
    """Serve `folder` on loopback while the block runs; yields the address of the site's root."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            file = folder / path.removeprefix(SUB_PATH)
            if not path.startswith(SUB_PATH) or not file.is_file():
                self.send_error(404)
                return
            if file.suffix in {".ttf", ".woff2"}:
                time.sleep(FONT_DELAY_S)
            self.answer(file)

        def answer(self, file: Path) -> None:
            """Send one file with the headers of a careful host."""
            body = compressed_bytes(file)
            self.send_response(200)
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            self.send_header("Content-Type", "text/javascript" if file.suffix == ".js" else kind)
            self.send_header("Content-Length", str(len(body)))
            if file.suffix in COMPRESSED:
                self.send_header("Content-Encoding", "gzip")
            if policy:
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing; the tests look at the browser."""

    server = PatientServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{SUB_PATH}"
    finally:
        server.shutdown()
        server.server_close()
