"""Why the program does not start, in the reader's language: all that is wrong at once, and no secret."""

from __future__ import annotations

from collections.abc import Iterable

from tgtp.chat.console.redaction import Redaction
from tgtp.chat.formatting.error_text import sentence
from tgtp.chat.texts import Language, plain, visible
from tgtp.errors import CannotStart
from tgtp.settings.environment import Settings
from tgtp.settings.reading.refusals import SettingsRefused
from tgtp.settings.reading.secret_shapes import is_harmless, veiled


def refusal_text(language: Language, exc: CannotStart, secrets: Iterable[str] = (), *, headed: bool = True) -> str:
    """Write why the program does not start: one line for one cause, else a heading and a line each.

    Not ``headed``: the causes alone.
    """
    strike = Redaction(secrets).strike
    problems = [each.problem for each in exc.refusals] if isinstance(exc, SettingsRefused) else [exc.problem]
    causes = [visible(veiled(strike(sentence(language, each)))) for each in problems]
    if not headed:
        return "\n".join(causes)
    if len(causes) == 1:
        return plain(language, "start.refused", why=causes[0])
    rows = [f"  {number}. {cause}" for number, cause in enumerate(causes, 1)]
    return "\n".join([plain(language, "start.refused.all", count=len(causes)), *rows])


def why_not(exc: CannotStart, settings: Settings | None, *, headed: bool = True) -> str:
    """Write why the program does not start, as far as its settings could be read."""
    if settings is None:
        return refusal_text("zh" if isinstance(exc, SettingsRefused) and exc.language == "zh" else "en", exc, headed=headed)
    # Any text is a folder: a secret that stands there would be told with it.
    folder = str(settings.data_dir)
    hidden = () if is_harmless(folder) or folder.startswith(("/", "~", ".")) else (folder,)
    return refusal_text(settings.console_language, exc, (*settings.secrets, *hidden), headed=headed)


def interrupted(settings: Settings | None) -> str:
    """Write that it was stopped before it had started, on a line of its own."""
    return "\n" + plain(settings.console_language if settings is not None else "en", "start.interrupted")
