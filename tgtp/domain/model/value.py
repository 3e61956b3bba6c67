"""What every value is made of: frozen, and without floats, NaN and naive datetimes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def _refuse_float(value: Any) -> Any:
    if isinstance(value, (float, bool)):
        raise ValueError(f"money and sizes are never floats: {value!r}")  # noqa: TRY004 - pydantic wants ValueError
    return value


def _utc(value: dt.datetime) -> dt.datetime:
    return value if value.tzinfo is dt.UTC else value.astimezone(dt.UTC)


# Pydantic refuses NaN and infinities by itself. Asked for it, or for a bound that stands behind a function of ours, it would
# look at every number in Python.
Number = Annotated[Decimal, BeforeValidator(_refuse_float)]
Positive = Annotated[Decimal, Field(gt=0), BeforeValidator(_refuse_float)]
NotNegative = Annotated[Decimal, Field(ge=0), BeforeValidator(_refuse_float)]
Moment = Annotated[AwareDatetime, AfterValidator(_utc)]


class Value(BaseModel):
    """A frozen value. Change one by ``replaced``: pydantic's ``model_copy`` would skip the validation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def replaced(self, **changes: Any) -> Self:
        """Return a validated copy with some fields changed."""
        return type(self)(**{**{name: getattr(self, name) for name in type(self).model_fields}, **changes})
