"""The site's search: English words, and Chinese key terms as pairs of characters.

Chinese has no spaces, so a run of its characters is indexed as its single characters and all pairs
of neighbours, and a query is cut into the same pairs. That needs no dictionary, and any part of a
term finds it. Python cuts pages and JavaScript cuts queries; a test compares the two.
"""

import html
import itertools
import re

from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

_WORD = re.compile(r"[\u3400-\u9fff]+|[^\W\u3400-\u9fff]+")
_SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


class SearchEnglishAndChinese(SearchEnglish):
    """Sphinx's English search, with Chinese cut into characters and pairs."""

    js_splitter_code = r"""
function splitQuery(query) {
  const words = query.match(/[\u3400-\u9fff]+|(?:(?![\u3400-\u9fff])[\p{Letter}\p{Number}_])+/gu);
  return (words ?? []).flatMap((word) => /^[\u3400-\u9fff]{2,}$/.test(word)
    ? [...word].slice(1).map((letter, place) => word[place] + letter)
    : [word]);
}
"""

    def split(self, input: str) -> list[str]:
        """Cut a text into words; a run of Chinese into its characters and pairs."""
        return [part for word in _WORD.findall(input) for part in _parts(word)]


def words_of(markup: str) -> str:
    """Return the text of our own HTML, for the index; scripts carry data and are left out."""
    return " ".join(html.unescape(_TAG.sub(" ", _SCRIPT.sub(" ", markup))).split())


def _parts(word: str) -> list[str]:
    if not "\u3400" <= word[0] <= "\u9fff":
        return [word]
    return [*word, *(first + second for first, second in itertools.pairwise(word))]


def connect(app: Sphinx) -> None:
    """Replace the English search of Sphinx by this one."""
    app.add_search_language(SearchEnglishAndChinese)
