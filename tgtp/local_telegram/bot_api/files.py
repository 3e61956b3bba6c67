"""The photos and documents that the bot has sent."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tgtp.local_telegram.bot_api.calls import ApiError, Json, Uploads

MAX_FILES = 300
MAX_FILE_BYTES = 64 * 2**20
MAX_PHOTO_BYTES = 10 * 2**20
MAX_DOCUMENT_BYTES = 50 * 2**20

_IMAGES = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpg", b"GIF8": "gif", b"RIFF": "webp"}


@dataclass(frozen=True)
class File:
    """One file as it was sent; ``path`` is where it can be fetched."""

    file_id: str
    path: str
    name: str
    content: bytes

    @property
    def entry(self) -> Json:
        """The fields that photos, documents and ``getFile`` have in common."""
        return {"file_id": self.file_id, "file_unique_id": f"u{self.file_id}", "file_size": len(self.content)}


class Files:
    """What was sent; bounded, and what no message shows any more goes first."""

    def __init__(self, in_use: Callable[[], set[str]]) -> None:
        self._in_use = in_use
        self._files: dict[str, File] = {}
        self._numbers = itertools.count(1)

    def get(self, file_id: str) -> File | None:
        """Return the file with this id."""
        return self._files.get(file_id)

    def at(self, path: str) -> File | None:
        """Return the file at a ``file_path``."""
        return next((file for file in self._files.values() if file.path == path), None)

    def get_file(self, p: Json) -> Json:
        """Answer ``getFile``."""
        file = self._files.get(str(p.get("file_id", "")))
        if file is None:
            raise ApiError("invalid file_id")
        return {**file.entry, "file_path": file.path}

    def attach(self, uploads: Uploads, kind: str, given: Any) -> Json:
        """Return the part of a message that shows a photo or a document, new or named by id."""
        if kind not in ("photo", "document"):
            raise ApiError("media must be a photo or a document in the local chat")
        # A file travels in the part of its own name, or in one that ``attach://`` names.
        part = kind if given is None else str(given).removeprefix("attach://")
        file = self._files.get(part) or self._upload(uploads, kind, part)
        if kind == "document":
            return {"document": file.entry | {"file_name": file.name}}
        width, height = _dimensions(file.content)
        return {"photo": [file.entry | {"width": width, "height": height}]}

    def _upload(self, uploads: Uploads, kind: str, part: str) -> File:
        if part not in uploads:
            raise ApiError("wrong file identifier/HTTP URL specified")
        name, content, _ = uploads[part]
        if not content:
            raise ApiError("file must be non-empty")
        if len(content) > (MAX_PHOTO_BYTES if kind == "photo" else MAX_DOCUMENT_BYTES):
            raise ApiError("Request Entity Too Large", 413)
        suffix = next((ending for magic, ending in _IMAGES.items() if content.startswith(magic)), "")
        if kind == "photo" and not suffix:
            raise ApiError("IMAGE_PROCESS_FAILED")
        if kind == "document":
            suffix = re.sub(r"[^A-Za-z0-9]", "", name.rpartition(".")[2])[:8] or "bin"
        number = next(self._numbers)
        file = File(f"{kind}{number}", f"{kind}s/file_{number}.{suffix}", name, content)
        self._files[file.file_id] = file
        self._tidy(keep=file.file_id)
        return file

    def _too_much(self) -> bool:
        return len(self._files) > MAX_FILES or sum(len(file.content) for file in self._files.values()) > MAX_FILE_BYTES

    def _tidy(self, keep: str) -> None:
        if self._too_much():
            in_use = self._in_use()
            for file_id in sorted(self._files, key=lambda known: known in in_use):
                if file_id != keep and self._too_much():
                    del self._files[file_id]


def _dimensions(image: bytes) -> tuple[int, int]:
    if image.startswith(b"\x89PNG"):
        return int.from_bytes(image[16:20], "big"), int.from_bytes(image[20:24], "big")
    at = 2
    while image.startswith(b"\xff\xd8") and at + 9 < len(image):
        # A start-of-frame segment (C0 to CF without the three that are none) holds height and width.
        if image[at + 1] in range(0xC0, 0xD0) and image[at + 1] not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(image[at + 7 : at + 9], "big"), int.from_bytes(image[at + 5 : at + 7], "big")
        at += 2 + int.from_bytes(image[at + 2 : at + 4], "big")
    return 640, 480
