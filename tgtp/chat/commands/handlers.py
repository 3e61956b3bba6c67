"""Declares what answers a command or a button: by a decorator on the method that does. Router, help and list read it here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, ClassVar, NamedTuple, TypeVar

from telegram import Update
from telegram.ext import ContextTypes

Context = ContextTypes.DEFAULT_TYPE
Handler = Callable[[Update, Context], Coroutine[Any, Any, None]]
# A press gets what follows the kind in the button's data: ``3:STX`` of ``st:3:STX``.
Press = Callable[[Update, Context, str], Coroutine[Any, Any, None]]
Method = TypeVar("Method", bound=Callable[..., Coroutine[Any, Any, None]])

_DECLARED = "__declared__"
# The place of a command that names none: behind the others of its topic.
LAST = 100


class Command(NamedTuple):
    """A command: the ``topic`` of the help on whose page it stands, and its ``place`` there, the lowest first."""

    name: str
    topic: str = ""
    place: int = LAST


class Kind(NamedTuple):
    """A kind of button. ``raises_risk``: its data begins with one of these where a press lets the program trade more."""

    name: str
    raises_risk: tuple[str, ...] = ()


def command(name: str, *, topic: str = "", place: int = LAST) -> Callable[[Method], Method]:
    """Declare that a method answers ``/name``. ``topic`` may be left out where another group declares it too."""
    return _declared(Command(name, topic, place))


def button(*names: str, raises_risk: tuple[str, ...] = ()) -> Callable[[Method], Method]:
    """Declare that a method answers buttons whose data begins with one of ``names`` and a colon.

    ``raises_risk``: what follows begins so where the program may trade more afterwards; ``""`` for every press of it. Such a
    button works in a message of any age, and asks again where nobody was there to take the press.
    """
    return _declared(*(Kind(name, tuple(f"{name}:{rest}" for rest in raises_risk)) for name in names))


def _declared(*marks: Command | Kind) -> Callable[[Method], Method]:
    def mark(method: Method) -> Method:
        setattr(method, _DECLARED, (*getattr(method, _DECLARED, ()), *marks))
        return method

    return mark


class HandlerGroup:
    """The handlers of one noun of the chat, as methods under ``@command`` and ``@button``."""

    # What the class declares, and the name of the method that answers it.
    declared: ClassVar[Mapping[Command | Kind, str]] = {}

    def __init_subclass__(cls) -> None:
        """Collect what the methods declare, in the order in which they stand."""
        cls.declared = {mark: name for name, method in vars(cls).items() for mark in getattr(method, _DECLARED, ())}

    def commands(self) -> Mapping[str, Handler]:
        """Return what answers each command."""
        return {mark.name: getattr(self, method) for mark, method in self.declared.items() if isinstance(mark, Command)}

    def buttons(self) -> Mapping[str, Press]:
        """Return what answers each kind of button."""
        return {mark.name: getattr(self, method) for mark, method in self.declared.items() if isinstance(mark, Kind)}


class Table(NamedTuple):
    """What answers each command, and each kind of button."""

    commands: dict[str, Handler]
    buttons: dict[str, Press]


def table(*groups: HandlerGroup) -> Table:
    """Collect what the groups answer. Raises ValueError where two answer the same."""
    declared = Counter((type(mark), mark.name) for group in groups for mark in group.declared)
    if twice := [name for (_, name), count in declared.items() if count > 1]:
        raise ValueError(f"answered twice: {', '.join(twice)}")
    return Table(
        {name: handler for group in groups for name, handler in group.commands().items()},
        {name: press for group in groups for name, press in group.buttons().items()},
    )


def topics_of(groups: Iterable[type[HandlerGroup]]) -> Mapping[str, str]:
    """Return the topic of every command that is declared, in the order of the places within a topic."""
    commands = [mark for group in groups for mark in group.declared if isinstance(mark, Command) and mark.topic]
    return {mark.name: mark.topic for mark in sorted(commands, key=lambda mark: mark.place)}


def risky_buttons(groups: Iterable[type[HandlerGroup]]) -> tuple[str, ...]:
    """Return how the data of a button begins that lets the program trade more."""
    return tuple(prefix for group in groups for mark in group.declared if isinstance(mark, Kind) for prefix in mark.raises_risk)
