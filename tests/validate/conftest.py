"""A repository of a few rows that keeps every rule, for tests that break one rule each."""

import json
from pathlib import Path

import pytest

from rebuilt.validate.descriptor import seal
from rebuilt.validate.every_rule import check

LICENCE = {"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}
SLUG = "[a-z0-9-]+"

FILES = {
    "data/accelerators.csv": """\
subject,quantity,value,text,unit,condition,source,locator,status,known_since,known_evidence,note
a100,announced,,2020-05-14,date,,press-a100,headline,reported,2020-05-14,press-a100,
a100,bandwidth_tb_s,1.56,,tb_s,,list-chips,row A100,reported,2020-05-14,press-a100,
a100,memory_gb,40,,gb,,list-chips,row A100,reported,2020-05-14,press-a100,
a100,price_usd,,,usd,,list-chips,row A100,unknown,2020-05-14,press-a100,none; last tried 2026-11-22
h200,bandwidth_tb_s,4.9,,tb_s,,list-chips,row H200,reported,2023-11-13,press-h200,
h200,bandwidth_tb_s,4.8,,tb_s,,press-h200,table,reported,2023-11-13,press-h200,
h200,memory_gb,141,,gb,,list-chips,row H200,reported,2023-11-13,press-h200,
""",
    "data/models/tiny.yaml": """\
id: tiny
geometry:
  source: "press-a100: second paragraph"
  frames_rule: each
  side_stride: 8
  channels: 4
architecture: autoencoder
name: Tiny
""",
    "data/parts.csv": """\
model,group,flops,tokens
tiny,attention,30,16
tiny,feed_forward,70,16
tiny,total,100,16
""",
    "data/preferences.csv": """\
table,subject,quantity,condition,source,reason
accelerators,h200,bandwidth_tb_s,,press-h200,the maker's own figure
""",
    "data/quantities.csv": """\
quantity,unit,minimum,maximum,meaning
announced,date,,,day of the announcement
bandwidth_tb_s,tb_s,0.2,40,peak memory bandwidth
memory_gb,gb,8,512,memory capacity
price_usd,usd,100,60000,price of one unit
""",
    "data/revenue.csv": """\
quarter,period_end,value,source,status,known_since,note
2023Q3,2023-10-29,14514,press-h200,reported,2023-11-21,
2023Q4,2024-01-28,18404,press-h200,reported,2024-02-21,
""",
    "data/roadmap.csv": """\
subject,event,kind,first_day,last_day,source,status,known_since,note
a100,shipping,actual,2020-05-14,2020-05-14,press-a100,reported,2020-05-14,
h200,shipping,plan,2024-04-01,2024-06-30,press-h200,reported,2023-11-13,
""",
    "data/runs.csv": """\
chip,chips,value,source
a100,8,800,list-chips
a100,16,1700,list-chips
a100,4,390,list-chips
""",
    "data/sizes.csv": """\
model,value,unit,converted_value,converted_unit,source
tiny,70,million parameters,70000000,parameters,press-a100
""",
    "data/sources.bib": """\
@misc{list-chips,
  title = {Table of chips},
  author = {Chip Watchers},
  date = {2026-01},
  url = {https://example.org/chips.csv},
  keywords = {primary, opened},
}

@misc{press-a100,
  title = {A100 announced},
  author = {Press},
  date = {2020-05-14},
  url = {https://example.org/a100},
  keywords = {primary, opened},
}

@misc{press-h200,
  title = {H200 announced},
  author = {Press},
  date = {2023-11-13},
  url = {https://example.org/h200},
  keywords = {primary, opened},
}
""",
    "data/subjects.csv": "id,name\na100,A100\nh200,H200\n",
    "seeds/claims.csv": """\
id,paragraph,section,statement,term_zh,figures,claimed,unit,tolerance,check,untestable
h200-memory,33,nvidia,The H200 has 141 GB of memory.,141GB,141GB,141,gb,,nvidia.h200_memory,
outlook-agi,40,outlook,General intelligence comes closer.,人工智能,,,,,,Nobody has defined it.
""",
    "seeds/units.csv": """\
unit,printed,form,minimum,maximum,scale,meaning
bn_parameters,billion parameters,,0.1,5000,1e9,10^9 parameters
date,,20\\d\\d-\\d\\d-\\d\\d,,,,a day
gb,GB,,1,2000,,10^9 bytes
increase_ratio,times,,0.1,100,,an increase
percent,%,,-100,1000,,per cent
""",
    "book/rebuilt/claims/checks/nvidia.py": "def h200_memory(claim, facts):\n    return facts\n",
    "book/chapter.md": "# A chapter\n\nThe H200 holds {glue:text}`memory` ({cite}`press-h200`).\n",
}
FACT_KEY = ["subject", "quantity", "condition", "source"]
RATIO = {"above": "bandwidth_tb_s", "below": "memory_gb", "minimum": 0.01, "maximum": 0.1,
         "why": "roughly in step with memory"}  # fmt: skip
PROPERTIES: dict[str, dict] = {
    "accelerators": {
        "sought": "pages of the makers; last tried 2026-11-22",
        "question": FACT_KEY[:3],
        "afterAnnouncement": True,
        "peers": [{"value": "value", "alike": ["subject", "quantity"], "factor": 4}],
        "ratios": [RATIO],
    },
    "parts": {
        "sums": [{"value": "flops", "part": "group", "total": "total", "by": ["model"],
                  "same": ["tokens"]}]
    },
    "sizes": {
        "conversions": [{"value": "value", "unit": "unit", "to_value": "converted_value",
                         "to_unit": "converted_unit",
                         "factors": {"million parameters -> parameters": 1e6}}]
    },
    "revenue": {"series": [{"value": "value", "by": [], "along": "quarter", "factor": 3}]},
    "runs": {"orderedBy": [], "peers": [{"value": "value", "per": "chips", "alike": ["chip"],
                                         "factor": 4}]},
}  # fmt: skip
TYPES = {"value": "number", "converted_value": "number", "minimum": "number",
         "maximum": "number", "tolerance": "number", "scale": "number",
         "flops": "integer", "tokens": "integer", "chips": "integer", "paragraph": "integer",
         "known_since": "date", "period_end": "date", "first_day": "date",
         "last_day": "date"}  # fmt: skip
CONSTRAINTS: dict[str, dict] = {
    "source": {"required": True, "pattern": SLUG},
    "status": {"required": True, "enum": ["reported", "derived", "estimated", "unknown"]},
    "locator": {"required": True},
    "chips": {"minimum": 1, "maximum": 1000},
}
KEYS = {"accelerators": FACT_KEY, "preferences": ["table", *FACT_KEY[:3]],
        "parts": ["model", "group"],
        "roadmap": ["subject", "event", "kind"], "runs": ["chip", "chips"]}  # fmt: skip
LINKS = {"accelerators": {"subject": ("subjects", "id"), "quantity": ("quantities", "quantity")},
         "claims": {"unit": ("units", "unit")}}  # fmt: skip


class SmallBook:
    """The small repository; every check reads it anew."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for file, text in FILES.items():
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).write_text(text, encoding="utf-8")
        for folder in ("data", "seeds"):
            content = json.dumps(_descriptor(folder))
            (root / folder / "datapackage.json").write_text(content, encoding="utf-8")
        seal(root)

    def replace(self, file: str, old: str, new: str) -> None:
        """Change one place of a file, without a new seal."""
        text = (self.root / file).read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise ValueError(f"{old!r} stands {text.count(old)} times in {file}, not once")
        (self.root / file).write_text(text.replace(old, new), encoding="utf-8", newline="")

    def found(self, *, sealed: bool = True) -> list[str]:
        """Return every finding as its line, with new seals unless told otherwise."""
        if sealed:
            seal(self.root)
        return [str(finding) for finding in check(self.root)]


def _descriptor(folder: str) -> dict:
    files = [file for file in FILES if file.startswith(folder)]
    tables = [_table(file) for file in files if file.endswith(".csv")]
    others = [{"name": Path(file).stem, "path": file.removeprefix(f"{folder}/"),
               "licenses": [LICENCE]} for file in files if not file.endswith(".csv")]  # fmt: skip
    return {"name": folder, "note_date": "2024-02-20", "freeze_date": "2026-11-22",
            "resources": tables, "files": others, "licenses": [LICENCE]}  # fmt: skip


def _table(file: str) -> dict:
    name = Path(file).stem
    columns = FILES[file].splitlines()[0].split(",")
    schema: dict = {"fields": [_field(column) for column in columns],
                    "primaryKey": KEYS.get(name, columns[:1])}  # fmt: skip
    schema["foreignKeys"] = [
        {"fields": [column], "reference": {"resource": table, "fields": [key]}}
        for column, (table, key) in LINKS.get(name, {}).items()
    ]
    return {"name": name, "path": f"{name}.csv", "type": "table", "licenses": [LICENCE],
            **PROPERTIES.get(name, {}), "schema": schema}  # fmt: skip


def _field(name: str) -> dict:
    field = {"name": name, "type": TYPES.get(name, "string")}
    return field | ({"constraints": CONSTRAINTS[name]} if name in CONSTRAINTS else {})


@pytest.fixture
def book(tmp_path: Path) -> SmallBook:
    """Return a small repository in which every rule is kept."""
    return SmallBook(tmp_path)
