"""Who walks the pieces of a sweep: all cores of this machine by joblib, or a Dask cluster that stands already."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final
from urllib.parse import urlsplit

from joblib import Parallel, delayed
from joblib.externals.loky.process_executor import TerminatedWorkerError

from tgtp.backtest.sweep.pieces import Piece, Score, score_of
from tgtp.errors import CannotStart, Problem
from tgtp.settings.urls import is_this_machine

log = logging.getLogger(__name__)

# Seconds that a scheduler may take to answer.
PATIENCE: Final = 10
# The key of a piece and its score; None where its worker died, twice.
Scored = tuple[str, Score | None]
Work = Callable[[Piece], Score]


def by_joblib(pieces: Sequence[Piece], workers: int, work: Work = score_of) -> Iterator[Scored]:
    """Walk pieces in processes of their own, and give each score as it comes.

    Where one dies, all that were at work are walked again, each alone: only the one that dies again has no score.
    """
    waiting = {piece.key: piece for piece in pieces}
    while waiting:
        begun: list[str] = []
        try:
            # Not through ``waiting`` itself: pieces leave it meanwhile.
            for key, score in _side_by_side(_noted(list(waiting.values()), begun), workers, work):
                del waiting[key]
                yield key, score
        except TerminatedWorkerError:
            for key in [key for key in begun if key in waiting]:
                piece = waiting.pop(key)
                log.debug("a worker died; %s is walked alone", key)
                try:
                    yield from _side_by_side([piece], workers, work)
                except TerminatedWorkerError:
                    yield key, None


def _noted(pieces: Iterable[Piece], begun: list[str]) -> Iterator[Piece]:
    for piece in pieces:
        begun.append(piece.key)
        yield piece


def _side_by_side(pieces: Iterable[Piece], workers: int, work: Work) -> Iterator[tuple[str, Score]]:
    # Of one worker joblib would make none, and the sweep itself would die with a piece.
    pool = Parallel(
        n_jobs=max(2, workers), backend="loky", return_as="generator_unordered", batch_size=1, pre_dispatch=max(2, workers)
    )
    yield from pool(delayed(_scored)(work, piece) for piece in pieces)


def _scored(work: Work, piece: Piece) -> tuple[str, Score]:
    return piece.key, work(piece)


def by_dask(pieces: Sequence[Piece], scheduler: str, work: Work = score_of) -> Iterator[Scored]:
    """Send pieces to a cluster's ``scheduler``; Dask gives those of a worker that dies to another one.

    Raises CannotStart where it is no cluster of this machine and TLS is not used, where it cannot be reached, and where the
    extra is not installed.
    """
    try:
        import distributed  # noqa: PLC0415 - an extra
    except ImportError as exc:
        raise CannotStart(Problem("sweep.distributed")) from exc
    # Dask is typed in part.
    open_client: Any = distributed.Client
    as_completed: Any = distributed.as_completed
    parts = urlsplit(scheduler)
    if parts.scheme != "tls" and not (parts.scheme == "tcp" and is_this_machine(parts.hostname)):
        # Whoever reaches a scheduler runs what code they like on its workers.
        raise CannotStart(Problem("sweep.open", scheduler=scheduler))
    try:
        client = open_client(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, ImportError) as exc:
        raise CannotStart(Problem("sweep.unreached", scheduler=scheduler, why=type(exc).__name__)) from exc
    with client:
        waiting = iter(pieces)
        # Each brings its bars along: more of them at once would only fill the memory of everybody.
        first = list(islice(waiting, 2 * max(1, sum(client.nthreads().values()))))
        keys = {_sent(client, work, piece): piece.key for piece in first}
        coming = as_completed(list(keys), loop=client.loop)
        for future in coming:
            error = future.exception()
            if error is not None and type(error).__name__ == "KilledWorker":
                yield keys.pop(future), None
            else:
                yield future.result()
                del keys[future]
            for piece in islice(waiting, 1):
                sent = _sent(client, work, piece)
                keys[sent] = piece.key
                coming.add(sent)


def _sent(client: Any, work: Work, piece: Piece) -> Any:
    return client.submit(_scored, work, piece, key=piece.key, pure=True)
