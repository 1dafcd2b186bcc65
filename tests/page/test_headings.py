"""Names of fields are read with their units."""

import pytest

from rebuilt.page.headings import heading


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("memory_gb", "memory (GB)"),
        ("nvidia_usd_m", "NVIDIA (million USD)"),
        ("peak_tflops", "peak (TFLOP/s)"),
        ("largest_pass_tflop", "largest pass (TFLOP)"),
        ("gpus_high", "GPUs high"),
        ("gbit_s", "Gbit/s"),
        ("low_central_high", "low central high"),
        ("USD a clip", "USD a clip"),
    ],
)
def test_a_field_is_a_head_with_its_unit(name, read):
    """The longest unit at the end counts; a name with spaces is one already."""
    assert heading(name) == read
