"""What a piece of HTML holds, for tests that look at attributes and texts."""

from html.parser import HTMLParser


class Tags(HTMLParser):
    """Every start tag with its attributes, and all text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        self.text += data

    def of_class(self, name: str) -> list[dict[str, str | None]]:
        """Return the attributes of every tag of a class."""
        return [found for _, found in self.tags if name in (found.get("class") or "").split()]
