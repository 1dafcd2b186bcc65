"""What the chapter on mixed reality shows: devices, forecasts, growth, and the four scenarios."""

import datetime as dt

import polars as pl

from rebuilt import page
from rebuilt.evidence import tables, terminals
from rebuilt.evidence.facts import Facts

DEVICES = {
    ("genai-phones", "Gartner", "2024"): "phones with generative AI, 2024",
    ("ai-pcs", "Gartner", "2024"): "AI PCs, 2024",
    ("smart-glasses", "EssilorLuxottica", "2025"): "camera glasses of one maker, 2025",
    ("headsets", "IDC", "2024"): "headsets, 2024",
    ("vision-pro", "IDC", "2024"): "Vision Pro alone, 2024",
}
SCENES = {
    "workrooms": "Office: Workrooms",
    "metaverse-seoul": "Government: Seoul",
    "icbc-virtual-branch": "Bank: ICBC branch",
    "medical-ar-glasses": "Hospital: AR glasses",
}
GLASSES = "taxonomy of 2025"  # the one that counts glasses without a display
TAXONOMY = pl.col("condition").str.extract(r"(taxonomy of 20\d\d)").fill_null(GLASSES)
MONTH = pl.col("known_since").dt.strftime("%b %Y")


def devices() -> pl.DataFrame:
    """Return devices by kind (million), as last told before the note and since, most first.

    Columns device, known (at the note or since), shipments_mn, issuer, source. A kind of which
    nothing new was told has no row since.
    """
    rows = []
    for (subject, issuer, period), name in DEVICES.items():
        for known, day in (("at the note", page.NOTE), ("since", page.FREEZE)):
            found = terminals.newest(Facts(day), subject, "shipments_mn", period, issuer)
            if found is None or (known == "since" and found.known_since <= page.NOTE):
                continue
            rows.append(
                {
                    "device": name,
                    "known": known,
                    "shipments_mn": found.number,
                    "issuer": issuer,
                    "source": found.source,
                }
            )
    return pl.DataFrame(rows)


def forecasts() -> pl.DataFrame:
    """Return what IDC told of the headsets shipped in 2023 and 2024 (million), in that order.

    Columns told (year, kind and month), shipments_mn, taxonomy, status, source.
    """
    told = _idc("headsets", "shipments_mn", "2023", "2024")
    return told.sort("period", "known_since", "kind").select(
        pl.format("{} {}, {}", "period", "kind", MONTH).alias("told"),
        pl.col("value").alias("shipments_mn"),
        TAXONOMY.alias("taxonomy"),
        "status",
        "source",
    )


def counted(year: str) -> float:
    """Return the headsets (million) that IDC counted for a year."""
    today = Facts(page.FREEZE)
    found = terminals.need(today, "headsets", "shipments_mn", year, "IDC", "actual")
    page.used([found.source])
    return found.number


def growth() -> pl.DataFrame:
    """Return the growth of headset shipments (%) that IDC told for 2024 and 2025, in that order.

    Columns told (year, kind and month, or what is counted), growth_percent, taxonomy, source.
    """
    told = pl.concat(
        [
            _idc(name, "shipment_growth_percent", "2024", "2025")
            for name in ("headsets", "xr-devices")
        ]
    )
    scope = (
        pl.when(pl.col("condition").str.contains("without display"))
        .then(pl.lit("with glasses"))
        .when(pl.col("condition").str.contains("MR and VR only"))
        .then(pl.lit("MR and VR"))
        .otherwise(MONTH)
    )
    return told.sort("period", "known_since", "subject").select(
        pl.format("{} {}, {}", "period", "kind", scope).alias("told"),
        pl.col("value").alias("growth_percent"),
        TAXONOMY.alias("taxonomy"),
        "source",
    )


def _idc(subject: str, quantity: str, *years: str) -> pl.DataFrame:
    return tables.load("terminals").filter(
        pl.col("period").is_in(years), subject=subject, quantity=quantity, issuer="IDC"
    )


def scenarios() -> pl.DataFrame:
    """Return the life of each of the four scenarios, in the order of the note.

    Columns scenario, opened, ended (the data freeze where no end was found), end, source.
    """
    return pl.DataFrame([_life(subject, name) for subject, name in SCENES.items()])


def _life(subject: str, name: str) -> dict[str, str | dt.date | list[str]]:
    events = tables.load("roadmap").filter(subject=subject, kind="actual")
    first, last = (events.filter(event=event) for event in ("opened", "closed"))
    return {
        "scenario": name,
        "opened": first["first_day"][0],
        "ended": page.FREEZE if last.is_empty() else last["first_day"][0],
        "end": "no end found" if last.is_empty() else "closed",
        "source": [*first["source"], *last["source"]],
    }


def seoul() -> tuple[float, float]:
    """Return the visitors of Seoul's service in its first year, and its public money (won)."""
    today = Facts(page.FREEZE)
    users = terminals.need(today, "metaverse-seoul", "users", "2023", "Seoul")
    money = terminals.need(today, "metaverse-seoul", "public_money_krw_bn", "2022-2024", "Seoul")
    page.used([users.source, money.source])
    return users.number, money.number * 1e9
