"""`make lab`: the chapters as notebooks in JupyterLab, saved back into their Markdown.

Each chapter is paired with a notebook in `_build/lab` (see jupytext.toml): Markdown and code are
the chapter's, outputs are the notebook's. The styles of the site and the badges of claims are
brought along, so that cards, tables and verdicts look as on the pages.
"""

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from rebuilt.errors import DataError
from rebuilt.paths import BOOK, BUILD, PACKAGE, ROOT
from rebuilt.site.stale import is_executable

LAB = BUILD / "lab"
STYLES = ("rebuilt.css", "rebuilt-ledger.css")
# Run by every kernel: chapters run in their own folder, and a sentence calls for a badge where the
# page has a role of its own.
STARTUP = f"""import os

from rebuilt.page.cards import badges as claim

os.chdir({str(BOOK)!r})
"""
# Written for a newer JupyterLab than the one that shows MyST; pairing needs no extension.
NOTHING_ASKED = {"fetchNews": "false", "checkForUpdates": False}  # of other machines
SETTINGS = {
    "labconfig/page_config.json": {"disabledExtensions": {"jupyterlab-jupytext": True}},
    "jupyter_server_config.json": {
        "ServerApp": {"contents_manager_class": "rebuilt.build.lab_contents.ChapterContents"},
        "LabApp": {"custom_css": True},
    },
}  # fmt: skip


def chapters() -> list[Path]:
    """Return the chapters that have code, in the order of their names."""
    return [page for page in sorted(BOOK.glob("*.md")) if is_executable(page.read_text("utf-8"))]


def prepare() -> None:
    """Pair every chapter with a notebook, and write what JupyterLab is started with.

    Raises
    ------
    DataError
        If a chapter and its notebook cannot be paired; with jupytext's reason.
    """
    state = LAB / ".state"
    for name, content in SETTINGS.items():
        file = state / "config" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content, indent=1), encoding="utf-8")
    static = PACKAGE / "site" / "static"
    sheet = "\n".join((static / name).read_text(encoding="utf-8") for name in STYLES)
    shutil.copytree(static / "fonts", state / "config" / "custom" / "fonts", dirs_exist_ok=True)
    (state / "config" / "custom" / "custom.css").write_text(sheet, encoding="utf-8")
    asked = state / "settings" / "@jupyterlab" / "apputils-extension"
    asked.mkdir(parents=True, exist_ok=True)
    quiet = json.dumps(NOTHING_ASKED)
    (asked / "notification.jupyterlab-settings").write_text(quiet, encoding="utf-8")
    startup = state / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True, exist_ok=True)
    (startup / "00-badges.py").write_text(STARTUP, encoding="utf-8")
    pages = [str(page.relative_to(ROOT)) for page in chapters()]
    pair = [sys.executable, "-m", "jupytext", "--sync", "--quiet", *pages]
    done = subprocess.run(pair, cwd=ROOT, check=False, capture_output=True, text=True)
    if done.returncode:
        raise DataError(f"chapters and notebooks could not be paired: {done.stderr.strip()}")


def settings() -> dict[str, str]:
    """Return the variables that lead JupyterLab to what `prepare` wrote."""
    state = LAB / ".state"
    return {
        "JUPYTER_CONFIG_DIR": str(state / "config"),
        "JUPYTERLAB_SETTINGS_DIR": str(state / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(state / "workspaces"),
        "IPYTHONDIR": str(state / "ipython"),
    }


def main() -> int:
    """Prepare, and run JupyterLab on loopback until it is stopped."""
    parser = argparse.ArgumentParser(description="Open the chapters as notebooks in JupyterLab.")
    parser.add_argument("--port", type=int, default=8888)
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.add_argument("--prepare", action="store_true", help="write the notebooks and stop")
    parser.add_argument(
        "--environment",
        action="store_true",
        help="print the settings as lines for a shell and stop",
    )
    options = parser.parse_args()
    if options.environment:
        print("\n".join(f"export {k}={shlex.quote(v)}" for k, v in settings().items()))
        return 0
    try:
        prepare()
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    if options.prepare:
        return 0
    folder = LAB.relative_to(ROOT).as_posix()
    call = [sys.executable, "-m", "jupyterlab", "--ip=127.0.0.1", f"--port={options.port}"]
    call += [f"--ServerApp.root_dir={ROOT}", f"--LabApp.default_url=/lab/tree/{folder}/index.ipynb"]
    call += ["--no-browser"] * options.no_browser
    call += ["--allow-root"] * (os.name == "posix" and os.geteuid() == 0)  # as in a container
    return subprocess.run(call, cwd=ROOT, env=os.environ | settings(), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
