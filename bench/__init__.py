"""What tgtp must reach, measured: ``make bench``."""
