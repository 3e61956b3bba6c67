"""The door: ``python bot.py`` runs tgtp with the settings of ``.env``."""

import sys

from tgtp.interrupt import end_in_one_line

end_in_one_line()

# ruff: noqa: E402 - it takes a second, in which people press Ctrl-C
from tgtp.app import main
from tgtp.settings.reading.home import named_home
from tgtp.typed import note_start

if __name__ == "__main__":
    note_start(named_home())
    sys.exit(main())
