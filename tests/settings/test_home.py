"""Where .env and the data lie: the current folder of a checkout, a fixed one when installed, or one that is named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.fixtures.sentences import raises
from tgtp.errors import SettingsInvalid
from tgtp.settings.contact import read_contact
from tgtp.settings.environment import Settings, read_settings, readable_secrets, unknown_names
from tgtp.settings.reading import home
from tgtp.settings.reading.refusals import SettingsRefused


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A person's own folder, with another one in it that is the current one; no home is named."""
    monkeypatch.delenv("TGTP_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    return tmp_path


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, person: Path) -> Path:
    monkeypatch.setattr(home, "CHECKOUT", person / "lib" / "pyproject.toml")
    return person


def test_a_checkout_works_in_the_current_folder(person: Path) -> None:
    (person / "elsewhere" / ".env").write_text("MIN_MARGIN=7\nNONSENSE=1\n", encoding="utf-8")
    assert read_settings().min_margin == 7
    # As it was always named.
    assert read_settings().folder == Path("data/paper")
    assert unknown_names() == ["NONSENSE"]


def test_what_is_installed_works_in_one_folder_wherever_it_is_started(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (installed / ".tgtp").mkdir()
    file = installed / ".tgtp" / ".env"
    file.write_text("TELEGRAM_BOT_TOKEN=1:t0ken\nCHAT=telegram\nMIN_MARGIN=7\n", encoding="utf-8")
    file.chmod(0o644)
    for folder in (installed, installed / "elsewhere", Path("/")):
        monkeypatch.chdir(folder)
        assert read_settings().min_margin == 7
        assert read_settings().folder == installed / ".tgtp" / "data" / "paper"
        assert readable_secrets() == str(file)
        contact = read_contact()
        assert (contact.token, contact.data_dir) == ("1:t0ken", installed / ".tgtp" / "data")


def test_a_whole_path_of_the_data_is_taken_as_it_is(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", "/var/lib/tgtp")
    assert read_settings().folder == Path("/var/lib/tgtp/paper")
    assert read_contact().data_dir == Path("/var/lib/tgtp")
    monkeypatch.setenv("DATA_DIR", "~/ledgers")
    assert read_settings().folder == installed / "ledgers" / "paper"
    assert read_contact().data_dir == installed / "ledgers"


@pytest.mark.parametrize("option", ["", "../named", "~/named"])
def test_a_folder_can_be_named(installed: Path, monkeypatch: pytest.MonkeyPatch, option: str) -> None:
    monkeypatch.setenv("TGTP_HOME", "/nonexistent" if option else "~/named")
    (installed / "named").mkdir()
    (installed / "named" / ".env").write_text("MIN_MARGIN=7\n", encoding="utf-8")
    if option:
        home.work_in(option)
    assert read_settings().min_margin == 7
    assert read_settings().folder.resolve() == installed / "named" / "data" / "paper"


def test_a_slip_in_the_name_of_the_folder_begins_no_new_memory(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TGTP_HOME", str(installed / "nmaed"))
    with raises(SettingsInvalid, match="nmaed is not a folder; create it, or correct --home or TGTP_HOME"):
        read_settings()
    assert not (installed / "nmaed").exists()


@pytest.mark.parametrize("language", ["", "zh"])
def test_settings_beside_which_it_is_started_are_not_passed_over_in_silence(
    installed: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    here = installed / "elsewhere" / ".env"
    here.write_text("EXCHANGE=okx\n", encoding="utf-8")
    monkeypatch.setenv("LANGUAGE", language)
    with raises(SettingsRefused, match=rf"{here} is not read: tgtp works in {installed}/.tgtp") as refused:
        read_settings()
    assert refused.value.language == language
    # Of a program that has nothing to do with this one.
    here.write_text("RAILS_ENV=production\n", encoding="utf-8")
    assert read_settings() == Settings(language=language or None)
    # It is known which is meant.
    here.write_text("EXCHANGE=okx\n", encoding="utf-8")
    (installed / ".tgtp").mkdir()
    (installed / ".tgtp" / ".env").touch()
    assert read_settings() == Settings(language=language or None)


def test_a_user_without_a_home_is_asked_to_name_a_folder(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "home", unknown)
    with raises(SettingsInvalid, match="your home folder is not known; name a folder by --home or TGTP_HOME"):
        read_settings()
    assert read_contact().data_dir == Path(os.devnull) / "data"
