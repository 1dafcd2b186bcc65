"""The chain of the note, from a video to a terminal, as the way through the book.

`show` draws it on the front page, each link with one number and how its claims stand; `whereabouts`
gives every chapter a line that says where in the chain it is.
"""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rebuilt.page.blocks import Block


@dataclass(frozen=True, slots=True)
class Link:
    """One link: its name, its pages (the first is where it leads) and its sections of the note."""

    name: str
    pages: tuple[str, ...]
    sections: tuple[str, ...] = ()


LINKS = (
    Link("Video", ("sora", "text-to-video", "miniature", "sora-closed"), ("sora", "text-to-video")),
    Link("Patches", ("latent-patches", "family-tree", "validation")),
    Link("Compute", ("compute-cost", "calculator", "validation-hardware")),
    Link("Accelerators", ("nvidia", "amd"), ("nvidia", "amd")),
    Link("Switches", ("switching",), ("switching",)),
    Link("Optical modules", ("optics",), ("optics",)),
    Link("Terminals", ("ai-terminals", "mixed-reality"), ("ai-terminals", "mixed-reality")),
)


def show(said: Mapping[str, str]) -> Block:
    """Show the chain, each link leading to its chapter.

    Parameters
    ----------
    said : mapping of str to str
        Name of each link to its one number, as a phrase.

    Raises
    ------
    KeyError
        If a link has no number.
    """
    from rebuilt import claims  # the site wants the links alone
    from rebuilt.claims import scoring

    words = [str(word) for word in scoring.Standing]
    standings = [(e.claim.section, str(scoring.today(e))) for e in claims.ledger()]
    lines = []
    for link in LINKS:
        own = [word for section, word in standings if section in link.sections]
        lines.append(_line(link, said[link.name], [(word, own.count(word)) for word in words]))
    covered = {section for link in LINKS for section in link.sections}
    rest = sum(section not in covered for section, _ in standings)
    legend = "".join(f"<li>{_swatch(place)}{word}</li>" for place, word in enumerate(words))
    body = (
        f'<nav class="rb-chain" aria-label="The chain of the note"><ol>\n{"".join(lines)}\n</ol>'
        f'<ul class="rb-chain-legend" aria-hidden="true">{legend}</ul>'
        f'<p class="rb-chain-rest">{rest} more claims, on the industry as a whole, are judged in '
        '<a href="scorecard.html">the scorecard</a>.</p></nav>'
    )
    text = "\n".join(f"{link.name}: {said[link.name]}" for link in LINKS)
    return Block("ledger", {"html": body}, body, text)


def whereabouts(page: str) -> str:
    """Return the chain as one line of links, the link of `page` marked; empty off the chain."""
    if not any(page in link.pages for link in LINKS):
        return ""
    items = "".join(
        f'<li><a href="{link.pages[0]}.html"{_current(link, page)}>{link.name}</a></li>'
        for link in LINKS
    )
    label = "Where this page stands in the chain"
    return f'<nav class="rb-strip" aria-label="{label}"><ol>{items}</ol></nav>'


def _current(link: Link, page: str) -> str:
    if page not in link.pages:
        return ""
    return ' aria-current="page"' if page == link.pages[0] else ' aria-current="location"'


def _line(link: Link, said: str, counts: Sequence[tuple[str, int]]) -> str:
    return (
        f'<li><a href="{link.pages[0]}.html"><span class="rb-chain-name">{link.name}</span>'
        f'<span class="rb-chain-said">{html.escape(said)}</span>{_bar(counts)}</a></li>'
    )


def _bar(counts: Sequence[tuple[str, int]]) -> str:
    """Draw a segment for each standing, as wide as it has claims, and say the same in words."""
    number = sum(count for _, count in counts)
    if not number:
        return '<span class="rb-chain-score">Its claims are judged under Video.</span>'
    at, segments = 0, ""
    for place, (_, count) in enumerate(counts):
        if count:
            shape = f'x="{at}" width="{count}" height="1"'
            segments += f'<rect class="rb-standing-{place}" {shape}/>'
        at += count
    spoken = ", ".join(f"{count} {word}" for word, count in counts if count)
    return (
        f'<svg viewBox="0 0 {number} 1" preserveAspectRatio="none" aria-hidden="true">{segments}'
        f'</svg><span class="rb-chain-score">{counts[0][1]} of {number} claims stand'
        f'<span class="rb-hidden">: {spoken}</span></span>'
    )


def _swatch(place: int) -> str:
    shape = f'<rect class="rb-standing-{place}" width="1" height="1"/>'
    return f'<svg viewBox="0 0 1 1">{shape}</svg>'
