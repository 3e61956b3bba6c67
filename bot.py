"""The door: ``python bot.py`` runs tgtp with the settings of ``.env``."""

import sys

from tgtp.interrupt import end_in_one_line

end_in_one_line()

from tgtp.app import main  # noqa: E402 - it takes a second, in which people press Ctrl-C

if __name__ == "__main__":
    sys.exit(main())
