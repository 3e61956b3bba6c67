"""The folder that tgtp works in: ``.env`` lies in it, and ``DATA_DIR``, where that is no whole path."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from tgtp.errors import Problem
from tgtp.settings.reading.env_file import read_env_file
from tgtp.settings.reading.refusals import Refusal, SettingsRefused

NAME = "TGTP_HOME"
PACKAGE = "tgtp"
EXAMPLE = ".env.example"
# Beside the package in a checkout; nothing of that name is installed.
CHECKOUT = Path(__file__).resolve().parents[3] / "pyproject.toml"
# Nothing can be read or written below it.
NOWHERE = Path(os.devnull)


def work_in(folder: str) -> None:
    """Work in this folder, whatever the environment says."""
    os.environ[NAME] = folder if folder.startswith("~") else str(Path(folder).absolute())


def named_home() -> str:
    """Return what ``--home`` or the environment names; "" where neither does."""
    return os.environ.get(NAME, "")


def home() -> Path:
    """Return the folder: the one that is named; else the current one for a checkout, and ``~/.tgtp`` for an installed tgtp.

    Never the current one for an installed tgtp: started elsewhere it would find another memory, in which no tier has fired.
    NOWHERE where the user's own folder is not known.
    """
    try:
        if named := named_home():
            return Path(named).expanduser()
        return Path() if CHECKOUT.is_file() else Path.home() / ".tgtp"
    except RuntimeError:
        return NOWHERE


def env_file() -> Path:
    """Return the file of the settings, which need not exist."""
    return home() / ".env"


def explained_in() -> Path | None:
    """Return the file that explains every setting; None where it is not found."""
    beside = CHECKOUT.with_name(EXAMPLE)
    if beside.is_file():
        return beside
    with contextlib.suppress(PackageNotFoundError):
        for each in files(PACKAGE) or ():
            if each.name == EXAMPLE:
                return Path(str(each.locate())).resolve()
    return None


def check_home(known: Collection[str]) -> None:
    """Raise SettingsRefused where the folder is not the one that was meant; ``known`` are the names of all settings."""
    if why := _not_meant(known):
        raise SettingsRefused([Refusal("", why)], os.environ.get("LANGUAGE", "").lower()[:2])


def _not_meant(known: Collection[str]) -> Problem | None:
    folder, here = home(), Path.cwd() / ".env"
    if folder == NOWHERE:
        return Problem("setting.home.unknown", option="--home", name=NAME)
    if named_home():
        # A slip in its name must not begin a new memory.
        return None if folder.is_dir() else Problem("setting.home.missing", folder=folder, option="--home", name=NAME)
    if env_file().is_file() or not here.is_file() or not set(known) & set(read_env_file(here).lines):
        return None
    # Begun on paper instead, the account would stay unguarded, and nobody would say so.
    return Problem("setting.home.passed", file=here, folder=folder, option=f"--home {here.parent}")
