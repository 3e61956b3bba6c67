"""Photos and documents: kept, shown, refused, forgotten."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import pytest

from tests.local_telegram.bot_api.test_calls import ask, refusal
from tgtp.local_telegram.bot_api.files import MAX_FILES
from tgtp.local_telegram.bot_api.server import LocalTelegram


def png(width: int = 3, height: int = 2) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    rows = zlib.compress((b"\0" + b"\x20\x80\xd0" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture
def tg() -> LocalTelegram:
    return LocalTelegram()


async def test_photos_and_documents(tg: LocalTelegram) -> None:
    photo = await ask(tg, "sendPhoto", {"photo": ("a.png", png(3, 2), "image/png")}, caption="<b>c</b>", parse_mode="HTML")
    [size] = photo["photo"]
    assert (size["width"], size["height"]) == (3, 2)
    path = (await ask(tg, "getFile", file_id=size["file_id"]))["file_path"]
    assert tg.file(path) == png(3, 2)
    assert tg.file("photos/none.png") is None
    resent = await ask(tg, "sendPhoto", photo=size["file_id"])
    assert resent["photo"][0]["file_id"] == size["file_id"]
    document = await ask(tg, "sendDocument", {"document": ("../成交.csv", b"a,b", "text/csv")})
    assert document["document"]["file_name"] == "../成交.csv"
    shown = tg.messages()[-1]["file"]
    assert shown == {"path": "documents/file_2.csv", "name": "../成交.csv", "size": 3}


@pytest.mark.parametrize(
    ("method", "files", "params", "answer"),
    [
        ("sendPhoto", {"photo": ("a.png", b"text", "image/png")}, {}, (400, "Bad Request: IMAGE_PROCESS_FAILED")),
        ("sendPhoto", {"photo": ("a.png", b"", "image/png")}, {}, (400, "Bad Request: file must be non-empty")),
        ("sendDocument", {}, {"document": "nope"}, (400, "Bad Request: wrong file identifier/HTTP URL specified")),
        ("sendDocument", {"document": ("a", b"x", "b/c")}, {"caption": "x" * 1025},
         (400, "Bad Request: message caption is too long")),
        ("getFile", {}, {"file_id": "nope"}, (400, "Bad Request: invalid file_id")),
        ("sendDocument", {"document": ("a", bytes(50 * 2**20 + 1), "b/c")}, {}, (413, "Request Entity Too Large")),
    ],
)  # fmt: skip
async def test_bad_files_are_refused(
    tg: LocalTelegram, method: str, files: Any, params: dict[str, Any], answer: tuple[int, str]
) -> None:
    assert await refusal(tg, method, files, **params) == answer


async def test_replaced_pictures_are_forgotten_first(tg: LocalTelegram) -> None:
    kept = await ask(tg, "sendPhoto", {"photo": ("a.png", png(9, 9), "image/png")})
    chart = await ask(tg, "sendPhoto", {"photo": ("b.png", png(), "image/png")})
    for width in range(4, MAX_FILES + 10):
        media = {"type": "photo", "media": "attach://m"}
        await ask(
            tg, "editMessageMedia", {"m": ("c.png", png(width), "image/png")}, message_id=chart["message_id"], media=media
        )
    assert all(message["file"] for message in tg.messages())
    assert kept["photo"][0]["file_id"] in {m["photo"][0]["file_id"] for m in tg.messages()}
    assert (await refusal(tg, "getFile", file_id=chart["photo"][0]["file_id"]))[1] == "Bad Request: invalid file_id"
