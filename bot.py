"""The door: ``python bot.py`` runs tgtp with the settings of ``.env``."""

import sys

from tgtp.interrupt import end_in_one_line

end_in_one_line()

# ruff: noqa: E402 - they take a moment, in which people press Ctrl-C
from tgtp.chat.console.usage import read_no_words
from tgtp.settings.contact import reader_language
from tgtp.settings.reading.home import named_home
from tgtp.typed import note_start, program

if __name__ == "__main__":
    note_start(named_home())
    if words := sys.argv[1:]:
        # Started by a slip, it would trade.
        read_no_words(reader_language(), words, "bot.py", program())
    from tgtp.app import main

    sys.exit(main())
