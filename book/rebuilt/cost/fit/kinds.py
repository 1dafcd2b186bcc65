"""What a published run asks of the model of run times, and which publishers are never fitted.

The split was written before anything was fitted to these rows. It is by publisher and not by row,
since rows of one laboratory share a machine, a protocol and its mistakes.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum

Row = Mapping[str, str]


class Kind(StrEnum):
    """What is new in a row beside a plain run on one accelerator; of several, the first below."""

    TRAINING = "training"
    FITS = "fits"
    MEMORY = "memory"
    DISTILLED = "distilled"
    CACHE = "cache"
    FORMAT = "format"
    SOFTWARE = "software"
    SEVERAL = "several GPUs"
    PLAIN = "plain one GPU"


NEVER, FITTED = "never fitted", "fitted"
SEED = "rebuilt software split 2026-11-29"
OWN = "own-gpu-times"  # how sources of our own begin, which came after the split: never fitted
SHARE, MOST = 1 / 3, 0.45  # of the rows of a kind: kept from the fit at least, and at most

_SIXTEEN_BITS = frozenset({"bf16", "fp16", "fp32", "unstated"})
_PLAIN_KERNELS = frozenset({"unstated", "sdpa", "xformers", "fa", "fa2", "fa3"})
_PLAIN_ENGINES = frozenset(
    {
        "diffusers", "vendor repo", "vendor repo (PyTorch, CUDA graphs where supported)",
        "xDiT", "xDiT (diffusers)", "xDiT (AMD)", "ParaAttention (diffusers)",
        "diffusers + ParaAttention",
    }
)  # fmt: skip
_PRESSED = ("out of memory", "requirement")
_SAME_HANDS = {
    "nvidia-cosmos": "nvidia",
    "nvidia-nemo": "nvidia",
    "gbeezybez": "mlcommons",
    "sayakpaul": "huggingface",
    "a-r-r-o-w": "huggingface",
    "akanetendo25": "kohya-ss",
}


def kind_of(row: Row) -> Kind:
    """Return the kind of a row of software_runs or software_memory, from its columns alone."""
    if "measure" in row:
        return _kind_of_memory(row)
    if row["distilled"] == "yes":
        return Kind.DISTILLED
    if row["cache"] != "none":
        return Kind.CACHE
    if not {row["weights_format"], row["compute_format"], row["attention_format"]} <= _SIXTEEN_BITS:
        return Kind.FORMAT
    if is_faster(row):
        return Kind.SOFTWARE
    return Kind.SEVERAL if int(row["gpus"]) > 1 else Kind.PLAIN


def is_faster(row: Row) -> bool:
    """Whether an engine, a kernel, a compiler, sparse attention or offloading sets a run apart."""
    return (
        row["engine"] not in _PLAIN_ENGINES
        or row["attention"] not in _PLAIN_KERNELS
        or row["compiled"] == "yes"
        or row["sparse"] != "no"
        or row["offload"] not in ("none", "unstated")
        or row["scope"] == "throughput"
    )


def _kind_of_memory(row: Row) -> Kind:
    if row["job"] != "inference":
        return Kind.TRAINING
    return Kind.FITS if row["measure"] in _PRESSED else Kind.MEMORY


def publisher_of(url: str) -> str:
    """Return who put a page up: the owner of a repository, or else the host."""
    found = re.match(r"https?://(?:www\.)?github\.com/([^/]+)/", url)
    name = found[1] if found else re.sub(r"^https?://(?:www\.)?", "", url).split("/")[0]
    return _SAME_HANDS.get(name.lower(), name.lower())


def can_be_fitted(row: Row) -> bool:
    """Whether a row tells enough to be fitted: our model and part, and for a time size and steps.

    A training or a need that is only stated is kept whatever its model. What we measured ourselves
    came after the split, and is none.
    """
    if row["source"].startswith(OWN):
        return False
    if "measure" in row:
        return bool(row["model"]) or kind_of(row) in (Kind.TRAINING, Kind.FITS)
    timed = row["steps"] or row["seconds_per_step"]
    return bool(row["model"] and row["gpu"] and row["height"] and timed)


def roles_of(rows: Iterable[tuple[str, Kind]]) -> dict[str, str]:
    """Say of every publisher whether its rows may be fitted.

    Publishers are taken in the order of a hash of the seed and their name. One is kept from the
    fit if some kind of its rows still lacks a third that is kept, and no kind of its rows would be
    kept by more than 45 of 100; what is then short of a third has too few publishers.

    Parameters
    ----------
    rows
        Publisher and kind of every row that can be fitted.
    """
    counts: dict[str, Counter[Kind]] = {}
    for name, kind in rows:
        counts.setdefault(name, Counter())[kind] += 1
    total = sum(counts.values(), Counter[Kind]())
    kept: Counter[Kind] = Counter()
    roles = {}
    for name in sorted(counts, key=_lot):
        own = counts[name]
        short = any(kept[kind] < SHARE * total[kind] for kind in own)
        within = all(kept[kind] + own[kind] <= MOST * total[kind] for kind in own)
        roles[name] = NEVER if short and within else FITTED
        if roles[name] == NEVER:
            kept += own
    return roles


def split(rows: Iterable[Row], urls: Mapping[str, str]) -> list[dict[str, str]]:
    """Return data/software_split.csv: every source, its publisher and its role.

    Parameters
    ----------
    rows
        Rows of software_runs and software_memory.
    urls
        Address of every source of theirs.
    """
    rows = list(rows)
    names = {key: publisher_of(urls[key]) for key in sorted({row["source"] for row in rows})}
    roles = roles_of((names[row["source"]], kind_of(row)) for row in rows if can_be_fitted(row))
    return [
        {"source": key, "publisher": name, "role": roles.get(name, NEVER)}
        for key, name in names.items()
    ]


def _lot(name: str) -> str:
    return hashlib.sha256(f"{SEED} {name}".encode()).hexdigest()
