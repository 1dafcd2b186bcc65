"""The exact reference of `timing_kernels.py`: from counts to seconds, joules and bytes moved.

Plain Python on floats; seconds, bytes, FLOPs and watts throughout. A rate is given as its
reciprocal (`per_flop`, `per_byte`: seconds for one), so that a sweep divides once and multiplies
afterwards. Each function finds the number of the kernel of the same name by adding up parts one
by one. Source of the form: roofline model with one efficiency per kind of operation.
"""

BYTES = 2  # of one activation value in BF16


def device_seconds(
    product: float,
    attention: float,
    stream: float,
    head: float,
    per_product: float,
    per_attention: float,
    per_byte: float,
    head_weight: float,
    gpus: int,
) -> float:
    """Seconds in which each of `gpus` accelerators computes its share of one forward pass."""
    parts = [
        product * per_product,
        attention * per_attention,
        BYTES * stream * per_byte,
        BYTES * head * head_weight * per_byte,
    ]
    return (parts[0] + parts[1] + parts[2] + parts[3]) / gpus


def merge_seconds(
    exchange: float, ring: int, per_byte: float, merge_weight: float, gpus: int
) -> float:
    """Seconds to join the partial results of ring attention, none without a ring."""
    return BYTES * exchange * ring * merge_weight * per_byte / gpus if ring > 1 else 0.0


def exchange_bytes(exchange: float, ulysses: int, ring: int, gpus: int) -> float:
    """Bytes that one accelerator sends in one forward pass.

    Ulysses sends queries, keys, values and output once, except the part that stays; a ring sends
    keys and values to the next neighbour `ring` - 1 times.
    """
    own = BYTES * exchange / gpus
    return own * (4.0 * (ulysses - 1) / ulysses + 2.0 * (ring - 1))


def host_seconds(
    operations: float,
    ulysses: int,
    ring: int,
    each: float,
    each_ulysses: float,
    each_ring: float,
) -> float:
    """Seconds in which the host launches one step; the device waits when it is slower."""
    return operations * (each + (each_ulysses if ulysses > 1 else 0.0) + each_ring * (ring - 1))


def clip_seconds(steps: int, device: float, host: float, single: float) -> float:
    """Seconds of a whole job: steps, each as slow as device or host, and the unshared rest."""
    return steps * (device if device > host else host) + single


def clip_joules(
    steps: int,
    busy: float,
    busy_watts: float,
    device: float,
    host: float,
    single: float,
    single_watts: float,
    idle_watts: float,
    cap_watts: float,
    gpus: int,
) -> float:
    """Joules of all accelerators of a job.

    `busy` seconds of each step draw `busy_watts`, the rest of the device's time and the time it
    waits for the host draw `idle_watts`; in the unshared rest one draws `single_watts` and the
    others idle. No accelerator draws more than `cap_watts`.
    """
    watts = busy_watts if busy_watts < cap_watts else cap_watts
    wait = (device - busy) + (host - device if host > device else 0.0)
    each = steps * (busy * watts + wait * idle_watts)
    return gpus * each + single * (single_watts + (gpus - 1) * idle_watts)
