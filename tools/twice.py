"""`make twice`: build the whole book in two places, from nothing, and compare every byte.

Each place is a clone of the committed state: a path of its own, another language and time zone.
Both build at the same time.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rebuilt.paths import ROOT

PLACES = {
    "here": {"LANG": "C", "TZ": "UTC"},
    "there and 那里": {"LANG": "de_DE.UTF-8", "LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Kathmandu"},
}


def main():
    """Build, compare, print; 1 if a file differs, 2 if a build failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pdf", action="store_true", help="print the book too, in both places")
    options = ["--pdf"] if parser.parse_args().pdf else []
    head = subprocess.run(["git", "-C", ROOT, "rev-parse", "HEAD"], check=True, capture_output=True)
    commit = head.stdout.decode().strip()
    with tempfile.TemporaryDirectory(prefix="twice-") as folder:
        started = time.monotonic()
        places = [Path(folder) / name for name in PLACES]
        for place in places:
            clone(place, commit)
        builds = [build(place, PLACES[place.name], options) for place in places]
        failed = [place for place, running in zip(places, builds, strict=True) if running.wait()]
        for place in failed:
            print(f"{place.name}: NOT built\n{(place / 'said.log').read_text('utf-8')[-3000:]}")
        if failed:
            return 2
        print(f"both built in {time.monotonic() - started:.0f} s", flush=True)
        return compare(*(digests(place / "_build" / "html") for place in places))


def clone(place, commit):
    """Put one commit of the repository, and nothing else, into the folder `place`."""
    subprocess.run(["git", "clone", "-q", ROOT, place], check=True)
    subprocess.run(["git", "-C", place, "checkout", "-q", commit], check=True)


def build(place, environment, options):
    """Start to build in `place`; what is said goes to a file there."""
    with (place / "said.log").open("w", encoding="utf-8") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "rebuilt.build", *options],
            cwd=place,
            env={**os.environ, "PYTHONPATH": str(place / "book"), **environment},
            stdout=said,
            stderr=subprocess.STDOUT,
        )


def digests(site):
    """Digest of every file by its name."""
    return {
        path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(site.rglob("*"))
        if path.is_file()
    }


def compare(first, second):
    """Name the files that differ; 0 if there are none."""
    differing = sorted(name for name in first | second if first.get(name) != second.get(name))
    for name in differing:
        print(f"differs: {name}")
    print(f"{len(first | second) - len(differing)} of {len(first | second)} files are the same")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
