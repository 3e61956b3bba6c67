"""The words of the page: an asset of its own for each language."""

from __future__ import annotations

from typing import Final

from tgtp.chat.texts import TEXTS, Language

PAGE: Final = "page."


def words(language: Language) -> dict[str, str]:
    """Return every text of the page by its key, with the places that the page fills (``{count}``)."""
    return {key: getattr(text, language) for key, text in TEXTS.items() if key.startswith(PAGE)}
