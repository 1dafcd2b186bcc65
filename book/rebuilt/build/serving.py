"""Serve the built site on loopback, for a look at it: `make serve`, `make serve PORT=8001`."""

import argparse
import functools
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from rebuilt.build.builder import SITE
from rebuilt.errors import RebuiltError
from rebuilt.intake.numbers import whole

HOST = "127.0.0.1"
LEAST, MOST = 1, 65_535  # of ports


def main(argv: list[str] | None = None) -> int:
    """Serve until interrupted; 2 and one sentence if the port cannot be had."""
    parser = argparse.ArgumentParser(prog="python -m rebuilt.build.serving", description=__doc__)
    parser.add_argument("--port", default="8000", help="of 127.0.0.1 (default 8000)")
    parser.add_argument("--folder", type=Path, default=SITE, help="what is served")
    args = parser.parse_args(argv)
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(args.folder))
    try:
        port = whole("PORT", args.port, LEAST, MOST)
        server = ThreadingHTTPServer((HOST, port), handler)
    except RebuiltError as error:
        print(f"serve: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(
            f"serve: port {args.port} of {HOST} cannot be had: {error.strerror}; name another: "
            "make serve PORT=8001",
            file=sys.stderr,
        )
        return 2
    with server:
        print(f"http://{HOST}:{port}  (stop with Ctrl-C)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
