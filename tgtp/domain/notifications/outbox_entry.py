"""What is still to be told, and to whom."""

from __future__ import annotations

from tgtp.domain.model import Value

# What somebody must hear of even while Telegram is silent.
CRITICAL = frozenset(
    {
        *("exchange_lost", "trading_forbidden", "order_rejected", "order_unresolved", "liquidation_near"),
        *("maintenance_broken", "leg_sinking", "account_held"),
        *("leg_force_closed", "foreign_orders", "account_left_out"),
    }
)
# What goes out by the second way at once, beside Telegram: whoever holds somebody's phone must not be the only one who hears.
BOTH_WAYS = frozenset({"first_start", "code_locked"})


class OutboxEntry(Value):
    """A message that is still to be delivered: the event's number, and who has it already.

    ``on_card`` is a person who is reading it elsewhere, and hears of it only if that fails. ``critical``: it goes out by the
    second way when Telegram is silent; ``sounded``: it has. ``kind`` is the event's, "" where that was not written down.
    """

    number: int
    delivered_to: tuple[int, ...] = ()
    on_card: int | None = None
    critical: bool = False
    sounded: bool = False
    kind: str = ""
