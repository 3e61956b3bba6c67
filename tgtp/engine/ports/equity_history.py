"""What the account was worth."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod

from tgtp.domain.model import EquitySample


class EquityHistory(ABC):
    """What the account was worth, moment by moment; kept beside the ledger, and not worth a lost check."""

    @abstractmethod
    def append(self, sample: EquitySample) -> None:
        """Take a sample down. Must return at once and never raise: what cannot be written is logged and lost."""

    @abstractmethod
    def since(self, moment: dt.datetime) -> list[EquitySample]:
        """Return the samples at or after a moment, oldest first. Slow for long spans: not for the event loop."""
