"""YAML of a platform as strings, lists and dictionaries, in a time that grows with its length and no faster."""

from __future__ import annotations

from typing import Any

__all__ = ["read_yaml"]

_MOST_EVENTS = 1_000_000  # a thousand students with all that a platform says of them
_MOST_DEPTH = 64


def read_yaml(text: str) -> object:
    """The first document of a text; every scalar is a string: 0042 stays "0042".

    PyYAML's own way takes 17 s for two hundred thousand keys in Python; that in C follows brackets in brackets until the
    process ends. So its events are put together here.

    Raises
    ------
    ValueError
        When it is no YAML, or has more parts or levels than a platform writes.
    ImportError
        Without PyYAML.
    """
    import yaml  # only one file of one platform needs it

    loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    root: list[object] = []
    levels: list[_Level] = [_Level(root)]
    anchors: dict[str, object] = {}
    try:
        for number, event in enumerate(yaml.parse(text, Loader=loader)):
            if number > _MOST_EVENTS or len(levels) > _MOST_DEPTH:
                raise ValueError("more parts or levels than a platform writes")
            match event:
                case yaml.AliasEvent():
                    levels[-1].put(anchors.get(str(event.anchor), ""))
                case yaml.ScalarEvent() | yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                    value = _begun(event)
                    anchors.update({event.anchor: value} if event.anchor else {})
                    levels[-1].put(value)
                    levels += [_Level(value)] if not isinstance(value, str) else []
                case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                    levels.pop()
                case yaml.DocumentEndEvent():
                    break
    except yaml.YAMLError as error:
        raise ValueError(f"no YAML ({type(error).__name__})") from None
    return root[0] if root else None


def _begun(event: Any) -> str | list[object] | dict[str, object]:
    """The value that an event begins."""
    if hasattr(event, "value"):
        return str(event.value)
    return [] if type(event).__name__ == "SequenceStartEvent" else {}


class _Level:
    """A list or a dictionary that is being filled; of the latter keys and values come in turn."""

    def __init__(self, value: object) -> None:
        self.value = value
        self.keys: list[object] = []

    def put(self, value: object) -> None:
        if isinstance(self.value, list):
            self.value.append(value)
        elif not self.keys:
            self.keys.append(value)
        elif isinstance(self.value, dict) and isinstance(key := self.keys.pop(), str):
            self.value[key] = value
