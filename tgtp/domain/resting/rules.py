"""Whether tiers rest at the exchange, and of which instruments."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from tgtp.domain.model import NotNegative, Value

RestingMode = Literal["off", "all"]


class RestingRules(Value):
    """The dials. ``own`` are instruments for which another mode holds than ``mode``, by id.

    ``grace`` are the seconds that the mark price may be beyond the trigger of an order that still waits, before the check acts
    in its place. ``at_exit`` says what becomes of what rests when the program ends.
    """

    mode: RestingMode = "off"
    own: dict[str, RestingMode] = {}
    grace: NotNegative = Decimal(3)
    at_exit: Literal["keep", "cancel"] = "keep"

    @property
    def is_on(self) -> bool:
        """Return whether tiers of any instrument are to rest."""
        return self.mode == "all" or "all" in self.own.values()

    def mode_of(self, instrument_id: str) -> RestingMode:
        """Return the mode of an instrument."""
        return self.own.get(instrument_id, self.mode)

    def changed(self, instrument_id: str, mode: RestingMode) -> RestingRules:
        """Return them with another mode of one instrument, or of all ("").

        >>> rules = RestingRules().changed("STX-USDT-SWAP", "all")
        >>> rules.mode_of("STX-USDT-SWAP"), rules.mode_of("CRV-USDT-SWAP"), rules.changed("", "all").own
        ('all', 'off', {})
        """
        if not instrument_id:
            return self.replaced(mode=mode, own={})
        own = {name: other for name, other in self.own.items() if name != instrument_id}
        return self.replaced(own=own if mode == self.mode else {**own, instrument_id: mode})
