"""Kernels, and other processes of a build, that start with the libraries of the book imported.

Each chapter runs in a process of its own, and a short one took half of its time to import what all
of them use. One process, Python's fork server, imports that (`rebuilt.site.beforehand`), and
nothing else that a chapter is computed from; those that it forks have it at once, and share nothing
more. To Jupyter this is a kernel provisioner, its word for what starts kernels and ends them.
"""

import multiprocessing
import multiprocessing.forkserver
import os
import sys
import threading
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from rebuilt.evidence import inputs

BEFOREHAND = "rebuilt.site.beforehand"
VARIABLE = "JUPYTER_DEFAULT_PROVISIONER_NAME"  # with it, all kernels that a process starts
NAME = "preloaded"  # of the entry point in pyproject.toml


class Process:
    """A forked process that answers as `subprocess.Popen` does, as far as Jupyter asks."""

    stdin = stdout = stderr = None

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process
        self.pid = process.pid or 0

    def poll(self) -> int | None:
        """Return the exit status, None while it runs."""
        return self._process.exitcode

    def wait(self) -> int | None:
        """Return the exit status once it has ended."""
        self._process.join()
        return self._process.exitcode

    def send_signal(self, signum: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()

    def kill(self) -> None:
        """End it."""
        self._process.kill()


class Preloaded(LocalProvisioner):
    """Starts kernels of this environment as forks of a process that has imported the libraries."""

    process: Any = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start a kernel on the connection file that its command names."""
        connection_file = cmd[cmd.index("-f") + 1]
        folder = Path(kwargs.get("cwd") or Path.cwd())
        self.process = Process(start(_kernel, connection_file, str(folder), dict(kwargs["env"])))
        self.pid = self.pgid = self.process.pid  # it leads a session of its own
        self.cwd = folder
        return self.connection_info


def start(target: Callable[..., None], *args: object) -> ForkServerProcess:
    """Call a function of a module in a process of its own, which ends when this one is gone."""
    multiprocessing.forkserver.set_forkserver_preload([BEFOREHAND])
    process = ForkServerProcess(target=_run, args=(target, args))
    process.start()
    return process


def _run(target: Callable[..., None], args: tuple[object, ...]) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    target(*args)


def _end_with_parent() -> None:
    """End this process with the one that asked for it; the fork server stays as long as both."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _kernel(connection_file: str, folder: str, environment: dict[str, str]) -> None:
    """Be a kernel as a command starts it: in a session, folder and environment of its own."""
    os.setsid()
    # As ipykernel's launcher does: what stands in a folder is not to be imported in its place.
    sys.path = [place for place in sys.path if place not in {"", str(Path.cwd())}]
    os.chdir(folder)
    os.environ.update(environment)
    inputs.watch_imports()
    from ipykernel.kernelapp import launch_new_instance

    # Without a parent it would tell whoever sits at the terminal how to end it.
    launch_new_instance(argv=["-f", connection_file, f"--IPKernelApp.parent_handle={os.getppid()}"])
