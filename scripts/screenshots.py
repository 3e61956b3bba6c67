"""Takes pictures of every view of the chat, as the real program shows it on a paper account, on a phone.

Those that a page shows go to ``docs/img``, the others to ``build/img``.
``.venv/bin/python scripts/screenshots.py [VIEW …]``, in both languages and both themes. Needs a Chromium. A new view is one
line in ``SHOTS``.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import math
import shutil
import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from noto_cjk_sans_otc import FONT_PATH  # noqa: E402
from PIL import Image  # noqa: E402
from playwright.async_api import Error, Locator, Page, async_playwright  # noqa: E402

from tests.docs.markdown import pictures_shown  # noqa: E402
from tests.e2e.process import Program  # noqa: E402
from tests.fixtures.chromium import NAMES, QUIET  # noqa: E402
from tests.fixtures.every_event import INTENT, ORDER  # noqa: E402
from tgtp.adapters.storage.equity_samples import FileDiary  # noqa: E402
from tgtp.adapters.storage.ledger import TinyLedger  # noqa: E402
from tgtp.domain.events import HandFilled, HedgeFilled, TierFilled  # noqa: E402
from tgtp.domain.model import EquitySample, LegKey  # noqa: E402

IMAGES = ROOT / "docs" / "img"
OTHERS = ROOT / "build" / "img"
PHONE = {"width": 390, "height": 844}
PATIENCE = 90_000.0
DAYS = 30
# Where a browser looks for fonts of its user.
FONT = Path.home() / ".local/share/fonts/tgtp-chinese.ttc"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


class Shot(NamedTuple):
    """A view: what is said, or pressed by the beginning of its data, and what the answer has in it (CSS, words)."""

    name: str
    steps: tuple[str, ...]
    part: str
    words: str = ""


def button(data: str) -> str:
    return f".key[data-data^='{data}']"


SHOTS = (
    Shot("alert", (), ".words", "🎯"),
    Shot("status", ("/status",), button("st:")),
    Shot("panel", ("/panel",), button("pa:")),
    Shot("leg", ("/leg STX short",), button("ll:")),
    Shot("pairs", ("/pairs",), button("pp:")),
    Shot("pair", ("/pair STX",), button("lp:")),
    Shot("chart", ("/chart STX",), ".photo"),
    Shot("tiers", ("/tiers",), button("le:")),
    Shot("editor", ("/tiers", "le:long"), button("ld:")),
    Shot("ladder", ("/tiers long 20:30 40:50",), ".key.success, .key.danger"),
    Shot("pnl", ("/pnl 30",), button("rp:=pnl")),
    Shot("equity", ("/equity 30",), ".photo"),
    Shot("report", ("/report week",), button("rp:=week")),
    Shot("history", ("/history",), ".words", "#"),
    Shot("export", ("/export 30",), ".document"),
    Shot("notify", ("/notify",), button("nt:")),
    Shot("quiet", ("/quiet",), button("nq:")),
    Shot("health", ("/health",), ".words", "MB"),
    Shot("help", ("/help",), button("hp:look")),
    Shot("help-tiers", ("/help tiers",), button("hp:")),
    Shot("help-signs", ("/help signs",), button("hp:")),
    Shot("close", ("/close STX short 50%",), button("cf:")),
)

# The same of a house with sub-accounts.
SEVERAL = (
    Shot("accounts", ("/accounts",), button("ac:")),
    Shot("panel-accounts", ("/panel",), button("pa:")),
    Shot("status-sub", ("/status alpha",), button("@alpha:st:")),
    Shot("maintain", ("/maintain beta CRO long",), button("@beta:uy:")),
    Shot("correct", ("/correct alpha",), button("@alpha:uy:")),
)

# The newest message of the bot, below the person's last word, that shows this; its pictures have come. Alerts end with their
# number: they come in between, and only one of them is asked for.
ANSWER = """([part, words]) => {
  const mine = [...document.querySelectorAll(".post.me")].at(-1);
  const found = [...document.querySelectorAll(".post.bot")].filter((post) =>
    (!mine || words === "🎯" || mine.compareDocumentPosition(post) & Node.DOCUMENT_POSITION_FOLLOWING)
    && /#\\d+$/.test([...post.querySelectorAll(".words i")].at(-1)?.textContent) === (words === "🎯")
    && post.querySelector(part)?.textContent.includes(words));
  const post = found.at(-1), images = [...(post?.querySelectorAll("img") || [])];
  return images.every((image) => image.complete && image.naturalWidth) ? post?.dataset.id : null;
}"""
SHOW = """(post, end) => {
  const scroll = document.getElementById("scroll"), fits = post.offsetHeight + 16 <= scroll.clientHeight;
  post.scrollIntoView({ block: end || fits ? "end" : "start" });
  scroll.scrollTop += end || fits ? 10 : -8;
  return fits;
}"""


class Visitor:
    """Somebody at the page, who waits for each answer."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def take(self, shot: Shot, suffix: str) -> None:
        """Ask for a view, and keep what is there to see; in two pictures where it is longer than the phone."""
        page = self._page
        for step in shot.steps:
            if step.startswith("/"):
                await self.say(step)
            else:
                await (await self._answer(button(step), "")).locator(button(step)).click()
        post = await self._answer(shot.part, shot.words)
        fits = await post.evaluate(SHOW, False)
        keep(await page.screenshot(animations="disabled"), f"{shot.name}-{suffix}")
        if not fits:
            await post.evaluate(SHOW, True)
            keep(await page.screenshot(animations="disabled"), f"{shot.name}-end-{suffix}")

    async def _answer(self, part: str, words: str) -> Locator:
        try:
            found = await self._page.wait_for_function(ANSWER, arg=[part, words], timeout=PATIENCE)
        except Error as exc:
            raise SystemExit(f"no answer shows {part} {words}: {exc}") from exc
        return self._page.locator(f".post[data-id='{await found.json_value()}']")

    async def say(self, text: str) -> None:
        """Say something and see it stand in the chat."""
        box, mine = self._page.get_by_role("textbox"), self._page.locator(".post.me")
        before = await mine.count()
        await box.fill(text)
        await box.press("Enter")
        await mine.nth(before).wait_for(timeout=PATIENCE)


