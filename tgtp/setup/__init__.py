"""``tgtp setup``: asks for what a first start needs, tries each answer at once, and writes ``.env``."""
