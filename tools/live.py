"""`make live`: serve the site, build what is saved, and reload the page that is open.

After each change everything that rests on what was saved is built: of a chapter its own page.
"""

import argparse
import subprocess
import sys

from livereload import Server

from rebuilt.build.builder import SITE
from rebuilt.paths import BOOK, DATA, ROOT, SEEDS

BUILD = [sys.executable, "-m", "rebuilt.build"]


def rebuild():
    """Build; what went wrong is said, and the site stays as it was."""
    subprocess.run(BUILD, cwd=ROOT, check=False)


def main():
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args().port
    server = Server()
    for folder in (BOOK, DATA, SEEDS):
        server.watch(str(folder), rebuild)
    server.serve(root=str(SITE), host="127.0.0.1", port=port)


if __name__ == "__main__":
    main()
