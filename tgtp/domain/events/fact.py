"""What every fact has."""

from __future__ import annotations

from tgtp.domain.model import Moment, Value


class Fact(Value):
    """Something that happened, at a moment."""

    at: Moment
