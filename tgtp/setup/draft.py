"""The settings as they will be written: in memory until the end, so that whoever stops half-way has changed nothing."""

from __future__ import annotations

import contextlib
import os

from tgtp.adapters.storage.atomic_file import write_whole
from tgtp.adapters.storage.descriptors import FOLDER_MODE
from tgtp.errors import CannotStart, Problem
from tgtp.settings.contact import Contact, contact_of
from tgtp.settings.environment import KNOWN, SECRETS, Settings, settings_of
from tgtp.settings.proxies import PROXIES
from tgtp.settings.reading.env_file import ENCODING, EnvFile, env_file_of, given_by, read_env_file
from tgtp.settings.reading.home import check_home, env_file, home, named_home
from tgtp.settings.reading.refusals import Refusal, SettingsRefused
from tgtp.settings.reading.secret_shapes import KEYS
from tgtp.setup.env_text import typed_as, with_value

# A shorter secret shows nothing of itself.
LONG = 16
SHOWN = 4
BULLETS = "••••"


class Draft:
    """The text of ``.env`` with the answers so far in it. Raises SettingsRefused where the file there cannot be read."""

    def __init__(self) -> None:
        if home().exists() or not named_home():
            check_home(KNOWN)
        self.path = env_file()
        read_env_file(self.path)
        self._found = self._text = self._on_disk()

    @property
    def is_new(self) -> bool:
        """Return whether there was no such file."""
        return not self._found

    @property
    def file(self) -> EnvFile:
        """Return what the text says."""
        return env_file_of(self.path, self._text)

    def value(self, name: str) -> str:
        """Return what is set, by the environment or the text; "" for nothing."""
        return given_by(self.file).get(name, "").strip()

    def is_of_the_environment(self, name: str) -> bool:
        """Return whether the environment sets it, which wins over the file."""
        return self.value(name) != self.file.values.get(name, "").strip()

    def shown(self, name: str) -> str:
        """Return what of a value may be seen: of a secret its last signs, of a proxy all but who logs in there."""
        value = self.value(name)
        if name.lower() in PROXIES:
            scheme, sign, rest = value.rpartition("://")
            return f"{scheme}{sign}{rest.rpartition('@')[2]}"
        if value and is_secret(name):
            return BULLETS + (value[-SHOWN:] if len(value) >= LONG else "")
        return value

    def put(self, name: str, value: str) -> None:
        """Set a value; raises SettingsRefused, with nothing changed, where it cannot be one."""
        if value == self.file.values.get(name, ""):
            return
        typed = typed_as(name, value, is_secret=is_secret(name))
        if typed is None:
            raise SettingsRefused([Refusal(name, Problem("setup.quotes", name=name))])
        before, self._text = self._text, with_value(self._text, name, typed)
        # It stands in no line yet.
        if wrong := [refusal._replace(line=0) for refusal in self.refusals() if refusal.name == name and refusal.got]:
            self._text = before
            raise SettingsRefused(wrong)

    def refusals(self) -> list[Refusal]:
        """Return all that a start would refuse in it now."""
        try:
            settings_of(self.file)
        except SettingsRefused as exc:
            return [*exc.refusals]
        return []

    def settings(self) -> Settings:
        """Return the settings that it comes to. Raises SettingsRefused."""
        return settings_of(self.file)

    def contact(self) -> Contact:
        """Return how people are reached with it."""
        return contact_of(self.file)

    def head(self, comment: str) -> None:
        """Begin a new file with a comment."""
        if self.is_new:
            self._text = f"# {comment}\n{self._text}"

    def write(self) -> None:
        """Write the file, for its owner alone. Raises CannotStart, and the old one is untouched."""
        if self._on_disk() != self._found:
            raise CannotStart(Problem("setup.changed", file=self.path))
        # What a link leads to is replaced, not the link.
        path = self.path.resolve()
        try:
            path.parent.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
            owner = path.stat() if path.exists() else path.parent.stat()
            write_whole(path, self._text.encode(ENCODING.removesuffix("-sig")))
            if os.name == "posix" and os.geteuid() == 0:
                # Set up by root, it is still read by the user whom the folder belongs to.
                os.chown(path, owner.st_uid, owner.st_gid)
        except OSError as exc:
            raise CannotStart(Problem("problem.unwritten", path=path, why=exc.strerror or exc)) from exc

    def _on_disk(self) -> str:
        with contextlib.suppress(FileNotFoundError), self.path.open(encoding=ENCODING, newline="") as file:
            return file.read()
        return ""


def is_secret(name: str) -> bool:
    """Return whether the value of a setting must not be seen."""
    return name.lower() in (*SECRETS, *PROXIES) or name.endswith(KEYS)
