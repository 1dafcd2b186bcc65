"""Many changed architectures at once: one row of choices and one clip for each draw.

A draw is composed and calculated by the scalar kernels, so it equals what the calculator shows.
Tasks write rows of their own and never sum across threads.
"""

# mypy: allow-untyped-defs, allow-untyped-calls
from numba import njit, prange

from rebuilt.cost.engine.calculator_kernels import calculate
from rebuilt.cost.engine.custom_kernels import compose


@njit(parallel=True, cache=True, error_model="numpy")
def calculate_many(
    published, choices, clips, least, most, machine, largest, rows, composed, out, codes
):
    """out[i] = figures of draw i; codes[i] = 0, or why there are none.

    choices, clips, out : float64 arrays of shape (draws, choices), (draws, clip), (draws, results)
    rows, composed : float64 arrays of shape (tasks, numbers of a model), (tasks, COMPOSED)
        Scratch, contents ignored.
    codes : int64 array of shape (draws,)
        Above 0: code of a refused architecture; below 0: minus the code of a refused clip.
    """
    total, tasks = out.shape[0], rows.shape[0]
    for task in prange(tasks):
        for i in range(total * task // tasks, total * (task + 1) // tasks):
            compose(published, choices[i], least, most, rows[task], composed[task])
            codes[i] = int(composed[task, 0])
            if codes[i] == 0:
                calculate(rows[task], clips[i], machine, largest, out[i])
                codes[i] = -int(out[i, 0])
