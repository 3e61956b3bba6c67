"""Orders that wait at the exchange for a mark price."""

from __future__ import annotations

from abc import ABC, abstractmethod

from tgtp.domain.order import Order
from tgtp.domain.resting.conditional import Conditional, RestingTier


class ConditionalOrders(ABC):
    """The conditional orders of an account. Each of ours only makes its leg smaller, and ends with the leg's life.

    What is sent has no second try here: OutcomeUnknown asks for a look, by name.
    """

    @abstractmethod
    async def place(self, tier: RestingTier) -> str:
        """Have a tier rest, and return the exchange's id of it.

        Raises OrderRefused (definite; OKX 51065: a name that was used, 51303 and 51300: the mark price is there already),
        OutcomeUnknown (look it up), AccessRefused (nothing happened), NotSent (no connection).
        """

    @abstractmethod
    async def amend(self, algo_id: str, tier: RestingTier) -> None:
        """Give one another size and another trigger, always a mark price.

        Raises OrderRefused (definite; OKX 51503: too late), OutcomeUnknown, AccessRefused, NotSent.
        """

    @abstractmethod
    async def cancel(self, instrument_id: str, algo_id: str) -> None:
        """Ask for the end of one; only a look tells that it has ended.

        Raises OrderRefused (definite; OKX 51412 and 51416: it has been triggered, 51400: there is none, 51410: it is being
        cancelled), OutcomeUnknown, AccessRefused, NotSent.
        """

    @abstractmethod
    async def live(self) -> tuple[Conditional, ...]:
        """Read every take-profit and stop that waits, of anybody's, whole. What was placed or has ended may lag.

        Raises TemporarilyDown, AccessRefused.
        """

    @abstractmethod
    async def find(self, name: str) -> Conditional | None:
        """Look one of ours up by name, waiting or ended; None when the exchange says that it has none.

        Raises TemporarilyDown, AccessRefused.
        """

    @abstractmethod
    async def fills(self, conditional: Conditional) -> Order | None:
        """Add up what the orders that it became have filled; None while nothing is known of them.

        It is LIVE until each of them has ended. Raises TemporarilyDown, AccessRefused.
        """
