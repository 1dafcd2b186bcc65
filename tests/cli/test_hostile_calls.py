"""No call of a command ends in a traceback, in what is no number, or never.

Calls are drawn by `hostile.py`: numbers that are none, names of nothing, files of another kind.
"""

import json
import os
import re
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.cli.hostile import Hostile
from tests.faults.planting import copy_data

from rebuilt import cli

IN_PROCESS, AS_PROCESSES = (
    [some, pytest.param(all_of_them, marks=pytest.mark.weekly)]
    for some, all_of_them in ((150, 500), (10, 40))
)  # the same calls from the first on
SECONDS, BYTES = 10, 2**30
COMPILING = (  # the commands whose kernels are compiled at their first call in an environment
    ["demand"],
    ["uncertainty", "dit-xl-2", "--draws", "64"],
    ["sweep", "--model", "dit-xl-2", "--axis", "accelerator=h100,b200", "--sensitivity", "seconds"],
)
NO_NUMBER = re.compile(r"(?<![\w'])-?(nan|inf|NaN|Infinity)\b(?!')")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory, compiled_tables):
    """Make a folder of files, and a root with the book's own data in it.

    What is compiled once for an environment, for twenty seconds a command, no call is charged with.
    """
    folder = tmp_path_factory.mktemp("hostile")
    assert [cli.main(first) for first in COMPILING] == [0, 0, 0]
    return Hostile(folder, copy_data(folder / "root"))


def faults(arguments, code, out, err):
    """Say what no call may do."""
    if code not in (0, 1, 2):
        yield f"exit {code}"
    if "Traceback" in err or "Warning" in err:
        yield err[-300:]
    if code == 0 and NO_NUMBER.search(out):
        yield NO_NUMBER.search(out)[0]
    if code == 0 and "--json" in arguments and arguments[0] not in ("new", "learn"):
        json.loads(out, parse_constant=str.upper)
    if code == 2 and not err.strip():
        yield "nothing was said"


@pytest.mark.parametrize("number", IN_PROCESS)
def test_no_call_breaks_a_command(hostile, number, capsys, monkeypatch):
    """In this process: each answers or says in words what was expected."""
    broken, answered = [], 0
    monkeypatch.chdir(hostile.folder)  # some calls name files to be written
    for arguments in hostile.calls(number, seed=1):
        start = time.process_time()
        try:
            code = cli.main(arguments)
        except SystemExit as stop:  # of the parser of arguments
            code = stop.code
        said = capsys.readouterr()
        found = list(faults(arguments, code, said.out, said.err))
        if time.process_time() - start > SECONDS:
            found.append(f"over {SECONDS} s")
        broken += [(arguments, fault) for fault in found]
        answered += code == 0

    assert broken == []
    assert answered > number // 6  # calls that no one could answer would prove little


def limited():
    """Of a process that would not end by itself."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def as_process(arguments, folder):
    """Faults of one call as a process of its own, which is measured."""
    command = [sys.executable, "-m", "rebuilt.cli", *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdout=pipe, stderr=pipe, preexec_fn=limited, cwd=folder
    ) as process:
        out, err = (stream.read().decode() for stream in (process.stdout, process.stderr))
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    found = list(faults(arguments, process.returncode, out, err))
    if used.ru_maxrss * 1024 > BYTES:
        found.append(f"{used.ru_maxrss * 1024:,} bytes")
    return [(arguments, fault) for fault in found]


@pytest.mark.parametrize("number", AS_PROCESSES)
def test_no_call_breaks_a_process(hostile, number):
    """As processes, two at a time: none takes ten seconds or a gigabyte."""
    calls = hostile.calls(4 * number, seed=2)
    calls = [one for one in calls if not any("\x00" in word for word in one)][:number]
    with ThreadPoolExecutor(2) as pool:
        each = pool.map(as_process, calls, [hostile.folder] * len(calls))
        broken = [fault for found in each for fault in found]

    assert len(calls) == number
    assert broken == []
