"""What changed from one document to the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tgtp.monitor.sources import Document

_NOTHING: Final[Mapping[str, Any]] = {}


def changes(old: Document, new: Document) -> dict[str, dict[str, Any]]:
    """Return what makes the new document of the old one, {} for nothing.

    None deletes a key. Of a record only the fields that changed are given, and None for one that went.

    >>> changes({"a": {"x": {"p": 1, "q": 2}, "y": "1"}}, {"a": {"x": {"p": 1, "q": 3}}, "b": {"z": "2"}})
    {'a': {'x': {'q': 3}, 'y': None}, 'b': {'z': '2'}}
    """
    found: dict[str, dict[str, Any]] = {}
    for section in dict.fromkeys((*old, *new)):
        before, after = old.get(section, _NOTHING), new.get(section, _NOTHING)
        if before is after:
            continue
        changed = {key: _change(before.get(key), record) for key, record in after.items() if _differs(before, key, record)}
        changed |= dict.fromkeys(key for key in before if key not in after)
        if changed:
            found[section] = changed
    return found


def _differs(before: Mapping[str, Any], key: str, record: Any) -> bool:
    return key not in before or (before[key] is not record and before[key] != record)


def _change(before: Any, after: Any) -> Any:
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return after
    fields = {name: value for name, value in after.items() if name not in before or before[name] != value}
    return fields | dict.fromkeys(name for name in before if name not in after)
