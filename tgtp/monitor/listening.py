"""How the page hears that something has changed: through the engine's ports, without its knowing."""

from __future__ import annotations

from tgtp.domain.events import Event
from tgtp.engine.check_report import CheckReport
from tgtp.engine.ports import Listener, PushedMark
from tgtp.engine.stream.mark_book import MarkReader
from tgtp.monitor.feed import Feeds


class Changed(Listener, MarkReader):
    """Marks the feeds as behind, and does no more: no check waits for a page."""

    def __init__(self) -> None:
        # There is none before the page is built, which is after the engine.
        self.feeds: Feeds | None = None

    def checked(self, report: CheckReport) -> None:  # noqa: ARG002 - the port's signature
        """Take that a check has ended."""
        if self.feeds is not None:
            self.feeds.moved()

    def happened(self, number: int, event: Event) -> None:  # noqa: ARG002 - the port's signature
        """Take that an event was recorded."""
        if self.feeds is not None:
            self.feeds.moved()

    def marked(self, push: PushedMark) -> None:  # noqa: ARG002 - the port's signature
        """Take that a mark price came."""
        if self.feeds is not None:
            self.feeds.marked()

    def doubted(self, push: PushedMark) -> None:
        """A mark price that is not believed is not shown."""
