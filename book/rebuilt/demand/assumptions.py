"""What the chain assumes: data/assumptions.csv, and changes of it for a what-if.

Every assumption has a low, a central and a high value, a unit, a distribution and a reason. A
change pins one (`steps=25`) or scales all three values (`steps=x0.5`).
"""

import csv
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from rebuilt.errors import DataError, UnknownNameError, nearest
from rebuilt.evidence.inputs import open_input
from rebuilt.intake.numbers import MOST, shown
from rebuilt.paths import DATA

SCENARIOS = ("2024", "2026")
FROM_ZERO = ("spare", "text_tokens", "network_share", "optical_share")  # nothing divides by them
# Units of what is counted, of which there is at least one, and ratios of a whole to a part of it.
COUNTED = (
    *("accelerators", "channels", "clips", "frames", "latents", "layers", "passes", "pixels"),
    *("ports", "px", "steps"),
)
FROM_ONE = ("peak_to_mean", "pue")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """One assumption of one scenario.

    Attributes
    ----------
    low, central, high : float
        In `unit`; `distribution` says what the ends mean, see data/datapackage.json.
    integer : bool
        Whether draws are rounded to whole numbers.
    group : str
        Part of the chain that it belongs to.
    reason, source, locator : str
        Why this range; an empty source means that the range is ours.
    """

    scenario: str
    name: str
    low: float
    central: float
    high: float
    unit: str
    distribution: str
    integer: bool
    group: str
    reason: str
    source: str
    locator: str

    @property
    def shape(self) -> str:
        """Name of the distribution, as `montecarlo.draw` reads it."""
        return self.distribution

    @property
    def limits(self) -> tuple[float, float]:
        """Least and most that it can be at all, whatever is assumed."""
        least = 1.0 if self.unit in COUNTED or self.name in FROM_ONE else 0.0
        return least, 1.0 if self.unit == "share" else math.inf

    def pinned(self, value: float) -> "Assumption":
        """Return the assumption with one value and no doubt."""
        return replace(self, low=value, central=value, high=value, distribution="fixed")

    def scaled(self, factor: float) -> "Assumption":
        """Return the assumption with all three values times a factor; no longer rounded."""
        low, central, high = (factor * value for value in (self.low, self.central, self.high))
        return replace(self, low=low, central=central, high=high)


@cache
def _read() -> dict[str, dict[str, Assumption]]:
    with open_input(DATA / "assumptions.csv").open(encoding="utf-8", newline="") as file:
        found = [_assumption(row) for row in csv.DictReader(file)]
    return {
        scenario: {item.name: item for item in found if item.scenario == scenario}
        for scenario in SCENARIOS
    }


def _assumption(row: dict[str, str]) -> Assumption:
    numbers = {name: float(row[name]) for name in ("low", "central", "high")}
    texts = ("scenario", "name", "unit", "distribution", "group", "reason", "source", "locator")
    words = {name: row[name] for name in texts}
    return Assumption(**numbers, **words, integer=row["integer"] == "1")  # type: ignore[arg-type]


def assumptions(scenario: str = "2024") -> dict[str, Assumption]:
    """Return all assumptions of a scenario by name.

    Raises
    ------
    UnknownNameError
        If there is no such scenario.
    """
    if scenario not in SCENARIOS:
        raise UnknownNameError(f"scenario {scenario!r} is unknown; choose {' or '.join(SCENARIOS)}")
    return dict(_read()[scenario])


def changed(known: dict[str, Assumption], changes: Iterable[str]) -> dict[str, Assumption]:
    """Return the assumptions with changes such as `steps=25` or `steps=x0.5` made in order.

    Raises
    ------
    UnknownNameError
        For a name that is no assumption; the message lists near ones.
    DataError
        For a change that is no name and number, or that is not above zero where zero means nothing.
    """
    made = dict(known)
    for change in changes:
        name, sign, text = (part.strip() for part in change.partition("="))
        if name in made and made[name] is not known[name]:
            raise DataError(f"--set {change!r} changes {name} again; change it once")
        if name not in made:
            near = ", ".join(nearest(name, made))
            raise UnknownNameError(
                f"assumption {shown(name)} is unknown; nearest names: {near}; rebuilt demand "
                "--list prints all"
            )
        factor = text.startswith("x")
        value = _number(text.removeprefix("x"))
        if value == 0 and name not in FROM_ZERO:
            raise DataError(f"--set {change!r} is out of range: {name} must be above zero")
        if not sign or value is None:
            raise DataError(
                f"--set {change!r} is no change; write {name}=NUMBER for one value or "
                f"{name}=xNUMBER to scale the range"
            )
        made[name] = made[name].scaled(value) if factor else made[name].pinned(value)
        least, most = made[name].limits
        if made[name].low < least or made[name].high > most:
            found = f"{made[name].low:g} to {made[name].high:g}" if factor else f"{value:g}"
            upper = "" if most == math.inf else f" and at most {most:g}"
            raise DataError(
                f"--set {change!r} is out of range: {name} would be {found} and is at least "
                f"{least:g}{upper}"
            )
    return made


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if value == 0 or 1 / MOST <= value <= MOST else None
