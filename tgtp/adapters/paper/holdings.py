"""The legs of a paper account, counted in the contracts of now, and the leverage that each was last held at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from tgtp.adapters.paper.account_file import PaperAccount, PaperLeg
from tgtp.domain.model import Instrument, LegKey
from tgtp.domain.order import Intent

DEFAULT_LEVERAGE: Final = Decimal(10)


class Holdings:
    """The ``legs``, by name."""

    def __init__(self, account: PaperAccount) -> None:
        self.legs = {leg.key: leg for leg in account.legs}
        self._leverages = dict(account.leverages)
        self._sizes = dict(account.contract_sizes)

    @property
    def kept(self) -> dict[str, Any]:
        """What the account's file keeps of them."""
        return {"legs": tuple(self.legs.values()), "leverages": self._leverages, "contract_sizes": self._sizes}

    def drop(self, key: LegKey) -> None:
        """Let a leg end."""
        self._leverages[str(key)] = self.legs.pop(key).leverage

    def bought(self, intent: Intent, mark: Decimal, now: dt.datetime, fee: Decimal) -> PaperLeg:
        """Return the leg as a buy leaves it; where there is none, it opens one, at the leverage that the last one had."""
        held = self.legs.get(intent.leg)
        if held is not None:
            return held.larger(intent.contracts, mark, now, fee)
        return PaperLeg(
            instrument_id=intent.leg.instrument_id,
            position_side=intent.leg.position_side,
            margin_mode=intent.leg.margin_mode,
            contracts=intent.contracts,
            entry_price=mark,
            leverage=self._leverages.get(str(intent.leg), DEFAULT_LEVERAGE),
            opened_at=now,
            adjusted_at=now,
            realised_pnl=-fee,
            fees=fee,
        )

    def resize(self, instruments: Mapping[str, Instrument]) -> bool:
        """Count the legs in the contracts of now; return whether a size has changed, also while this did not run."""
        changed = False
        # Also of what is not held just now: a leg that is opened later counts in contracts of then.
        for name in ({held.instrument_id for held in self.legs.values()} | self._sizes.keys()) & instruments.keys():
            size = instruments[name].contract_size
            before = self._sizes.get(name)
            if size == before:
                continue
            changed, self._sizes[name] = True, size
            for key, held in self.legs.items():
                if held.instrument_id == name and before is not None:
                    self.legs[key] = held.replaced(contracts=held.contracts * before / size)
        return changed
