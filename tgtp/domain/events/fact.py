"""What every fact has."""

from __future__ import annotations

from tgtp.domain.model import MAIN, Moment, Value


class Fact(Value):
    """Something that happened, at a moment, in an ``account``; what concerns the whole program is the main account's."""

    at: Moment
    account: str = MAIN
