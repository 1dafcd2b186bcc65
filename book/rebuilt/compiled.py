"""Plain functions compiled by name: one text that Python runs as it stands and Numba compiles.

A function of the text calls others by name and knows `math.floor` and numbers besides. Its compiled
form is the same code object with those names bound to compiled forms, so that no formula exists
twice. The text keeps to + - * / floor min max and comparisons on floats, and to + - * // on whole
numbers, for which Python, Numba and WebAssembly agree bit for bit.
"""

import sys
from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any, TextIO

from numba import njit
from numba.core import event

COMPILING = "Compiling for this machine, once: about twenty seconds ..."


@cache
def compiled(function: Callable[..., Any], *, inline: bool = False) -> Any:
    """Compile a function of the text, and every function of the package that it calls by name.

    Parameters
    ----------
    function : function
        Of a module that imports nothing but `math` and other modules of the text.
    inline : bool
        Whether its body, and those of its callees, are put in the place of calls: loops over many
        jobs are vectorised only so.

    Returns
    -------
    numba dispatcher
        Called with floats, integers and arrays of them.
    """
    bound: dict[str, Any] = {}
    for name in function.__code__.co_names:
        if name in function.__globals__:
            value = function.__globals__[name]
            is_text = isinstance(value, FunctionType) and value.__module__.startswith("rebuilt.")
            bound[name] = compiled(value, inline=inline) if is_text else value
    twin = FunctionType(function.__code__, bound, function.__name__)
    twin.__module__ = function.__module__  # Numba names its cache by it
    twin.__doc__ = function.__doc__
    return njit(cache=True, error_model="numpy", inline="always" if inline else "never")(twin)


class _Announcer(event.Listener):  # type: ignore[misc]
    """Says once that Numba compiles, and what it waits for."""

    def __init__(self, stream: TextIO) -> None:
        self.stream, self.said = stream, False

    def on_start(self, _: Any) -> None:
        if not self.said:
            print(COMPILING, file=self.stream, flush=True)
        self.said = True

    def on_end(self, _: Any) -> None:
        """Nothing is said of the end."""


def announce(stream: TextIO | None) -> None:
    """Tell whoever waits at a terminal when something is compiled that no cache has."""
    if stream is not None and stream.isatty():  # None where the stream was closed, as by 2>&-
        event.register("numba:compile", _Announcer(stream))


announce(sys.stderr)