def keep(picture: bytes, name: str, folder: Path | None = None) -> None:
    """Write a picture down in few colours."""
    folder = folder or (IMAGES if name in pictures_shown() else OTHERS)
    image = Image.open(io.BytesIO(picture)).convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.png"
    image.save(path, optimize=True)
    print(f"{path}  {path.stat().st_size / 1024:.0f} KB")


def furnish(folder: Path) -> None:
    """Give the account a past: a month of fills and of equity, so that pictures and reports have something to show."""
    now = dt.datetime.now(dt.UTC)
    ledger, diary = TinyLedger(folder), FileDiary(folder / "equity")
    for number in range(DAYS * 24 * 12, 0, -1):
        wave = 9 * math.sin(number / 700) + 5 * math.sin(number / 173) + math.sin(number / 13)
        equity = Decimal(str(round(1000 - number / 200 + wave * min(1, number / 2000), 2)))
        diary.append(EquitySample(at=now - number * dt.timedelta(minutes=5), equity=equity))
    with ledger.step():
        for number in range(DAYS * 3, 0, -1):
            ledger.record(_fill(number, now - number * dt.timedelta(hours=8)), tell=False)
    ledger.close()


def _fill(number: int, at: dt.datetime) -> TierFilled | HedgeFilled | HandFilled:
    coin = ("STX", "CRV", "APT", "UNI")[number % 4]
    leg = LegKey.parse(f"{coin}-USDT-SWAP_{'long' if number % 3 else 'short'}")
    gain = Decimal(number * 7919 % 97) / 40
    rule = ("tier", "hedge", "tier", "tier", "hand", "tier", "hedge")[number % 7]
    intent = INTENT.replaced(leg=leg, meant_at=at, rule=rule)
    order = ORDER.replaced(realised_pnl=-gain if rule == "hedge" else gain, fee="0.03", updated_at=at)
    common: dict[str, Any] = {"at": at, "intent": intent, "order": order, "contracts_left": "70"}
    if rule == "tier":
        return TierFilled(**common, finished=True, fired=(1,), next_threshold="0.35")
    return HedgeFilled(**common) if rule == "hedge" else HandFilled(**common)


def lend_font() -> None:
    """Give the browser Chinese letters, also where the machine has none: those that the charts are drawn with."""
    FONT.parent.mkdir(parents=True, exist_ok=True)
    FONT.unlink(missing_ok=True)
    FONT.symlink_to(FONT_PATH)


async def visit(language: str, shots: list[Shot], **more: str) -> None:
    path = next(found for name in NAMES if (found := shutil.which(name)))
    with tempfile.TemporaryDirectory() as folder:
        await asyncio.to_thread(furnish, Path(folder) / "data" / "paper")
        async with (
            async_playwright() as playwright,
            Program(Path(folder), CHECK_INTERVAL=2, LANGUAGE=language, **more) as program,
        ):
            address = (await program.said("/?token=")).rsplit(" ", 1)[-1]
            browser = await playwright.chromium.launch(executable_path=path, args=QUIET)
            context = await browser.new_context(viewport=PHONE, reduced_motion="reduce")  # type: ignore[arg-type]
            page = await context.new_page()
            await page.goto(address)
            await page.locator(".post.bot").first.wait_for(timeout=PATIENCE)
            visitor = Visitor(page)
            for scheme in SCHEMES:
                await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                await visitor.say(f"/theme {scheme}")
                for shot in shots:
                    await visitor.take(shot, f"{language}-{scheme}")
            await browser.close()


async def main(names: list[str]) -> None:
    lend_font()
    wanted = [[shot for shot in shots if not names or shot.name in names] for shots in (SHOTS, SEVERAL)]
    for language in ("en", "zh"):
        for shots, accounts in zip(wanted, ("main", "main,alpha,beta"), strict=True):
            if shots:
                await visit(language, shots, ACCOUNTS=accounts)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
