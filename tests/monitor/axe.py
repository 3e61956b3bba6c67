"""axe-core, which finds what keeps people from a page: taken from npm once, and kept beside other caches."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

VERSION = "4.14.1"
SHA512 = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "tgtp-tests"
RUN = """
async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.filter((one) => ["serious", "critical"].includes(one.impact))
    .flatMap((one) => one.nodes.map((node) => [one.id, ...node.target, ...node.any.map((check) => check.message)].join(": ")));
}
"""


@cache
def source() -> str:
    """Return the script; the test that asks is skipped where npm cannot be reached."""
    tarball = CACHE / f"axe-core-{VERSION}.tgz"
    if not tarball.exists():
        _fetch(tarball)
    content = tarball.read_bytes()
    assert base64.b64encode(hashlib.sha512(content).digest()).decode() == SHA512
    with tarfile.open(tarball) as archive:
        script = archive.extractfile("package/axe.min.js")
        assert script is not None
        return script.read().decode()


def _fetch(tarball: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, and axe-core is not in the cache")
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        pack = [npm, "pack", f"axe-core@{VERSION}", "--silent", "--fetch-retries=0", "--fetch-timeout=20000"]
        asked = subprocess.run(pack, cwd=folder, capture_output=True, check=False, timeout=120)
        if asked.returncode:
            pytest.skip("the registry of npm cannot be reached, and axe-core is not in the cache")
        (Path(folder) / asked.stdout.decode().strip()).replace(tarball)


async def complaints(page: Page) -> list[str]:
    """Return what is serious or critical on a page as it is shown now."""
    # Evaluated, not added as a tag: the page's policy allows no script of others.
    await page.evaluate(source())
    found: Any = await page.evaluate(RUN)
    return list(found)
