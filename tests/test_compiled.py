"""Whoever waits at a terminal for something to be compiled is told so, once."""

import io
import subprocess
import sys

import pytest
from numba.core import event

from rebuilt import compiled


def first(x):
    return x + 1


def second(x):
    return x + 2


class Terminal(io.StringIO):
    """A stream of which a test says whether it is a terminal."""

    def __init__(self, *, is_terminal):
        super().__init__()
        self.is_terminal = is_terminal

    def isatty(self):
        """Say so."""
        return self.is_terminal


@pytest.fixture
def listeners(monkeypatch):
    """Forget what is registered during a test."""
    kept = {kind: list(some) for kind, some in event._registered.items()}
    yield
    event._registered.clear()
    event._registered.update(kept)


@pytest.mark.parametrize(("is_terminal", "said"), [(True, compiled.COMPILING + "\n"), (False, "")])
def test_compiling_is_announced_once_at_a_terminal(listeners, is_terminal, said):
    """A stream that a program reads stays as it is."""
    stream = Terminal(is_terminal=is_terminal)
    compiled.announce(stream)

    for function in (first, second):
        assert compiled.njit(function)(1) == function(1)

    assert stream.getvalue() == said


def test_a_process_without_a_stream_for_errors_compiles_too():
    """As in `rebuilt sweep ... 2>&-`."""
    given = [sys.executable, "-c", "import rebuilt.compiled; print('imported')"]

    done = subprocess.run(
        ["sh", "-c", 'exec "$@" 2>&-', "sh", *given], capture_output=True, text=True, check=False
    )

    assert done.stdout == "imported\n"


def test_what_a_cache_has_is_not_announced(listeners):
    """The second call of a kernel compiles nothing."""
    kernel = compiled.njit(first)
    kernel(1)
    stream = Terminal(is_terminal=True)
    compiled.announce(stream)

    kernel(2)

    assert stream.getvalue() == ""
