"""What the chapter on switches shows: Arista's figures, Ethernet's share, networks of clusters."""

from collections.abc import Iterable

import numpy as np
import polars as pl

from rebuilt import page
from rebuilt.claims.checks import switching as checks
from rebuilt.evidence import tables
from rebuilt.evidence.facts import Facts
from rebuilt.fabric import Plan, design, leaf_spine, parts
from rebuilt.page import formats

NOTED = "2023Q4"  # the last quarter that the note could know
ONE_NUMBER, BACK_END, BOTH_ENDS = "AI, one number", "back end only", "back end and front end"
OUTCOME = "for 2025, the outcome"
PERIODS = ("late 2023", "first three quarters of 2024", "first three quarters of 2025")
PRODUCTS = {
    64: "quantum-2",
    144: "quantum-x800",
    512: "tomahawk-6",
}  # ports: a switch that has them
# Cluster: its accelerator, ports of a switch of its network, Gbit/s of a port.
CLUSTERS = {
    "azure-eagle": ("h100-sxm", 64, 400),
    "meta-24k-infiniband": ("h100-sxm", 64, 400),
    "azure-gb300": ("b300-sxm", 144, 800),
    "xai-colossus": ("h100-sxm", 128, 400),
}
PLAIN, FIT, PLANES = "rounding up", "an even share (a fit)", "two planes (inferred)"
TIERS = 3
SMALLEST, LARGEST, DRAWN = 256, 131072, 60  # accelerators, and how many sizes between


def revenue() -> pl.DataFrame:
    """Return Arista's revenue: columns quarter, period_end, usd_m, source; earliest first."""
    rows = tables.load("company_quarters").filter(
        pl.col("value").is_not_null(), subject="arista", quantity="revenue_usd_m"
    )
    return rows.sort("period_end").select(
        quarter=pl.col("fiscal_quarter").str.slice(2),
        period_end="period_end",
        usd_m="value",
        source="source",
    )


def targets() -> pl.DataFrame:
    """Return Arista's targets for AI revenue and the outcome, by the year that they are for.

    Columns told, meaning, usd_m, public_since, source.
    """
    rows = tables.load("statements").filter(
        pl.col("value").is_not_null(),
        pl.col("quantity").is_in(["ai_revenue_target_usd_m", "ai_revenue_usd_m"]),
        subject="arista",
    )
    first = rows.sort("known_since", "source").unique(
        ["condition", "value"], keep="first", maintain_order=True
    )
    condition, outcome = pl.col("condition"), pl.col("quantity") == "ai_revenue_usd_m"
    when = condition.str.extract("((?:set|said) .*)")
    back = condition.str.contains("back end, said") & ~condition.str.contains("front")
    wide = pl.when(back).then(pl.lit(BACK_END)).otherwise(pl.lit(BOTH_ENDS))
    told = first.select(
        told=pl.when(outcome)
        .then(pl.lit(OUTCOME))
        .otherwise(pl.format("for {}, {}", condition.str.slice(0, 4), when)),
        meaning=pl.when(condition == checks.TARGET).then(pl.lit(ONE_NUMBER)).otherwise(wide),
        usd_m="value",
        public_since="known_since",
        source="source",
    )
    return told.sort(pl.col("told").str.slice(0, 8), "public_since", "usd_m", maintain_order=True)


def ethernet() -> pl.DataFrame:
    """Return Ethernet's share of back-end switch sales, as bounds (percent).

    Columns period, percent (the bound), bound, least, most, source.
    """
    rows = tables.load("clusters").filter(subject="ai-back-end-networks", quantity="share_percent")
    split = rows.with_columns(pl.col("condition").str.split(", ")).select(
        period=pl.col("condition").list.get(1),
        percent="value",
        bound=pl.col("condition").list.last(),
        source="source",
    )
    below = pl.col("bound") == "below"
    chosen = split.filter(pl.col("period").is_in(PERIODS)).with_columns(
        least=pl.when(below).then(0.0).otherwise("percent"),
        most=pl.when(below).then("percent").otherwise(100.0),
    )
    return chosen.sort(pl.col("period").cast(pl.Enum(PERIODS)))


