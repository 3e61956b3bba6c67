"""The door: ``python bot.py`` runs tgtp with the settings of ``.env``."""

import sys

from tgtp.app import main

if __name__ == "__main__":
    sys.exit(main())
