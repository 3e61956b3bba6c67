"""Every setting is parsed once, here, and all that is wrong with any of them is told at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tgtp.errors import Invalid, Problem
from tgtp.settings.accounts import read_accounts
from tgtp.settings.hints import WANTS
from tgtp.settings.reading.env_file import EnvFile
from tgtp.settings.reading.refusals import Refusal, SettingsRefused
from tgtp.settings.reading.secret_shapes import HIDDEN, SHORTEST_WITHIN, is_harmless, shown, veiled

Kind = TypeVar("Kind", bound=BaseModel)


class Given(NamedTuple):
    """What is set, by name in upper case; ``secret`` are the names whose values are secrets, ``file`` where lines count."""

    environment: Mapping[str, str]
    secret: Collection[str]
    file: EnvFile

    @property
    def secrets(self) -> list[str]:
        """The values that are secrets."""
        return [value for name, value in self.environment.items() if name in self.secret]


def build(kind: type[Kind], given: Given, wrong: Sequence[Refusal] = ()) -> Kind:
    """Build the settings; ``wrong`` is what was found before. Raises SettingsRefused with all that is wrong."""
    refusals, settings = [refusal for refusal in wrong if not refusal.of], None
    environment = given.environment
    names = [name for name in kind.model_fields if name.upper() in environment]
    values: dict[str, Any] = {name: environment[name.upper()] for name in names if name != "accounts"}
    try:
        needs_keys = environment.get("EXCHANGE", "").strip().lower() == "okx"
        of_one = [_placed(refusal, given) for refusal in wrong if refusal.of]
        values["accounts"] = read_accounts(environment, needs_keys=needs_keys, wrong=of_one)
    except SettingsRefused as exc:
        refusals += exc.refusals
    while settings is None:
        try:
            settings = kind(**values)
        except ValidationError as exc:
            # Without these the rest is looked at again, so that what is wrong with it is told too.
            for name, refusal in _refusals(exc, given):
                refusals.append(refusal)
                del values[name]
        except SettingsRefused as exc:
            named = {refusal.name for refusal in refusals}
            refusals += [refusal for refusal in exc.refusals if refusal.name not in named]
            break
    if settings is None or refusals:
        wanted = environment.get("LANGUAGE", "").strip().lower()[:2]
        raise SettingsRefused((_placed(refusal, given) for refusal in refusals), wanted if wanted in {"zh", "en"} else "")
    return settings


def _refusals(exc: ValidationError, given: Given) -> Iterator[tuple[str, Refusal]]:
    for error in exc.errors(include_url=False):
        name = str(error["loc"][0])
        variable, why = name.upper(), _why(error)
        got = HIDDEN if variable in given.secret else shown(given.environment[variable], given.secrets)
        if got == HIDDEN and (variable not in given.secret or _quotes(why, given.environment[variable])):
            # Where a value is no secret by its name, the sentence may quote a part of it; a library's may do so anywhere.
            why = None
        yield name, Refusal(variable, why, got=got, wants=WANTS.get(name))


def _why(error: ErrorDetails) -> Problem | None:
    """Return what a validator says; None where a library has only its own words for a wrong type."""
    said = error.get("ctx", {}).get("error")
    if isinstance(said, Invalid):
        return said.problem
    return Problem.of_words(said) if isinstance(said, ValueError) else None


def _quotes(why: Problem | None, text: str) -> bool:
    """Return whether what fills a sentence holds a part of a text that could be a secret."""
    said = " ".join(why.parts).lower() if why is not None else ""
    return any(part.lower() in said for part in re.findall(r"[^\s:/@,;\[\]]{7,}", text) if not is_harmless(part))


def _placed(refusal: Refusal, given: Given) -> Refusal:
    """Add where it stands, and strike out what is known to be secret."""
    line = given.file.lines.get(refusal.name)
    if line is not None and line.value:
        refusal = refusal._replace(file=str(given.file.path), line=line.number)

    def strike(text: str) -> str:
        for secret in given.secrets:
            if len(secret) >= SHORTEST_WITHIN:
                text = re.sub(re.escape(secret), HIDDEN, text, flags=re.IGNORECASE)
        return text

    got = strike(refusal.got)
    why = refusal.why.with_parts(lambda part: veiled(strike(part))) if refusal.why is not None else None
    return refusal._replace(name=strike(refusal.name), why=why, got=HIDDEN if HIDDEN in got else got)
