"""What people of other bots look for: the last lines of the log, and the settings in force."""

from __future__ import annotations

from telegram import Update

from tgtp.chat.commands import arguments
from tgtp.chat.commands.handlers import Context, HandlerGroup, command
from tgtp.chat.commands.history.health_view import Running
from tgtp.chat.commands.history.in_force import drawdown_texts, on_off
from tgtp.chat.commands.history.program_view import Said, log_lines, settings_in_force
from tgtp.chat.commands.session import Session, whole_number
from tgtp.chat.console.recent_lines import KEPT, last_lines
from tgtp.chat.formatting.reader import Reader
from tgtp.domain.model import MAIN
from tgtp.domain.order import GUARDS

USUAL = 20


class ProgramCommands(HandlerGroup):
    """Answers /logs and /show_config."""

    def __init__(self, session: Session, running: Running) -> None:
        self._session = session
        self._running = running

    @command("logs", topic="reports", place=5)
    async def logs(self, update: Update, context: Context) -> None:
        """Show the last lines of the story. Raises Unclear."""
        reader, word = self._session.reader(update), " ".join(context.args or [str(USUAL)])
        count = whole_number(word)
        if count is None or not 1 <= count <= KEPT:
            raise arguments.Unclear(reader.say("logs.form", word=word[:40], most=KEPT))
        await self._session.reply(update, context, log_lines(reader, last_lines(count)))

    @command("show_config", topic="bot", place=8)
    async def show_config(self, update: Update, context: Context) -> None:
        """Show the settings in force, without secrets."""
        reader = self._session.reader(update)
        await self._session.reply(update, context, settings_in_force(reader, self._running.settings, self._said(reader)))

    def _said(self, reader: Reader) -> dict[str, Said]:
        """Return what holds of that which people can change on the phone, by the name of the setting."""
        rules = reader.rules
        found = {"LONG_TIERS": Said(str(rules.long), "/tiers"), "SHORT_TIERS": Said(str(rules.short), "/tiers")}
        found |= {rule.upper(): Said(rules.guards.written(rule), "/guards") for rule in GUARDS}
        for account in self._session.accounts:
            prefix = "" if account.name == MAIN else f"{account.name.upper()}_"
            texts = drawdown_texts(account.checker.drawdown.rules)
            found |= {f"{prefix}{name}": Said(text, "/guards") for name, text in texts.items()}
            found[f"{prefix}RESTING"] = Said(account.checker.resting.rules.mode, "/resting")
            found[f"{prefix}DYNAMIC"] = Said(on_off(account.checker.scaling.switches.account), "/dynamic")
        return found
