"""The words of ``tgtp fetch-history``. Nothing heavy is imported for a help page."""

from __future__ import annotations

from tgtp.backtest.words import Say
from tgtp.chat.console.usage import CommandLine


def add_history_words(parser: CommandLine, say: Say) -> None:
    """Declare what it takes."""
    parser.arguments.add_argument("instrument", help=say("history.instrument"))
    parser.arguments.add_argument("bar", help=say("history.bar"))
    parser.arguments.add_argument("start", help=say("history.start"))
    add = parser.options.add_argument
    add("--end", metavar="2022-12-31", help=say("history.end"))
    add("--price", choices=("mark", "last"), default="mark", help=say("history.price"))
    add("--funding", action="store_true", help=say("history.funding"))
    add("--to", metavar=say("folder"), help=say("history.to"))
