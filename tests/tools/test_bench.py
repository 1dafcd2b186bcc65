"""The rivals of the benchmark compute the same figures, so the ratios compare like with like."""

import numpy as np
import polars as pl
import pytest
from tools.bench import ACCELERATOR, ARCHITECTURES, JOBS, jobs, ready
from tools.bench_rivals import by_numpy, by_polars

from rebuilt.cost.algebra.places import COUNTS
from rebuilt.cost.algebra.places import FIGURES as ALL
from rebuilt.cost.engine.table import FIGURES, WHOLE, bill_table
from rebuilt.cost.hardware.machines import machine_of
from rebuilt.cost.models.codes import FITS, REFUSALS


@pytest.mark.parametrize("names", [JOBS, ARCHITECTURES])
def test_rivals_bill_the_same(names):
    """NumPy and Polars run the same text: every record is the same bit for bit."""
    lowered, columns, machine = ready(names), jobs(names, 3000), machine_of(ACCELERATOR)
    billed = bill_table(lowered, columns, machine)
    code, counts, out = by_numpy(lowered, machine, columns)
    frame = by_polars(lowered, machine, pl.DataFrame(dict(zip(names, columns, strict=True))))

    refused = (billed.codes > FITS) & (billed.codes < len(REFUSALS))
    np.testing.assert_array_equal(code, np.where(refused, billed.codes, FITS))
    assert not refused.all()
    for place, name in enumerate(WHOLE):
        np.testing.assert_array_equal(counts[COUNTS.index(name)], billed.counts[place])
        np.testing.assert_array_equal(frame[name].to_numpy(), billed.counts[place])
    for place, name in enumerate(FIGURES):
        np.testing.assert_array_equal(out[ALL.index(name)], billed.figures[place])
        np.testing.assert_array_equal(frame[name].to_numpy(), billed.figures[place])
