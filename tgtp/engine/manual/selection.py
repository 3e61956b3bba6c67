"""Which legs are meant where several are closed at once."""

from __future__ import annotations

from typing import Final, NamedTuple

from tgtp.domain.model import LegKey, MarginMode, PositionSide, UnreadableLeg


class Selection(NamedTuple):
    """The legs that nothing said here speaks against; with nothing said, all of them."""

    instrument_ids: frozenset[str] | None = None
    position_side: PositionSide | None = None
    margin_mode: MarginMode | None = None

    def takes(self, key: LegKey) -> bool:
        """Return whether a leg is meant."""
        return (
            (self.instrument_ids is None or key.instrument_id in self.instrument_ids)
            and self.position_side in (None, key.position_side)
            and self.margin_mode in (None, key.margin_mode)
        )

    def may_take(self, leg: UnreadableLeg) -> bool:
        """Return whether a leg that cannot be read is meant, or may be."""
        return any(self.takes(key) for key in leg.keys)


EVERYTHING: Final = Selection()


def selection_of(key: LegKey) -> Selection:
    """Return the selection of one leg alone."""
    return Selection(frozenset({key.instrument_id}), key.position_side, key.margin_mode)
