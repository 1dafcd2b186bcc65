"""Jobs of many draws of an undisclosed model."""

# mypy: allow-untyped-defs, allow-untyped-calls
from numba import njit

from rebuilt.compiled import compiled
from rebuilt.cost.counting.design import fill_job

filled = compiled(fill_job)


@njit(cache=True, error_model="numpy")
def fill_jobs(drawn, jobs):
    """jobs[i] = the job of draw i; float64 arrays of shapes (n, DRAWN) and (n, JOB)."""
    for i in range(drawn.shape[0]):
        filled(drawn[i], jobs[i])
