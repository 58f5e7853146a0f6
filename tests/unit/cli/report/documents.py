"""An HTML page as its elements, for tests. A tag that is not closed in order is refused."""

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

_VOID: Final = frozenset({"meta", "link", "img", "br"})


@dataclass
class Element:
    """`inside` are the tags around it, the outermost first."""

    tag: str
    attributes: dict[str, str]
    inside: tuple[str, ...]
    text: str = ""


class Document(HTMLParser):
    """Read at once; `elements` are in the order of the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(page)
        self.close()
        assert not self._open

    def every(self, *tags: str) -> list[Element]:
        return [each for each in self.elements if each.tag in tags]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        inside = tuple(each.tag for each in self._open)
        element = Element(tag, {name: value or "" for name, value in attrs}, inside)
        self.elements.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for each in self._open:
            each.text += data
