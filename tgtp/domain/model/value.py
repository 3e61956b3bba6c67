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
    return value.astimezone(dt.UTC)


Number = Annotated[Decimal, BeforeValidator(_refuse_float), Field(allow_inf_nan=False)]
Positive = Annotated[Decimal, BeforeValidator(_refuse_float), Field(allow_inf_nan=False, gt=0)]
NotNegative = Annotated[Decimal, BeforeValidator(_refuse_float), Field(allow_inf_nan=False, ge=0)]
Moment = Annotated[AwareDatetime, AfterValidator(_utc)]


class Value(BaseModel):
    """A frozen value. Change one by ``replaced``: pydantic's ``model_copy`` would skip the validation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def replaced(self, **changes: Any) -> Self:
        """Return a validated copy with some fields changed."""
        return type(self)(**{**{name: getattr(self, name) for name in type(self).model_fields}, **changes})
