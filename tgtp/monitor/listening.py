"""How the page hears that something has changed: through the engine's ports, without its knowing."""

from __future__ import annotations

from collections.abc import Callable

from tgtp.domain.events import Event
from tgtp.engine.check_report import CheckReport
from tgtp.engine.ports import Listener, PushedMark
from tgtp.engine.stream.mark_book import MarkReader


class Changes(MarkReader):
    """Says that something has changed, and does no more: no check and no order waits for a page.

    What is to be told is set when the page is built, which is after the engine.
    """

    def __init__(self) -> None:
        self.moved: Callable[[], None] = lambda: None
        self.priced: Callable[[], None] = lambda: None
        self.recorded: Callable[[str, int, Event], None] = lambda *_: None

    def of(self, account: str) -> Listener:
        """Return what hears of an account."""
        return _OfAccount(self, account)

    def marked(self, push: PushedMark) -> None:  # noqa: ARG002 - the port's signature
        """Take that a mark price came."""
        self.priced()

    def doubted(self, push: PushedMark) -> None:
        """A mark price that is not believed is not shown."""


class _OfAccount(Listener):
    def __init__(self, changes: Changes, account: str) -> None:
        self._changes = changes
        self._account = account

    def checked(self, report: CheckReport) -> None:  # noqa: ARG002 - the port's signature
        self._changes.moved()

    def happened(self, number: int, event: Event) -> None:
        self._changes.recorded(self._account, number, event)
        self._changes.moved()
