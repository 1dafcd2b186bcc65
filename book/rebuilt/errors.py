"""The errors of the package. Each says what was found, what was expected and what to do."""


class RebuiltError(Exception):
    """Anything that a reader or author can put right; the command line prints one sentence."""


class DataError(RebuiltError, ValueError):
    """A file of data/ or seeds/ breaks a rule; the message names file, row and column."""


class UnknownNameError(RebuiltError, LookupError):
    """A table, column, chapter, model or claim that is not there; the message lists near names."""


class ShapeError(RebuiltError, ValueError):
    """A clip, latent grid or block that the real model could not process."""


class OptionError(RebuiltError, ValueError):
    """A word of the command line that cannot be taken; the message names the option."""
