"""Every exception tgtp raises on purpose, classed by what the catcher must do.

::

    TgtpError
    ├── CannotStart            say the problem, exit 2
    │   ├── SettingsInvalid    a variable is wrong: names it, what it got, what it wants
    │   ├── LedgerUnreadable   never start from an empty ledger instead
    │   └── DataInUse          another process works on the same data folder
    ├── Invalid                a setting or a ladder cannot be taken: say why
    ├── LedgerWriteFailed      what was to be written is not on disk: do not act on it
    │   └── PauseUnwritten     but the stop that it was is in force: say that it ends with the program
    ├── OrderDenied            our own guard refused: nothing was sent
    └── ExchangeProblem
        ├── OrderRefused       the exchange refused, definitely: plan again later
        ├── OutcomeUnknown     the order may have happened: look it up, never resend blindly
        ├── NotSent            no connection was made, nothing left this machine: plan again at the next check
        ├── TemporarilyDown    a read failed and says nothing: retry
        └── AccessRefused      keys or permission: stop trading, tell the owner
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic_core import CoreSchema, core_schema

# Its one value stands as it is, in every language.
WORDS = "problem.words"


@dataclass(frozen=True, init=False)
class Problem:
    """What is wrong: ``key`` names its sentence in ``tgtp/chat/texts``, ``values`` fill it; a value may be a problem itself.

    Events on disk hold them: a key that has landed keeps its name and its values.

    >>> print(Problem("problem.slow"))
    problem.slow
    >>> print(Problem("problem.through", why=Problem.of_words("HTTP 502"), proxy="http://127.0.0.1:7890"))
    problem.through (why: HTTP 502, proxy: http://127.0.0.1:7890)
    """

    key: str
    values: tuple[tuple[str, str | Problem], ...]

    def __init__(self, key: str, /, **values: object) -> None:
        parts = tuple((name, part if isinstance(part, Problem) else str(part)) for name, part in values.items())
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "values", parts)

    @classmethod
    def of_words(cls, words: object) -> Problem:
        """Return words that are not the program's own: of the exchange, the system, a library."""
        return cls(WORDS, words=words)

    @property
    def parts(self) -> Iterator[str]:
        """All that fills it, and what fills those in it."""
        for _, part in self.values:
            yield from part.parts if isinstance(part, Problem) else (part,)

    def with_parts(self, change: Callable[[str], str]) -> Problem:
        """Return it with all that fills it changed."""
        changed = {name: part.with_parts(change) if isinstance(part, Problem) else change(part) for name, part in self.values}
        return Problem(self.key, **changed)

    @classmethod
    def read(cls, row: Any) -> Problem:
        """Read it as ``row`` writes it. Raises ValueError."""
        if isinstance(row, Problem):
            return row
        if isinstance(row, str):
            # Older ledgers hold the sentence itself, in English.
            return cls.of_words(row)
        if not isinstance(row, dict) or not isinstance(row.get("key"), str) or not isinstance(row.get("values"), dict):
            raise ValueError("a problem has a key and values")  # noqa: TRY004 - pydantic wants ValueError
        values = {name: part if isinstance(part, str) else cls.read(part) for name, part in row["values"].items()}
        return cls(row["key"], **values)

    def row(self) -> dict[str, Any]:
        """Write it as it stands in a ledger."""
        return {"key": self.key, "values": {name: part if isinstance(part, str) else part.row() for name, part in self.values}}

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> CoreSchema:
        """Let it be a field."""
        writes = core_schema.plain_serializer_function_ser_schema(cls.row)
        return core_schema.no_info_plain_validator_function(cls.read, serialization=writes)

    def __str__(self) -> str:
        """Say it to whoever reads a traceback."""
        if self.key == WORDS:
            return "".join(self.parts)
        filled = ", ".join(f"{name}: {part}" for name, part in self.values)
        return f"{self.key} ({filled})" if filled else self.key


# The exchange has said nothing.
NO_WORDS = Problem.of_words("")


class TgtpError(Exception):
    """Anything tgtp raises on purpose; a plain ``str`` stands for words that are not its own."""

    def __init__(self, problem: Problem | str) -> None:
        super().__init__(problem)
        self.problem = problem if isinstance(problem, Problem) else Problem.of_words(problem)


class Invalid(TgtpError, ValueError):
    """A value cannot be taken."""


class CannotStart(TgtpError):
    """The program refuses to start."""


class SettingsInvalid(CannotStart):
    """A setting is wrong; the problem names the variable, what it got and what it wants."""


class LedgerUnreadable(CannotStart):
    """The ledger on disk cannot be understood; starting empty would fire every tier again.

    ``found`` says what is wrong with it, without what to do.
    """

    def __init__(self, problem: Problem, found: Problem | None = None) -> None:
        super().__init__(problem)
        self.found = found or problem


class DataInUse(CannotStart):
    """Another process holds the data folder."""


class LedgerWriteFailed(TgtpError):
    """A step could not be written; memory was put back to what is on disk.

    ``on_disk``: that is the step itself, but a power cut might take it back. Nothing may be sent on it.
    """

    def __init__(self, problem: Problem | str, *, on_disk: bool = False) -> None:
        super().__init__(problem)
        self.on_disk = on_disk


class PauseUnwritten(LedgerWriteFailed):
    """A pause could not be written; it holds in memory, for as long as this process runs, until it can be."""


class OrderDenied(TgtpError):
    """Our own guard refused an order before it was sent."""


class ExchangeProblem(TgtpError):
    """The exchange, or the way to it, is at fault."""


class OrderRefused(ExchangeProblem):
    """The exchange definitely refused an order.

    ``code`` is the exchange's own (OKX: ``sCode``), ``reason`` its words, and ``why`` what people are told: those words, where
    nothing better is known.
    """

    def __init__(self, code: str, reason: str, why: Problem | None = None) -> None:
        super().__init__(f"{code}: {reason}" if code else reason)
        self.code = code
        self.reason = reason
        self.why = why or Problem.of_words(reason)


class OutcomeUnknown(ExchangeProblem):
    """An order may or may not have happened."""


class NotSent(ExchangeProblem):
    """An order provably never left this machine."""


class TemporarilyDown(ExchangeProblem):
    """A read failed; it says nothing about any leg."""


class AccessRefused(ExchangeProblem):
    """The exchange refuses the keys, their permission or this address."""
