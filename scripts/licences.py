"""Write docs/licences.md from what is installed: ``python scripts/licences.py``."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "licences.md"
LONGEST = 40
HEAD = """# Licences

tgtp itself is under the MIT licence (`LICENSE`). It is installed with the packages below, as `requirements.txt` pins them;
none is changed. The licence is what the package says of itself. Written by `python scripts/licences.py`.

| package | version | licence |
|---|---|---|
"""
VENDORED = """
Part of tgtp's own package:

| what | where | licence |
|---|---|---|
| uPlot | `tgtp/monitor/static/vendor/uplot/` | MIT |

The font of the pictures, Noto Sans CJK, comes with `noto-cjk-sans-otc`, unchanged (OFL-1.1).
"""


def page() -> str:
    """Return the page as it is to be."""
    rows, elsewhere = [], []
    for name, version in pinned():
        try:
            rows.append(f"| {name} | {version} | {licence(distribution(name))} |\n")
        except PackageNotFoundError:
            elsewhere.append(f"{name} {version}")
    others = f"\nInstalled on other systems only, and so not read here: {', '.join(elsewhere)}.\n" if elsewhere else ""
    return HEAD + "".join(rows) + others + VENDORED


def pinned() -> list[tuple[str, str]]:
    """Return the name and version of each package that the program runs with."""
    return re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE)


def licence(found: Distribution) -> str:
    """Return the licence: the expression, else the short name, else the classifiers.

    Raises LookupError where a package says nothing: somebody has to look.
    """
    said = {name: found.metadata.get_all(name) or [""] for name in ("Classifier", "License", "License-Expression")}
    (short, *_), (expression, *_) = said["License"], said["License-Expression"]
    classified = [each.rpartition(" :: ")[2] for each in said["Classifier"] if each.startswith("License ::")]
    if expression:
        return str(expression)
    if short and "\n" not in short and len(short) <= LONGEST and short != "UNKNOWN":
        return str(short)
    if classified:
        return ", ".join(classified)
    raise LookupError(found.name)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
