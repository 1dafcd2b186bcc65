"""Published rates of attention kernels, reduced to one figure for long sequences."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

LONG = 8000  # tokens from which the rate of a kernel no longer rises with the length


@dataclass(frozen=True, slots=True)
class Rate:
    """Median rate of one kernel on one part, with the range and the number of rows behind it."""

    kernel: str
    gpu: str
    head_dim: int
    format: str
    tflops: float
    low: float
    high: float
    rows: int
    sources: int


def long_rates(
    rows: Iterable[Mapping[str, str]], direction: str = "forward", tokens: int = LONG
) -> list[Rate]:
    """Reduce rows of data/kernel_rates.csv, sorted by kernel, part, width of a head and format.

    Only rates of attention without a causal mask count, of one direction, at `tokens` or more, on
    a part of ours. A format is told as printed where its two products differ (int8 QK, fp16 PV).
    """
    groups: dict[tuple[str, str, int, str], list[tuple[float, str]]] = defaultdict(list)
    for row in rows:
        if row["kind"] != "attention" or row["unit"] != "tflops" or row["causal"] == "yes":
            continue
        if row["direction"] != direction or not (row["gpu"] and row["head_dim"]):
            continue
        if int(row["seq_len"] or 0) < tokens:
            continue
        two = " QK" in row["format_printed"]
        told = row["format_printed"] if two else row["format"]
        key = (row["kernel"], row["gpu"], int(row["head_dim"]), told)
        groups[key].append((float(row["value"]), row["source"]))
    return [_rate(key, found) for key, found in sorted(groups.items())]


def _rate(key: tuple[str, str, int, str], found: list[tuple[float, str]]) -> Rate:
    values = [value for value, _ in found]
    return Rate(
        *key,
        tflops=median(values),
        low=min(values),
        high=max(values),
        rows=len(values),
        sources=len({source for _, source in found}),
    )
