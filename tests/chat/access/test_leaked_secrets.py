"""What is recognised as a secret that was pasted into the chat: ours whole or in part, and what looks like anybody's."""

from __future__ import annotations

import datetime as dt

import pytest
from telegram import Chat, Message

from tgtp.chat.access.leaked_secrets import Kind, LeakedSecrets

TOKEN = "1234567890:AAF-abcdefghijklmnopqrstuvwxyz12345"
KEY, SECRET, PHRASE = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", "0F1E2D3C4B5A69788796A5B4C3D2E1F1", "Tr4ding!Pass"
TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXA"
OURS = LeakedSecrets(TOKEN, [KEY, SECRET, PHRASE, "k3y"], TOTP)


def kind(text: str, pasted: LeakedSecrets = OURS) -> Kind | None:
    return pasted.kind(Message(1, dt.datetime(2026, 11, 28, tzinfo=dt.UTC), Chat(1, "private"), text=text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"here: {TOKEN}", "token"),
        (TOKEN[:25], "token"),
        (TOKEN[22:], "token"),
        (f"{TOKEN[:12]}\n{TOKEN[12:]}", "token"),
        (f"{TOKEN[:12]} \n  {TOKEN[12:]}", "token"),
        (KEY, "okx"),
        (KEY[:18], "okx"),
        (KEY[18:], "okx"),
        (SECRET.lower(), "okx"),
        (f"{SECRET[:10]}\n{SECRET[10:]}", "okx"),
        (SECRET[:16], "okx"),
        (SECRET[16:], "okx"),
        (SECRET[5:22], "okx"),
        (PHRASE, "okx"),
        (f"my phrase is {PHRASE}", "okx"),
        (f"{PHRASE[:6]}\n{PHRASE[6:]}", "okx"),
        (" k3y ", "okx"),
        (TOTP, "totp"),
        (TOTP.lower(), "totp"),
        (" ".join(TOTP[at : at + 4] for at in range(0, 32, 4)), "totp"),
        (TOTP[:16], "totp"),
        (f"otpauth://totp/tgtp?secret={TOTP}&issuer=x", "totp"),
    ],
)
def test_what_is_ours_is_recognised_whole_in_halves_and_over_lines(text: str, found: Kind) -> None:
    assert kind(text) == found


@pytest.mark.parametrize(
    "text",
    ["/status", "/close STX long 50%", "/tiers long 25:30 35:50", "the k3y is lost", "/code 123456", "Tr4ding", ""],
)
def test_what_people_say_is_no_secret(text: str) -> None:
    assert kind(text) is None


def test_what_looks_like_anybodys_is_recognised_over_lines_too() -> None:
    nobody = LeakedSecrets()
    assert kind(f"{TOKEN[:20]}\n{TOKEN[20:]}", nobody) == "token"
    assert kind(f"{KEY[:9]}\r\n{KEY[9:]}", nobody) == "okx"
    assert kind(f"{SECRET[:16]}\n{SECRET[16:]}", nobody) == "okx"
    assert kind("a\nb", nobody) is None
