"""A network plan with names and limits: what to build for so many accelerators.

Speeds are Gbit/s one way for one port, bandwidth Tbit/s one way. A plane is a network of its own:
with two planes every accelerator has a port in both, and one cable carries the links of all planes
between the same two places, as the vendor counts. Nothing here knows watts or dollars (`parts`).
"""

from dataclasses import dataclass

from rebuilt.errors import ShapeError
from rebuilt.fabric import leaf_spine

MAX_GPUS = 2**22
MAX_RADIX = 1024  # with MAX_GPUS keeps every count inside int64 many times over
MAX_PARTS = 64  # ports of one accelerator, planes, rails
LIMITS = {
    "gpus": (1, MAX_GPUS),
    "radix": (4, MAX_RADIX),
    "ports_per_gpu": (1, MAX_PARTS),
    "planes": (1, MAX_PARTS),
    "rails": (1, MAX_PARTS),
    "nvlink_domain": (1, MAX_GPUS),
}
SPEED_NAMES = {100: "100G", 200: "200G", 400: "400G", 800: "800G", 1600: "1.6T", 3200: "3.2T"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is asked for.

    Parameters
    ----------
    gpus : int
        Accelerators, 1 to MAX_GPUS.
    radix : int
        Ports of one switch at the speed of a port, 4 to MAX_RADIX.
    port_gbps : int
        Speed of one port: 100, 200, 400, 800 or 1600.
    ports_per_gpu : int
        Network ports of one accelerator in each plane.
    planes : int
        Networks side by side.
    rails : int
        Groups of leaves; port k of every server goes to rail k. 1 leaves the wiring open.
    oversubscription : int
        Ports down for each port up at a leaf; 1 is non-blocking.
    twin_switch, twin_server : bool
        Two ports share a module of double speed, at switches and at servers.
    copper : bool
        Servers reach their leaf by copper, so this link needs no modules.
    nvlink_domain : int
        Accelerators joined by NVLink, copper inside the rack.
    """

    gpus: int
    radix: int = 64
    port_gbps: int = 400
    ports_per_gpu: int = 1
    planes: int = 1
    rails: int = 1
    oversubscription: int = 1
    twin_switch: bool = True
    twin_server: bool = False
    copper: bool = False
    nvlink_domain: int = 8

    @property
    def endpoints(self) -> int:
        """Ports of accelerators in one plane."""
        return self.gpus * self.ports_per_gpu


@dataclass(frozen=True, slots=True, kw_only=True)
class Fabric:
    """What to build, all planes together; cables and bandwidth are explained in the module."""

    plan: Plan
    tiers: int
    leaf: int
    spine: int
    core: int
    uplinks: int
    node_leaf_cables: int
    leaf_spine_cables: int
    spine_core_cables: int

    @property
    def switches(self) -> int:
        """All switches."""
        return self.leaf + self.spine + self.core

    @property
    def cables(self) -> int:
        """All cables."""
        return self.node_leaf_cables + self.leaf_spine_cables + self.spine_core_cables

    @property
    def ports_total(self) -> int:
        """Ports of all switches."""
        return self.switches * self.plan.radix

    @property
    def ports_used(self) -> int:
        """Ports of switches with a cable: a link to a server takes one, any other two."""
        inner = self.leaf_spine_cables + self.spine_core_cables
        return self.plan.planes * (self.node_leaf_cables + 2 * inner)

    @property
    def bisection_tb_s(self) -> float:
        """Tbit/s one way between two halves of the accelerators."""
        narrowest = self.node_leaf_cables
        if self.tiers > 1:
            narrowest = min(narrowest, self.leaf_spine_cables)
        return self.plan.planes * narrowest * self.plan.port_gbps / 2000.0

    @property
    def nvlink_domains(self) -> int:
        """Groups of accelerators that NVLink joins."""
        return -(-self.plan.gpus // self.plan.nvlink_domain)

    def transceivers(self) -> dict[str, dict[str, int]]:
        """Modules by link, then by speed: a link has one at each end."""
        plan = self.plan
        servers = 0 if plan.copper else plan.planes * self.node_leaf_cables
        inner = (self.leaf_spine_cables, self.spine_core_cables)
        return {
            "server end": _modules(servers, plan.port_gbps, plan.twin_server),
            "server to leaf": _modules(servers, plan.port_gbps, plan.twin_switch),
            **{
                name: _modules(2 * plan.planes * cables, plan.port_gbps, plan.twin_switch)
                for name, cables in zip(("leaf to spine", "spine to core"), inner, strict=True)
            },
        }

    def transceivers_by_speed(self) -> dict[str, int]:
        """Modules by speed, slowest first."""
        speeds: dict[str, int] = {}
        for modules in self.transceivers().values():
            for name, count in modules.items():
                speeds[name] = speeds.get(name, 0) + count
        order = list(SPEED_NAMES.values())
        return {name: speeds[name] for name in sorted(speeds, key=order.index)}


def design(plan: Plan) -> Fabric:
    """Count switches and cables of one plan.

    Raises
    ------
    ShapeError
        If a number is outside its limits, or three tiers of such switches are too small.

    References
    ----------
    Rules 1 to 4 of `rebuilt.fabric.leaf_spine`; checked against nvidia-superpod-h100,
    nvidia-superpod-b200, nvidia-superpod-b300 and nvidia-superpod-b300-xdr.

    Examples
    --------
    >>> fabric = design(Plan(gpus=16384, radix=64))
    >>> fabric.tiers, fabric.leaf, fabric.spine, fabric.core
    (3, 512, 512, 256)
    """
    _check(plan)
    asked = (plan.endpoints, plan.radix, plan.oversubscription, plan.rails)
    n_tiers = leaf_spine.tiers(*asked)
    if n_tiers == 0:
        msg = (
            f"{plan.endpoints} ports are more than three tiers of switches with {plan.radix} "
            "ports reach; use switches with more ports, or more oversubscription"
        )
        raise ShapeError(msg)
    leaf, spine = leaf_spine.leaf(*asked), leaf_spine.spine(*asked)
    core, up = leaf_spine.core(*asked), leaf_spine.uplinks(*asked)
    return Fabric(
        plan=plan,
        tiers=n_tiers,
        leaf=plan.planes * leaf,
        spine=plan.planes * spine,
        core=plan.planes * core,
        uplinks=up,
        node_leaf_cables=plan.endpoints,
        leaf_spine_cables=leaf * up,
        spine_core_cables=spine * (plan.radix // 2) if n_tiers == 3 else 0,
    )


def _modules(ends: int, port_gbps: int, twin: bool) -> dict[str, int]:
    if not ends:
        return {}
    if twin:
        return {SPEED_NAMES[2 * port_gbps]: -(-ends // 2)}
    return {SPEED_NAMES[port_gbps]: ends}


def _check(plan: Plan) -> None:
    for name, (low, high) in (LIMITS | {"oversubscription": (1, plan.radix - 1)}).items():
        value = getattr(plan, name)
        if not low <= value <= high:
            raise ShapeError(f"{name} is {value}; it must be a whole number from {low} to {high}")
    speeds = list(SPEED_NAMES)[:-1]
    if plan.port_gbps not in speeds:
        listed = ", ".join(map(str, speeds))
        raise ShapeError(f"port_gbps is {plan.port_gbps}; it must be one of {listed}")
