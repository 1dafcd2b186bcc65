"""`make live`: serve the site, build what is saved, and reload the page that is open.

A chapter that is saved is built alone; after any other change everything that rests on it is built.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from livereload import Server

from rebuilt.build.builder import SITE
from rebuilt.paths import BOOK, DATA, ROOT, SEEDS

BUILD = [sys.executable, "-m", "rebuilt.build"]


def command(changed):
    """Command line of the build that shows the changed files."""
    chapters = {Path(file).stem for file in changed if Path(file).parent == BOOK}
    others = [file for file in changed if Path(file).parent != BOOK]
    if others or len(chapters) != 1:
        return BUILD
    return [*BUILD, "--chapter", *chapters]


def rebuild(changed):
    """Build; what went wrong is said, and the site stays as it was."""
    subprocess.run(command(changed), cwd=ROOT, check=False)


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
