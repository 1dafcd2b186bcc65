"""Compiled twins of `timing.py`: the same names, arguments and units, on float64.

Only + - * / and comparisons, so that they also compile to WebAssembly without imports.
"""

# mypy: allow-untyped-defs, allow-untyped-calls
from numba import njit

BYTES = 2.0


@njit(cache=True, error_model="numpy", inline="always")
def device_seconds(
    product, attention, stream, head, per_product, per_attention, per_byte, head_weight, gpus
):
    """Seconds in which each accelerator computes its share of one forward pass."""
    return (
        product * per_product
        + attention * per_attention
        + BYTES * (stream + head * head_weight) * per_byte
    ) / gpus


@njit(cache=True, error_model="numpy", inline="always")
def merge_seconds(exchange, ring, per_byte, merge_weight, gpus):
    """Seconds to join the partial results of ring attention."""
    joined = BYTES * exchange * ring * merge_weight * per_byte / gpus
    return joined if ring > 1 else 0.0


@njit(cache=True, error_model="numpy", inline="always")
def exchange_bytes(exchange, ulysses, ring, gpus):
    """Bytes that one accelerator sends in one forward pass."""
    return BYTES * exchange / gpus * (4.0 * (ulysses - 1.0) / ulysses + 2.0 * (ring - 1.0))


@njit(cache=True, error_model="numpy", inline="always")
def host_seconds(operations, ulysses, ring, each, each_ulysses, each_ring):
    """Seconds in which the host launches one step."""
    more = each_ulysses if ulysses > 1 else 0.0
    return operations * (each + more + each_ring * (ring - 1.0))


@njit(cache=True, error_model="numpy", inline="always")
def clip_seconds(steps, device, host, single):
    """Seconds of a whole job."""
    return steps * max(device, host) + single


@njit(cache=True, error_model="numpy", inline="always")
def clip_joules(
    steps,
    busy,
    busy_watts,
    device,
    host,
    single,
    single_watts,
    idle_watts,
    cap_watts,
    gpus,
):
    """Joules of all accelerators of a job."""
    wait = (device - busy) + max(host - device, 0.0)
    each = steps * (busy * min(busy_watts, cap_watts) + wait * idle_watts)
    return gpus * each + single * (single_watts + (gpus - 1.0) * idle_watts)
