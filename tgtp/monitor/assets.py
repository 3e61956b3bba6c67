"""The files of the page: they hold nothing of any account, and are the same for everybody."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Final, NamedTuple

from aiohttp import web

from tgtp.chat.texts import LANGUAGES, TEXTS

STATIC: Final = Path(__file__).with_name("static")
# Nothing inline, nothing from elsewhere, and nothing of it in a frame.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
TYPES: Final = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".txt": "text/plain",
    "": "text/plain",
}


class Asset(NamedTuple):
    """A file as it is sent; ``tag`` tells one content from another."""

    content: bytes
    type: str
    tag: str


class Assets:
    """Reads all files at once, so that no name that is asked for is ever looked up on disk."""

    def __init__(self, folder: Path = STATIC) -> None:
        files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in TYPES)
        self._all = {path.relative_to(folder).as_posix(): _asset(path.read_bytes(), TYPES[path.suffix]) for path in files}
        for language in LANGUAGES:
            words = {key: getattr(text, language) for key, text in TEXTS.items() if key.startswith("page.")}
            content = json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode()
            self._all[f"words-{language}.json"] = _asset(content, TYPES[".json"])

    @property
    def names(self) -> tuple[str, ...]:
        """What there is."""
        return tuple(self._all)

    def answer(self, name: str, request: web.Request) -> web.Response:
        """Answer with a file, or that the browser has it already. Raises HTTPNotFound."""
        asset = self._all.get(name)
        if asset is None:
            raise web.HTTPNotFound
        headers = {"ETag": f'"{asset.tag}"', "Cache-Control": "no-cache", "Content-Security-Policy": POLICY}
        if any(each.value == asset.tag for each in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        return web.Response(body=asset.content, content_type=asset.type, charset=_charset(asset.type), headers=headers)


def _asset(content: bytes, kind: str) -> Asset:
    return Asset(content, kind, hashlib.sha256(content).hexdigest()[:32])


def _charset(kind: str) -> str | None:
    return "utf-8" if kind.startswith("text/") or kind == TYPES[".json"] else None
