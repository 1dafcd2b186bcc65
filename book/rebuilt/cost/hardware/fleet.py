"""How many accelerators a service needs: every layout, batch and engine, sorted by what it costs.

Clips arrive at a mean rate a day; the busiest hour is `peak_to_mean` times that, and accelerators
are busy for `occupancy` of it. Latency is the run time of one job, queues left out.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from rebuilt.cost.hardware.accelerators import Accelerator, accelerator_ids, load_accelerator
from rebuilt.cost.hardware.efficiencies import borrowed
from rebuilt.cost.hardware.estimate import Estimate, Search, Timed
from rebuilt.cost.hardware.software import Software
from rebuilt.errors import OptionError

DAY_S, HOURS_A_DAY = 86_400.0, 24.0
GROUPS, BATCHES = (1, 2, 4, 8), (1, 2, 4)


@dataclass(frozen=True, slots=True)
class Service:
    """What is asked of a fleet.

    Attributes
    ----------
    clips_per_day : float
        Mean number of clips a day.
    latency_s : float
        Longest run time of a job that is taken; infinite for none.
    peak_to_mean : float
        Clips of the busiest hour over the mean.
    occupancy : float
        Share of the busiest hour in which accelerators work.
    """

    clips_per_day: float
    latency_s: float = math.inf
    peak_to_mean: float = 2.0
    occupancy: float = 0.75


@dataclass(frozen=True, slots=True)
class Fleet:
    """A number of groups of accelerators, each of which runs the same job again and again."""

    job: Estimate
    service: Service

    @property
    def groups(self) -> int:
        """Groups that the busiest hour needs."""
        return self._groups(self.job.seconds)

    @property
    def gpus(self) -> int:
        """Accelerators in all."""
        return self.groups * self.job.layout.gpus

    @property
    def gpus_between(self) -> tuple[int, int]:
        """The same at the ends of the 90 % interval of the run time."""
        each = self.job.layout.gpus
        return self._groups(self.job.low) * each, self._groups(self.job.high) * each

    @property
    def clips_per_day(self) -> float:
        """Clips that the fleet could make if it never waited."""
        return self.groups * self.job.batch * DAY_S / self.job.seconds

    @property
    def usd_per_day(self) -> float:
        """Rent of all accelerators, waiting ones too; infinite without a sourced price."""
        rent = self.job.accelerator.usd_per_h
        return math.inf if rent is None else self.gpus * rent * HOURS_A_DAY

    @property
    def usd_per_clip(self) -> float:
        """Rent of a day over its clips."""
        return self.usd_per_day / self.service.clips_per_day

    @property
    def joules_per_clip(self) -> float:
        """Energy of the accelerators while they work."""
        return self.job.joules / self.job.batch

    def _groups(self, seconds: float) -> int:
        busy = self.service.clips_per_day * self.service.peak_to_mean / DAY_S
        return math.ceil(busy * seconds / self.job.batch / self.service.occupancy)


def measured_chips() -> list[str]:
    """Accelerators with measured runs of their own and a rent, sorted."""
    known = [name for name in accelerator_ids() if load_accelerator(name).usd_per_h is not None]
    return [name for name in known if not borrowed("product", name)]


def fleets(
    counted: Timed,
    service: Service,
    chips: Iterable[str | Accelerator],
    engines: Iterable[Software],
    groups: Iterable[int] = GROUPS,
    batches: Iterable[int] = BATCHES,
) -> list[Fleet]:
    """Every fleet that meets the latency and fits, cheapest first.

    Parameters
    ----------
    counted : Timed
        From `timed`.
    service : Service
        What is asked.
    chips : iterable of str or Accelerator
        Ids of accelerators, or accelerators.
    engines : iterable of Software
        Ways to run it; those whose attention kernel an accelerator lacks are left out there.
    groups, batches : iterable of int
        Accelerators of one job, and clips made together.

    Returns
    -------
    list of Fleet
        By dollars a day, then by accelerators; for each accelerator, engine, group and batch the
        fastest layout that fits.
    """
    engines, groups, batches = list(engines), list(groups), list(batches)
    found, search = [], Search(counted)
    for chip in chips:
        for software in engines:
            for gpus in groups:
                for batch in batches:
                    try:
                        job = search.fastest(gpu=chip, gpus=gpus, batch=batch, software=software)
                    except OptionError:
                        continue
                    if job.memory.fits and job.seconds <= service.latency_s:
                        found.append(Fleet(job, service))
    return sorted(found, key=lambda one: (one.usd_per_day, one.gpus, one.job.seconds))
