"""In which language: the word of LANGUAGE, and the machine's locale."""

from __future__ import annotations

import os
import re
from typing import Any, Final, Literal

# Where a machine says what language its user reads, the strongest first.
LOCALE: Final = ("LC_ALL", "LC_MESSAGES", "LANG")


def language_word(value: Any) -> Any:
    """Return the word of LANGUAGE, past the machine's own: many systems set that name to a list like ``en_US:en``.

    A list is the machine's and counts as not set; ``zh_CN`` alone is somebody's Chinese.
    """
    if not isinstance(value, str):
        return value
    word = value.strip().lower()
    language = re.split(r"[_.@-]", word)[0]
    if ":" in word or (language != word and language not in {"zh", "en"}):
        return None
    return language


def machine_language() -> Literal["en", "zh"]:
    """Return the language of the machine's locale; English where that is another one, or none."""
    locale = next((found for name in LOCALE if (found := os.environ.get(name, ""))), "")
    return "zh" if locale.lower().startswith("zh") else "en"
