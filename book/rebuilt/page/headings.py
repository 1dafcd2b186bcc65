"""Names of fields as heads of tables and words of a chart: what they are, with the unit."""

# Ends of names, and words within them, as readers know them.
UNITS = {
    "bn": "billion",
    "eflop": "EFLOP",
    "gb": "GB",
    "gbit_s": "Gbit/s",
    "gflop": "GFLOP",
    "gmac": "GMAC",
    "kj": "kJ",
    "kwh": "kWh",
    "m": "million",
    "min": "minutes",
    "mn": "million",
    "ms": "ms",
    "percent": "%",
    "pflop": "PFLOP",
    "pj_per_bit": "pJ per bit",
    "s": "s",
    "tb_s": "TB/s",
    "tflop": "TFLOP",
    "tflops": "TFLOP/s",
    "tops": "TOPS",
    "usd": "USD",
    "usd_bn": "billion USD",
    "usd_m": "million USD",
    "usd_per_clip": "USD per clip",
}
SPELLED = {
    "fid": "FID",
    "flops": "FLOPs",
    "gpu": "GPU",
    "gpus": "GPUs",
    "npu": "NPU",
    "nvidia": "NVIDIA",
    "usd": "USD",
    "zh": "(Chinese)",
}


def heading(name: str) -> str:
    """Write the name of a field for a reader: `memory_gb` becomes `memory (GB)`.

    A name that is not a field's, with spaces of its own, stays as it is.
    """
    words = name.split("_")
    for start in range(len(words)):
        unit = UNITS.get("_".join(words[start:]))
        if unit is not None:
            rest = " ".join(SPELLED.get(word, word) for word in words[:start])
            return f"{rest} ({unit})" if rest else unit
    return " ".join(SPELLED.get(word, word) for word in words)
