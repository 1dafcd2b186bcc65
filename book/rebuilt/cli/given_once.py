"""How options of all commands are taken: each once, and with something in it.

Argparse would take the last of several, and hand on an empty word as if nothing had been asked.
"""

import argparse
from collections.abc import Sequence
from typing import Any

from rebuilt.errors import OptionError


class _Once:
    """What an action does at each word that it is given."""

    option_strings: Sequence[str]
    given = False

    def take(self, values: Any) -> None:
        """Raise OptionError for a second time, or for an empty word."""
        name = " or ".join(self.option_strings)
        if self.given:
            raise OptionError(f"{name} is given twice; give it once")
        if values == "":
            raise OptionError(f"{name} is empty; give it a value, or leave it out")
        self.given = True


class Given(_Once, argparse.Action):
    """Keep the one value of an option; an argument without a name is kept as it is."""

    def __call__(
        self,
        _parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        _option_string: str | None = None,
    ) -> None:
        """Take it."""
        if self.option_strings:
            self.take(values)
        setattr(namespace, self.dest, values)


class YesOrNo(_Once, argparse.BooleanOptionalAction):
    """`--name` or `--no-name`, and not both."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        """Take it."""
        self.take(values)
        super().__call__(parser, namespace, values, option_string)
