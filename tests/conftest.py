"""One hypothesis profile for all: the first call of a kernel compiles, so no deadline.

After a run the table of planted faults is printed.
"""

from hypothesis import settings
from tests.faults import caught

settings.register_profile("rebuilt", deadline=None, derandomize=True)
settings.load_profile("rebuilt")

SLOW = ("notebooks", "site", "faults")  # folders whose tests build books or drive a browser


def pytest_collection_modifyitems(items):
    """Begin with the slow files, so that at the end no worker is alone with one of them."""
    items.sort(key=lambda item: item.path.parent.name not in SLOW)


def pytest_terminal_summary(terminalreporter):
    """Print what was planted and what was caught, if anything was."""
    reports = [item for kind in ("passed", "failed") for item in terminalreporter.getreports(kind)]
    plants = caught.collect(reports)
    if plants:
        terminalreporter.write_sep("=", "planted faults")
        for line in caught.lines(plants):
            terminalreporter.write_line(line)
