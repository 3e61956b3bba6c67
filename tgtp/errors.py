"""Every exception tgtp raises on purpose, classed by what the catcher must do.

::

    TgtpError
    ├── CannotStart            say the sentence, exit 2
    │   ├── SettingsInvalid    a variable is wrong: names it, what it got, what it wants
    │   ├── LedgerUnreadable   never start from an empty ledger instead
    │   └── DataInUse          another process works on the same data folder
    ├── LedgerWriteFailed      what was to be written is not on disk: do not act on it
    ├── OrderDenied            our own guard refused: nothing was sent
    └── ExchangeProblem
        ├── OrderRefused       the exchange refused, definitely: plan again later
        ├── OutcomeUnknown     the order may have happened: look it up, never resend blindly
        ├── NotSent            no connection was made, nothing left this machine: plan again at the next check
        ├── TemporarilyDown    a read failed and says nothing: retry
        └── AccessRefused      keys or permission: stop trading, tell the owner
"""

from __future__ import annotations


class TgtpError(Exception):
    """Anything tgtp raises on purpose."""


class CannotStart(TgtpError):
    """The program refuses to start; the message is one sentence for a person."""


class SettingsInvalid(CannotStart):
    """A setting is wrong; the message names the variable, what it got and what it wants."""


class LedgerUnreadable(CannotStart):
    """The ledger on disk cannot be understood; starting empty would fire every tier again."""


class DataInUse(CannotStart):
    """Another process holds the data folder."""


class LedgerWriteFailed(TgtpError):
    """A step could not be written; memory was put back to what is on disk."""


class OrderDenied(TgtpError):
    """Our own guard refused an order before it was sent."""


class ExchangeProblem(TgtpError):
    """The exchange, or the way to it, is at fault."""


class OrderRefused(ExchangeProblem):
    """The exchange definitely refused an order.

    ``code`` is the exchange's own (OKX: ``sCode``), ``reason`` its words.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}" if code else reason)
        self.code = code
        self.reason = reason


class OutcomeUnknown(ExchangeProblem):
    """An order may or may not have happened."""


class NotSent(ExchangeProblem):
    """An order provably never left this machine."""


class TemporarilyDown(ExchangeProblem):
    """A read failed; it says nothing about any leg."""


class AccessRefused(ExchangeProblem):
    """The exchange refuses the keys, their permission or this address."""