def built() -> pl.DataFrame:
    """Return the clusters of which size and network are known, earliest first.

    Columns system, network, accelerators, public_since, equipment, source.
    """
    rows = tables.load("clusters").filter(pl.col("condition").str.contains("built"))
    network = rows.filter(quantity="network_fabric").unique(
        "subject", keep="first", maintain_order=True
    )
    names = tables.load("subjects").select(subject="id", system="name")
    joined = (
        rows.filter(quantity="gpus")
        .join(network.select("subject", network="text", told_by="source"), on="subject")
        .join(names, on="subject")
    )
    kind = pl.col("network").str.split(": ")
    return joined.sort("known_since", "system").select(
        "system",
        network=kind.list.first(),
        accelerators=pl.col("value").cast(pl.Int64),
        public_since="known_since",
        equipment=kind.list.last(),
        source=pl.concat_list("source", "told_by").list.unique().list.sort(),
    )


def reference_sizes() -> pl.DataFrame:
    """Return the sizes of NVIDIA's reference designs with the counts that it prints.

    Columns size, ports (of accelerators), radix (ports of a switch), planes, tiers, printed
    (switches), nodes (servers), accelerators, source; planes and tiers are inferred.
    """
    rows = tables.load("network_reference").filter(
        pl.col("subject").str.starts_with("superpod"), pl.col("value").is_not_null()
    )
    names = tables.load("subjects").select(subject="id", size="name")
    sources = rows.group_by("subject").agg(source=pl.col("source").unique().sort())
    wide = rows.pivot("quantity", index="subject", values="value").drop_nulls("leaf_switches")
    counts = wide.fill_null(0).with_columns(pl.selectors.numeric().cast(pl.Int64))
    return (
        counts.join(sources, on="subject")
        .join(names, on="subject")
        .sort("subject")
        .select(
            size=pl.col("size").str.strip_prefix("DGX SuperPOD "),
            ports="network_ports",
            radix="switch_radix",
            planes="network_planes",
            tiers="network_tiers",
            printed=pl.sum_horizontal("leaf_switches", "spine_switches", "core_switches"),
            nodes="compute_nodes",
            accelerators="gpus",
            source="source",
        )
    )


