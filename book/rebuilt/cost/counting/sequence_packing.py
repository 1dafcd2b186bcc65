"""Clips of unequal length in sequences of equal length: how full the sequences get."""

from collections.abc import Iterable

from rebuilt.errors import ShapeError


def first_fit(lengths: Iterable[int], capacity: int) -> list[int]:
    """Pack clips into sequences, longest first, each into the first sequence with room.

    Parameters
    ----------
    lengths : iterable of int
        Tokens of each clip, positive.
    capacity : int
        Tokens of one sequence.

    Returns
    -------
    list of int
        Tokens in use of each sequence, in the order in which the sequences were begun.

    Raises
    ------
    ShapeError
        If a clip is empty or longer than a sequence.

    Examples
    --------
    >>> first_fit([6, 3, 5, 2], capacity=8)
    [8, 8]
    """
    used: list[int] = []
    for length in sorted(lengths, reverse=True):
        if not 0 < length <= capacity:
            msg = (
                f"a clip of {length} tokens does not fit a sequence of {capacity}; "
                "give clips of 1 token or more and sequences as long as the longest clip"
            )
            raise ShapeError(msg)
        place = next((i for i, full in enumerate(used) if full + length <= capacity), None)
        if place is None:
            used.append(length)
        else:
            used[place] += length
    return used
