"""What changed between two folders of screenshots: `python -m tools.compare OLD NEW`.

Writes changes.html beside the new pictures: before, after, and both laid over each other so that
only what differs is not black. Chromium writes the same bytes for the same picture, so pictures are
compared as files.
"""

import argparse
import html
import os
import sys
from collections.abc import Iterable
from pathlib import Path

HEAD = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Changed pictures</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem; }
.row { display: grid; grid-template-columns: repeat(3, 1fr); gap: 1rem; align-items: start; }
.row img { width: 100%; border: 1px solid #888; }
.both { position: relative; isolation: isolate; }
.both img + img { position: absolute; inset: 0 auto auto 0; mix-blend-mode: difference; }
</style>
"""


def names(folder: Path) -> set[str]:
    """Names of the pictures of a folder."""
    return {path.name for path in folder.glob("*.png")}


def changed(old: Path, new: Path) -> list[str]:
    """Names of pictures that both folders have, with other contents."""
    return sorted(
        name
        for name in names(old) & names(new)
        if (old / name).read_bytes() != (new / name).read_bytes()
    )


def report(old: Path, new: Path) -> str:
    """Write the page that shows every change."""
    sections = [HEAD, f"<h1>{len(changed(old, new))} pictures changed</h1>"]
    for title, missing in (
        ("New", names(new) - names(old)),
        ("Gone", names(old) - names(new)),
    ):
        items = "".join(f"<li>{html.escape(name)}</li>" for name in sorted(missing))
        sections.append(f"<h2>{title}: {len(missing)}</h2><ul>{items}</ul>" if missing else "")
    before = os.path.relpath(old.resolve(), new.resolve())
    for name in changed(old, new):
        pair = [f'<img src="{html.escape(folder)}/{name}" alt="">' for folder in (before, ".")]
        sections.append(
            f'<h2>{html.escape(name)}</h2><div class="row"><div>{pair[0]}</div>'
            f'<div>{pair[1]}</div><div class="both">{"".join(pair)}</div></div>'
        )
    return "\n".join(filter(None, sections))


def main(arguments: Iterable[str] | None = None) -> int:
    """List what changed and write the page; exit 1 if anything did."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    args = parser.parse_args(None if arguments is None else [*arguments])
    for folder in (args.old, args.new):
        if not names(folder):
            print(f"no pictures in {folder}; run `make screenshots`", file=sys.stderr)
            return 2
    different = changed(args.old, args.new)
    others = names(args.old) ^ names(args.new)
    print("\n".join(different) or "no picture changed")
    if others:
        print(f"only in one folder: {', '.join(sorted(others))}")
    if different or others:
        page = args.new / "changes.html"
        page.write_text(report(args.old, args.new), encoding="utf-8")
        print(f"look at {page}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