def rounded_up(sizes: pl.DataFrame) -> list[int]:
    """Return the switches of each size by rounding up alone; of three tiers half are cores."""
    counts = []
    for size in sizes.iter_rows(named=True):
        leaves, spines = leaf_spine.rounded_up(size["ports"], size["radix"])
        top = leaves + -(-leaves // 2)
        counts.append(leaves + (spines if size["tiers"] < TIERS else top))
    return counts


def compared(sizes: pl.DataFrame, ours: Iterable[int]) -> pl.DataFrame:
    """Return printed counts beside ours and those of rounding up, and which rule is needed.

    Columns size, printed, ours, rounding_up, rule, source.
    """
    both = sizes.with_columns(ours=pl.Series(ours), rounding_up=pl.Series(rounded_up(sizes)))
    plain = pl.col("rounding_up") == pl.col("printed")
    one_plane = pl.when(plain).then(pl.lit(PLAIN)).otherwise(pl.lit(FIT))
    rule = pl.when(pl.col("planes") > 1).then(pl.lit(PLANES)).otherwise(one_plane)
    return both.select("size", "printed", "ours", "rounding_up", "source", rule=rule)


def against_printed(compared: pl.DataFrame) -> pl.DataFrame:
    """Return counts over the printed ones, where rounding up alone is not enough.

    Columns size, ratio, counted, switches, printed, source.
    """
    names = {"ours": "our rules", "rounding_up": "rounding up only"}
    long = compared.filter(pl.col("rule") != PLAIN).unpivot(
        list(names), index=["size", "printed", "source"], variable_name="counted",
        value_name="switches",
    )  # fmt: skip
    return long.select(
        "size",
        ratio=pl.col("switches") / pl.col("printed"),
        counted=pl.col("counted").replace_strict(names),
        switches="switches",
        printed="printed",
        source="source",
    )


def per_thousand() -> pl.DataFrame:
    """Return switches for a thousand accelerators, non-blocking, by the ports of a switch.

    Columns accelerators, per_thousand, switch, source; sizes beyond three tiers are left out.
    """
    told = tables.load("switch_silicon").filter(quantity="port_configurations")
    rows = []
    for radix, product in PRODUCTS.items():
        sources = told.filter(subject=product)["source"].to_list()
        for size in np.geomspace(SMALLEST, LARGEST, DRAWN).round().astype(int).tolist():
            count = leaf_spine.switches(size, radix, oversubscription=1, rails=1)
            rows.append({"accelerators": size, "per_thousand": 1000 * count / size,
                         "switch": f"{radix} ports ({_name(product)})",
                         "source": sources})  # fmt: skip
    return pl.DataFrame(rows).filter(pl.col("per_thousand") > 0)


def by_accelerators(radix: int) -> pl.DataFrame:
    """Return the non-blocking network of so many accelerators, in words, for switches of one size.

    Columns accelerators, switches, tiers, source. The sizes go from the ports of one switch to the
    largest network of three tiers, each half or a third larger than the one before.
    """
    told = tables.load("switch_silicon").filter(quantity="port_configurations")
    sources = told.filter(subject=PRODUCTS[radix])["source"].to_list()
    sizes = [size for power in range(15) for size in (radix * 2**power, radix * 3 * 2**power // 2)]
    rows = []
    for size in (size for size in sizes if size <= radix**3 // 4):
        fabric = design(Plan(gpus=size, radix=radix))
        rows.append(
            {
                "accelerators": formats.number(size),
                "switches": f"{formats.number(fabric.switches)} {_switches(fabric.switches)}",
                "tiers": f"{fabric.tiers} tier{'s' if fabric.tiers > 1 else ''}",
                "source": sources,
            }
        )
    return pl.DataFrame(rows)


def _switches(count: int) -> str:
    return "switch" if count == 1 else "switches"


def plan(cluster: str) -> Plan:
    """Return a non-blocking network for a cluster that was built."""
    today = Facts(tables.freeze_date())
    _, radix, port_gbps = CLUSTERS[cluster]
    rows = today.rows("clusters", pl.col("condition").str.contains("built"), quantity="gpus")
    size = rows.filter(subject=cluster)["value"][0]
    return Plan(gpus=int(size), radix=radix, port_gbps=port_gbps)


def accelerator_watts(cluster: str) -> float:
    """Return the rated power of all accelerators of a cluster."""
    chip, _, _ = CLUSTERS[cluster]
    return plan(cluster).gpus * _rated(chip)


def network_shares() -> pl.DataFrame:
    """Return what a non-blocking network draws, as a share of the accelerators' rated power.

    Columns cluster, part, percent, count, source.
    """
    rows = []
    for cluster in CLUSTERS:
        fabric = design(plan(cluster))
        modules = fabric.transceivers_by_speed()
        for part, watts, count in (
            ("optical modules", parts.module_watts(modules), sum(modules.values())),
            ("switch chips", parts.switch_watts(fabric), fabric.switches),
        ):
            percent = 100 * watts.central / accelerator_watts(cluster)
            rows.append({"cluster": _name(cluster), "part": part, "percent": percent,
                         "count": count, "source": _sources(cluster, part)})  # fmt: skip
    return pl.DataFrame(rows)


def port_speeds() -> tuple[str, str]:
    """Return what Dell'Oro says of ports in back ends: early in 2026, and of those shipped."""
    rows = tables.load("clusters").filter(
        pl.col("condition").str.starts_with("port speed"), subject="ai-back-end-networks"
    )
    page.used(rows["source"])
    early, shipped = rows.sort("known_since")["text"]
    return early, shipped


def _name(subject: str) -> str:
    """Return the name of a subject, without what brackets add."""
    names = tables.load("subjects").filter(id=subject)["name"]
    return str(names[0]).split(" (", maxsplit=1)[0]


def _rated(chip: str) -> float:
    return Facts(tables.freeze_date()).need("accelerators", chip, "tdp_w").number


def _sources(cluster: str, part: str) -> list[str]:
    """Return what a share rests on: size of the cluster, rated power, watts of the part."""
    chip, _, _ = CLUSTERS[cluster]
    table, quantity = {
        "optical modules": ("optics_market", "module_power_w"),
        "switch chips": ("switch_silicon", "switch_chip_power_w"),
    }[part]
    known = pl.col("value").is_not_null()
    watts = tables.load(table).filter(known, quantity=quantity)
    size = tables.load("clusters").filter(
        known, pl.col("condition").str.contains("built"), subject=cluster, quantity="gpus"
    )
    rated = Facts(tables.freeze_date()).need("accelerators", chip, "tdp_w").source
    return sorted({*watts["source"], *size["source"], rated})
