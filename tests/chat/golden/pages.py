"""A view as a page of text: each number of legs, the words as Telegram gets them, and the buttons row by row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.chat.golden.example_account import COUNTS, World
from tests.chat.golden.views import OTHERS, VIEWS, Shown
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.texts import Language

FOLDER = Path(__file__).parent
NAMES = (*VIEWS, *OTHERS)


def path_of(name: str, language: Language) -> Path:
    return FOLDER / f"{name}.{language}.txt"


def shown(name: str, language: Language) -> Iterator[tuple[int, list[Message]]]:
    """The messages of a view for each number of legs; once, for 0, where that does not matter."""
    if name in OTHERS:
        yield 0, listed(OTHERS[name](World(language, 2)))
        return
    for count in COUNTS:
        if messages := listed(VIEWS[name](World(language, count))):
            yield count, messages


def listed(found: Shown) -> list[Message]:
    if found is None:
        return []
    return [found] if isinstance(found, Message) else list(found)


def page(name: str, language: Language) -> str:
    counts: dict[str, list[int]] = {}
    for count, messages in shown(name, language):
        counts.setdefault("\n\n".join(map(written, messages)), []).append(count)
    if name in OTHERS:
        return "".join(counts) + "\n"
    return "\n\n".join(f"== {', '.join(map(str, of))}\n{text}" for text, of in counts.items()) + "\n"


def written(message: Message) -> str:
    rows = [" | ".join(_button(button) for button in row) for row in message.buttons]
    above = [f"[{type(message.picture).__name__}: {message.picture.title}]"] if message.picture is not None else []
    return "\n".join([*above, message.text, *rows])


def _button(button: Button) -> str:
    if button.copies:
        return f"( {button.label} → copies {button.data} )"
    return f"( {button.label} → {button.data}{f' {button.style}' if button.style else ''} )"
