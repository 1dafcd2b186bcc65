"""Small invented worlds: a few rows in which one check has something, or nothing, to find.

A world is a list of (table, row). `live` puts it in the place of data/ for one test. A row that is
to be unknown on the day of a test becomes public on `UNSEEN`: its subject exists, so that asking
for it is no slip of the check, but there is no evidence yet.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cache

import polars as pl
import pytest

from rebuilt.claims.checks import nvidia, text_to_video
from rebuilt.claims.vocabulary import Verdict
from rebuilt.evidence import mlperf, tables
from rebuilt.evidence.facts import Facts

SPRING, SUMMER, UNSEEN = "2024-03-27", "2024-08-28", "2090-01-01"
SCHEMAS = {name: tables.load(name).schema for name in tables.names()}
World = list[tuple[str, dict]]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One check, one world, one day, one finding."""

    check: str
    why: str
    verdict: Verdict
    computed: float | str | None
    world: World
    day: dt.date


def live(monkeypatch: pytest.MonkeyPatch, world: World, day: dt.date) -> Facts:
    """Make `tables` hold the rows of a world and nothing else; return them as of a day."""
    rows = [*world, *_beside()]
    monkeypatch.setattr(tables, "_read", cache(lambda name: _frame(name, rows)))
    return Facts(day)


def spec(subject: str, quantity: str, value: float, known: str = "2023-11-13") -> World:
    row = {"subject": subject, "quantity": quantity, "value": value, "unit": "u"}
    return [("accelerators", row | {"source": f"press-{subject}", "known_since": known})]


def stated(
    subject: str,
    quantity: str,
    value: float | str,
    condition: str | None = None,
    known: str = "2023-11-13",
) -> World:
    cell = {"text": value} if isinstance(value, str) else {"value": value}
    row = {"subject": subject, "quantity": quantity, "condition": condition, "unit": "u"} | cell
    return [("statements", row | {"source": f"said-{subject}", "known_since": known})]


def device(
    subject: str,
    quantity: str,
    period: str,
    issuer: str,
    value: float | str,
    known: str = "2024-02-08",
    *,
    kind: str = "forecast",
) -> World:
    cell = {"text": value} if isinstance(value, str) else {"value": value}
    row = {"subject": subject, "quantity": quantity, "period": period, "issuer": issuer} | cell
    more = {"kind": kind, "unit": "u", "source": f"on-{subject}", "known_since": known}
    return [("terminals", row | more)]


def event(
    subject: str, name: str, kind: str, first: str, last: str = "", known: str = "2023-11-13"
) -> World:
    row = {"subject": subject, "event": name, "kind": kind, "first_day": first}
    more = {"last_day": last or first, "source": f"{kind}-{subject}-{first}", "known_since": known}
    return [("roadmap", row | more)]


def measured(
    chip: str, round_: str, value: float | None, known: str = SUMMER, capped: bool = False, **other
) -> World:
    row = {
        "round": round_,
        "suite": "inference",
        "division": "closed",
        "benchmark": mlperf.BENCHMARK,
        "scenario": "Offline",
        "submitter": "NVIDIA",
        "system": f"{chip}, {mlperf.CAPPED}" if capped else chip,
        "accelerator": chip,
        "accelerators": 8,
        "value": value,
        "unit": "tokens_per_s",
        "metric": "throughput",
        "source": f"results-{chip}",
        "known_since": known,
    }
    return [("mlperf", row | other)]


def energy(chip: str, round_: str, joules: float, known: str = SUMMER) -> World:
    speed = measured(chip, round_, 1000.0, known, capped=True)
    return speed + measured(
        chip, round_, 1000.0 * joules, known, capped=True, metric="power", unit="watts"
    )


def quarter(usd_m: float, end: str = "2023-10-29", known: str = "2023-11-21") -> World:
    row = {"fiscal_quarter": end, "period_end": end, "quantity": "data_center_revenue_usd_m"}
    return [("nvidia_revenue", row | {"value": usd_m, "source": "report", "known_since": known})]


def number_cases(check: str, table: str, subject: str, quantity: str, claimed: float) -> list[Case]:
    """Cases of a check that compares one number: as claimed, ten times as much, not public."""
    row = {"subject": subject, "quantity": quantity, "unit": "u", "source": f"press-{subject}"}

    def case(why: str, verdict: Verdict, found: float | None, known: str = "2023-11-13") -> Case:
        value = 10 * claimed if verdict is Verdict.WRONG else claimed
        world = [(table, row | {"value": value, "known_since": known})]
        day = tables.note_date()
        return Case(check=check, why=why, verdict=verdict, computed=found, world=world, day=day)

    return [
        case("as claimed", Verdict.HOLDS, claimed),
        case("another number", Verdict.WRONG, 10 * claimed),
        case("not public", Verdict.NO_EVIDENCE, None, UNSEEN),
    ]


def _beside() -> World:
    """Rows that some check tells beside its evidence: they exist, and are not public yet."""
    h200 = ("h200-sxm", "statement", "x")
    sales = {"subject": "sora-app", "quantity": "service_revenue_usd_mn", "value": 2.1,
             "source": "appfigures", "known_since": UNSEEN}  # fmt: skip
    return (
        stated("mi300x", "memory_bandwidth_ratio", 1.6, "later", UNSEEN)
        + stated("h200-sxm", "memory_gb", 141, "usable", UNSEEN)
        + stated(*h200, "first GPU with HBM3e", UNSEEN)
        + stated("h200-sxm", "inference_speedup", 2.0, nvidia.PRESS, UNSEEN)
        + stated("sora-app", "usd_mn_per_day", 1.0, "about", UNSEEN)
        + event("sora", "cancelled", "actual", "2026-03-24", known=UNSEEN)
        + [("video_demand", sales | {"condition": text_to_video.WHOLE_LIFE})]
    )


def _frame(name: str, world: World) -> pl.DataFrame:
    schema = SCHEMAS[name]
    dates = [column for column, kind in schema.items() if kind == pl.Date]
    rows = [{"status": "reported"} | row for table, row in world if table == name]
    rows = [{column: row.get(column) for column in schema} for row in rows]
    texts = dict(schema) | dict.fromkeys(dates, pl.String)
    return pl.DataFrame(rows, schema=texts).with_columns(pl.col(dates).str.to_date())
