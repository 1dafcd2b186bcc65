"""The rivals of the benchmark compute the same figures, so the ratios compare like with like."""

import numpy as np
import polars as pl
from tools.bench import VARY, designs
from tools.bench_rivals import numpy_bill, polars_bill

from rebuilt.cost.engine.billing import bill_table
from rebuilt.cost.engine.design import COLUMNS, RECORD, rates_of
from rebuilt.cost.sweep.space import DEFAULTS


def test_rivals_bill_the_same():
    """NumPy and Polars agree with the kernels on every figure and code."""
    columns, rate = designs(3000), rates_of("h100-sxm")
    places = np.array([VARY.index(name) if name in VARY else -1 for name in COLUMNS])
    fixed = np.array([float(DEFAULTS[name]) for name in COLUMNS])
    figures, codes = bill_table(columns, places, fixed, [rate])
    by_numpy = numpy_bill(columns, VARY, fixed, rate)
    by_polars = polars_bill(pl.DataFrame(dict(zip(VARY, columns, strict=True))), VARY, fixed, rate)

    for place, name in enumerate(RECORD):
        np.testing.assert_allclose(by_numpy[name], figures[place], rtol=1e-12)
        np.testing.assert_allclose(by_polars[name].to_numpy(), figures[place], rtol=1e-12)
    np.testing.assert_array_equal(by_numpy["code"], codes)
    np.testing.assert_array_equal(by_polars["code"].to_numpy(), codes)
