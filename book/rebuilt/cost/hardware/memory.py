"""Peak memory of one accelerator: weights, activations, buffers, optimizer state, reserve.

Decimal gigabytes. Activations are what is alive in the widest block when fused attention never
stores its scores: the residual stream in FP32, and in BF16 the normed input, queries, keys, values
and the attention's result, or the two hidden vectors of the feed-forward layer. Eager frameworks
hold several times that, with FP32 copies and temporaries; `reserve` is the driver's context and
what the allocator keeps. Both are fitted to published peaks by `rebuilt fit`. Decoding comes after,
beside the weights that stay, and where networks come one after another the largest text encoder is
there before: the worst of these moments counts. What lives while decoding was counted on real
implementations.
Reference: Korthikanti et al. 2022 (activations).
"""

import math
from dataclasses import dataclass

from rebuilt.cost.hardware.efficiencies import constant

UNKNOWN_DECODING = "the decoder's peak is not counted"
SURE = 0.9  # probability from which it is said to fit, or not to


@dataclass(frozen=True, slots=True)
class Memory:
    """Peak of one accelerator, in GB, by what fills it.

    `weights` are the denoiser's and, unless offloaded, those of encoders and autoencoder;
    `optimizer` is gradients and the optimizer's state. `decoding` is what lives while the clip is
    decoded, when activations and buffers are gone; None where that was not counted. `encoding` is
    the largest text encoder where it is there alone, else nothing. `kept` is the share of weights
    that stay while the clip is decoded; `deviation` names the constant of how far off such peaks
    are.
    """

    weights: float
    activations: float
    buffers: float
    reserve: float
    optimizer: float
    capacity: float
    decoding: float | None = 0.0
    encoding: float = 0.0
    kept: float = 1.0
    deviation: str = "deviation_whole"

    @property
    def total(self) -> float:
        """GB in all."""
        return sum(self._widest.values()) + self.reserve + self.optimizer

    @property
    def moment(self) -> str:
        """When most is needed: `denoising`, `decoding` or `encoding`."""
        return max(self._moments, key=lambda moment: sum(self._moments[moment].values()))

    @property
    def by_part(self) -> dict[str, float]:
        """GB at the peak by what fills it, without what is empty."""
        parts = self._widest | {"reserve": self.reserve, "optimizer": self.optimizer}
        return {name: value for name, value in parts.items() if value}

    @property
    def _widest(self) -> dict[str, float]:
        return self._moments[self.moment]

    @property
    def _moments(self) -> dict[str, dict[str, float]]:
        """GB by part at each moment; of equal ones the first counts."""
        return {
            "denoising": {
                "weights": self.weights,
                "activations": self.activations,
                "buffers": self.buffers,
            },
            "decoding": {
                "weights": self.weights * self.kept,
                "decoding": self.decoding or 0.0,
            },
            "encoding": {"encoding": self.encoding},
        }

    @property
    def fits(self) -> bool:
        """Whether it fits the accelerator more likely than not."""
        return self.total <= self.capacity

    @property
    def probability(self) -> float:
        """Probability that it fits, from the residuals of published peaks (log-normal)."""
        deviation = constant(self.deviation)
        return 0.5 * (1 + math.erf(math.log(self.capacity / self.total) / deviation / 2**0.5))

    @property
    def verdict(self) -> str:
        """`fits`, `does not fit`, or `uncertain`."""
        sure = self.probability >= SURE, self.probability <= 1 - SURE
        return "fits" if sure[0] else ("does not fit" if sure[1] else "uncertain")

    def __str__(self) -> str:
        found = f"{self.total:.1f} GB of {self.capacity:.4g} GB"
        if self.verdict == "does not fit":
            found = (
                f"does not fit: {self.total:.1f} GB are needed and the accelerator has "
                f"{self.capacity:.4g} GB, {self.total - self.capacity:.1f} GB too few"
            )
        if self.verdict == "uncertain":
            found = f"uncertain: {found}, fits with a probability of {self.probability:.0%}"
        if self.decoding is None:
            return f"{found}; {UNKNOWN_DECODING}"
        return found if self.moment == "denoising" else f"{found}, most while {self.moment}"
