"""``tgtp setup``: the conversation, the file, the doctor, and what to type next."""

from __future__ import annotations

import logging

from tgtp.chat.console.refusal_text import refusal_text
from tgtp.chat.formatting.error_text import sentence
from tgtp.chat.texts import Language, plain
from tgtp.doctor.machine import LOCK, is_locked
from tgtp.doctor.run import run_doctor
from tgtp.errors import CannotStart
from tgtp.settings.environment import Settings
from tgtp.settings.reading.home import explained_in
from tgtp.settings.reading.refusals import SettingsRefused
from tgtp.setup.console import Console, Ended, Lines, lines_of_this_process
from tgtp.setup.draft import Draft
from tgtp.setup.questions import ASKED, Questions
from tgtp.typed import typed

# As of every program that Ctrl-C has ended.
INTERRUPTED = 130
REFUSED = 2


def run_setup(language: Language, lines: Lines | None = None) -> int:
    """Ask, write, and look at all of it; return the doctor's exit code, 2 where nothing was written, 130 after Ctrl-C."""
    # What the libraries say of what is wrong is said here.
    logging.disable(logging.CRITICAL)
    console = Console(language, lines or lines_of_this_process())
    try:
        draft = _drafted(console)
    except CannotStart as exc:
        console.say("setup.refused", why=refusal_text(console.language, exc, headed=False))
        return REFUSED
    except Ended as exc:
        console.say("setup.refused", why=sentence(console.language, exc.problem))
        return REFUSED
    except KeyboardInterrupt:
        console.say("setup.stopped")
        return INTERRUPTED
    console.say("setup.written", file=draft.path)
    code = run_doctor(as_a_program=False)
    console.tell("")
    if code != REFUSED:
        _tell_next(console, draft.settings())
    return code


def _drafted(console: Console) -> Draft:
    """Ask for everything and write it. Raises CannotStart and Ended, and nothing has changed."""
    draft = Draft()
    # What another hand has written, or the environment says, is not ours to mend.
    refusals = draft.refusals()
    if wrong := [each for each in refusals if each.name not in ASKED or draft.is_of_the_environment(each.name)]:
        raise SettingsRefused(wrong)
    questions = Questions(console, draft)
    questions.run()
    draft.head(plain(console.language, "setup.comment", example=explained_in() or ".env.example"))
    draft.write()
    return draft


def _tell_next(console: Console, settings: Settings) -> None:
    if is_locked(settings.folder / LOCK):
        console.say("setup.next.restart")
    else:
        console.say("setup.next", command=typed("run"))
    if settings.chat == "telegram" and not settings.telegram_allowed_users:
        console.say("setup.next.pair")
    explained = explained_in()
    console.say("setup.next.hosts", folder=explained.parent / "docs" / "hosts" if explained else "docs/hosts")
