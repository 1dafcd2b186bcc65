"""What a program writes to: outputs that are closed, that cannot encode, or whose reader leaves."""

import io
import os
import sys

INTERRUPTED, READER_GONE = 130, 141  # exit codes, as a shell reports SIGINT and SIGPIPE


def ready() -> None:
    """Write what an output cannot encode as an escape, and have outputs where there are none."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started us
            setattr(sys, name, io.StringIO())
        stream = getattr(sys, name)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def drop_output() -> None:
    """Send what is still buffered nowhere, so that Python does not try to write it at exit."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        """There is no output to drop."""
