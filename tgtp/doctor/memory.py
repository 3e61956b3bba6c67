"""What the ledger remembers, read from a copy: the folder itself is neither locked nor changed."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tgtp.adapters.storage.data_folder import COPIES, LEDGER, MARK, TRACES
from tgtp.adapters.storage.ledger import TinyLedger
from tgtp.errors import CannotStart


@contextlib.contextmanager
def copied_ledger(folder: Path) -> Iterator[TinyLedger]:
    """Open a copy of the ledger in this folder. Raises CannotStart in the words of a start."""
    with tempfile.TemporaryDirectory(prefix="tgtp-doctor-") as name:
        copy = Path(name) / folder.name
        copy.mkdir()
        for file in (folder / MARK, folder / LEDGER):
            if file.exists():
                shutil.copy(file, copy)
        for trace in TRACES:
            for path in folder.glob(trace):
                if path.name == COPIES:
                    shutil.copytree(path, copy / path.name)
                else:
                    # Past events are only read.
                    (copy / path.name).symlink_to(path.absolute())
        try:
            ledger = TinyLedger(copy)
        except CannotStart as exc:
            raise CannotStart(exc.problem.with_parts(lambda part: part.replace(str(copy), str(folder)))) from exc
        try:
            yield ledger
        finally:
            ledger.close()
