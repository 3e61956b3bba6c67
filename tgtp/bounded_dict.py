"""A dict that cannot grow for ever."""

from __future__ import annotations

from collections import UserDict
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class BoundedDict(UserDict[Key, Value]):
    """A dict of at most ``most`` keys: the one that was put in first gives way. A key that is set anew keeps its place.

    >>> last = BoundedDict[str, int](2)
    >>> last["a"], last["b"], last["a"], last["c"] = 1, 2, 3, 4
    >>> dict(last)
    {'b': 2, 'c': 4}
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def __setitem__(self, key: Key, value: Value) -> None:
        super().__setitem__(key, value)
        while len(self) > self._most:
            del self[next(iter(self))]
