"""A Markdown file taken apart: front matter between fences, YAML (`---`) or TOML (`+++`), and the text below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postiquette.config.load import parse_toml, show_path
from postiquette.errors import InputError, Problem

if TYPE_CHECKING:
    import yaml

    from postiquette.config.toml_places import Places

_FENCES = {"---": "yaml", "+++": "toml"}


@dataclass(frozen=True)
class Parts:
    """A file whose line ends were made one kind."""

    #: yaml or toml
    kind: str
    front: str
    body: str
    #: where front matter and body begin
    front_start: int
    body_start: int
    #: the line on which the front matter begins
    first_line: int

    def line_of(self, keys: Sequence[str | int]) -> int:
        """The line of a key in the front matter; the first one of the file where it stands nowhere."""
        path = tuple(int(key) if isinstance(key, str) and key.isdigit() else key for key in keys)
        line = self.toml.line(path) if self.kind == "toml" else self._yaml_line(path)
        return line + self.first_line - 1 if line else 1

    @property
    def toml(self) -> Places:
        """Where keys and strings stand in TOML front matter."""
        from postiquette.config.toml_places import Places

        return Places(self.front)

    def yaml_node(self, keys: tuple[str | int, ...]) -> yaml.Node | None:
        """What stands at a path of YAML front matter."""
        import yaml

        node: yaml.Node | None = yaml.compose(self.front, Loader=yaml.SafeLoader)
        for key in keys:
            if isinstance(node, yaml.MappingNode):
                node = next((value for name, value in node.value if name.value == key), None)
            elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
                node = node.value[key]
            else:
                return None
        return node

    def _yaml_line(self, keys: tuple[str | int, ...]) -> int | None:
        for length in range(len(keys), 0, -1):
            node = self.yaml_node(keys[:length])
            if node is not None:
                return int(node.start_mark.line) + 1
        return None


def split(text: str, file: Path) -> Parts:
    """Take a file apart. Raises InputError where the front matter does not end."""
    fence = text.split("\n", 1)[0].rstrip()
    if fence not in _FENCES:
        return Parts("toml", "", text, 0, 0, 1)
    start = place = text.find("\n") + 1
    while 0 < place < len(text):
        end = text.find("\n", place)
        end = len(text) if end < 0 else end
        if text[place:end].rstrip() == fence:
            front = text[start:place].removesuffix("\n")
            return Parts(_FENCES[fence], front, text[end + 1 :], start, min(end + 1, len(text)), 2)
        place = end + 1
    raise InputError([Problem(f"the front matter that begins with {fence} has no end", show_path(file), 1)])


def parse(parts: Parts, file: Path) -> dict[str, Any]:
    """The keys of the front matter. Raises InputError with file and line."""
    if parts.kind == "toml":
        return parse_toml(parts.front, file, parts.first_line)
    import yaml

    first = parts.first_line
    try:
        data = yaml.safe_load(parts.front)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or "cannot be read"
        raise _fault(f"this is not valid YAML: {said}", file, first + mark.line if mark else first) from None
    except (ValueError, OverflowError, RecursionError) as error:
        raise _fault(f"this is not valid YAML: {str(error) or type(error).__name__}", file, first) from None
    if data is None:
        return {}
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        raise _fault("expected keys and values in the front matter", file, first)
    node = yaml.compose(parts.front, Loader=yaml.SafeLoader)
    names = [key.value for key, _ in node.value] if isinstance(node, yaml.MappingNode) else []
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise _fault(f"the key {twice!r} is written twice", file, first)
    return data


def _fault(message: str, file: Path, line: int) -> InputError:
    return InputError([Problem(message, show_path(file), line)])
