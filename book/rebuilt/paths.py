"""Where things lie. Every path of the package starts here."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book"
DATA = ROOT / "data"
SEEDS = ROOT / "seeds"
BUILD = ROOT / "_build"
