"""The answer to a card that asks whether a ladder shall be changed or emptied: told to whoever pressed, once."""

from __future__ import annotations

from typing import TypeVar

from telegram import Update

from tgtp.chat.access.confirmation import VALID, Answer, Confirmations
from tgtp.chat.commands.handlers import Context
from tgtp.chat.commands.session import Session, query_of
from tgtp.chat.messages.message import Button, Message
from tgtp.chat.messages.send import answer

LONGEST_DATA = 64
SHOW_ALL = "ls:1:"

Subject = TypeVar("Subject")


def answer_data(kind: str, nonce: str, again: str) -> tuple[str, str]:
    """Give what the buttons Yes and No of a card carry; ``again`` is the button that asks anew when it is too late."""
    yes, no = (f"{kind}:{nonce}:{verb}:{again}" for verb in "yn")
    if len(yes.encode()) > LONGEST_DATA:
        return answer_data(kind, nonce, SHOW_ALL)
    return yes, no


async def consent(
    session: Session, update: Update, context: Context, questions: Confirmations[Subject], rest: str
) -> Subject | None:
    """Give what was confirmed; else None, and the person has been told what became of the question.

    ``rest`` is what ``answer_data`` put behind the kind.
    """
    nonce, _, more = rest.partition(":")
    verb, _, again = more.partition(":")
    query, reader = query_of(update), session.reader(update)
    said, subject = questions.take(nonce, query.from_user.id, consents=verb == "y")
    if said is Answer.HASTY:
        await answer(query, reader.plain("ladders.hasty"))
    elif said in (Answer.USED, Answer.FOREIGN):
        # The card shows, or will show, what became of it.
        await answer(query, reader.plain("close.used" if said is Answer.USED else "close.foreign"))
    elif subject is None:
        button = Button(reader.plain("button.ask.again"), again or SHOW_ALL)
        words = reader.say(f"ladders.kept.{said.value}", seconds=VALID)
        await session.reply(update, context, Message(words, ((button,),)))
    elif verb != "y":
        button = Button(reader.plain("button.tiers"), SHOW_ALL)
        await session.reply(update, context, Message(reader.say("ladders.kept"), ((button,),)))
    else:
        await answer(query)
        if session.checker.lock.locked():
            await session.change(query, Message(reader.say("ladders.working")))
        return subject
    return None
