"""The second way out, over HTTP on loopback."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from apprise import Apprise
from apprise.plugins.custom_json import NotifyJSON
from pydantic import SecretStr

from tests.fixtures.folders import ROOT
from tests.fixtures.local_web import closed_port, served
from tests.fixtures.proxies import HttpProxy, Proxy, SocksProxy
from tests.fixtures.sentences import told
from tests.fixtures.waiting import until
from tgtp.adapters import apprise_alerts
from tgtp.adapters.apprise_alerts import AppriseFallback
from tgtp.errors import SettingsInvalid
from tgtp.settings.environment import Settings
from tgtp.settings.network import read_network


class Service:
    """Takes what apprise posts to a ``json://`` address."""

    def __init__(self) -> None:
        self.posts: list[dict[str, Any]] = []
        self.status = 200
        self.go_on: asyncio.Event | None = None
        self.port = 0

    async def take(self, request: web.Request) -> web.Response:
        self.posts.append(await request.json())
        if self.go_on is not None:
            await self.go_on.wait()
        return web.Response(status=self.status)

    @property
    def address(self) -> str:
        return f"json://127.0.0.1:{self.port}/up"


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    service = Service()
    async with served(service.take, "/up") as service.port:
        yield service


def fallback(*addresses: str) -> AppriseFallback:
    return AppriseFallback(addresses, lambda text: text.replace("s3cret", "•••"))


async def test_a_text_arrives_as_it_is_and_without_secrets(service: Service) -> None:
    assert await fallback(service.address).sound("⚠️ <b>1 & 2</b>\n\n密钥 s3cret") is True
    (post,) = service.posts
    assert post["message"] == "⚠️ <b>1 & 2</b>\n\n密钥 •••"
    assert post["title"] == "tgtp"
    assert post["type"] == "failure"


async def test_what_is_too_long_for_a_service_comes_in_parts(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NotifyJSON, "body_maxlen", 100)
    text = "\n".join(f"line {number} of many that say something" for number in range(20))
    assert await fallback(service.address).sound(text) is True
    assert len(service.posts) > 5
    assert "".join(text.split()) == "".join("".join(post["message"] for post in service.posts).split())


async def test_one_service_that_takes_it_is_enough(service: Service) -> None:
    assert await fallback(f"json://127.0.0.1:{closed_port()}", service.address).sound("x") is True
    assert len(service.posts) == 1


async def test_a_refusal_and_a_closed_door_are_failures(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    service.status = 500
    assert await fallback(service.address).sound("x") is False
    assert await fallback(f"json://127.0.0.1:{closed_port()}").sound("x") is False
    assert any(record.name.startswith("apprise") for record in caplog.records)


async def test_one_that_hangs_is_not_waited_for_and_may_have_taken_it(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apprise_alerts, "LONGEST_SOUND", 0.2)
    service.go_on = asyncio.Event()
    assert await fallback(service.address).sound("x") is True
    # Its thread must not be waited for at the end of the program.
    threads = [thread for thread in threading.enumerate() if thread.name == "fallback"]
    assert all(thread.daemon for thread in threads)
    service.go_on.set()
    await until(lambda: not any(thread.is_alive() for thread in threads))


@pytest.mark.parametrize("proxy", [HttpProxy(user="ann", password="p@ss"), SocksProxy(user="ann", password="p@ss")])
async def test_it_goes_by_the_proxy_that_the_settings_name(
    service: Service, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in ("http", "https", "all", "no"):
        monkeypatch.setenv(f"{kind}_proxy", "")
    proxy.names = {"alerts.test": service.port}
    async with proxy:
        address = f"{proxy.scheme}://ann:p%40ss@127.0.0.1:{proxy.port}"
        read_network(Settings(proxy_url=SecretStr(address)))
        assert await fallback("json://alerts.test:80/up").sound("x") is True
    assert proxy.asked == [("alerts.test", 80)]
    assert len(service.posts) == 1


async def test_the_loop_runs_on_meanwhile(service: Service) -> None:
    service.go_on = asyncio.Event()
    sounding = asyncio.create_task(fallback(service.address).sound("x"))
    await until(lambda: service.posts)
    assert not sounding.done()
    service.go_on.set()
    assert await sounding is True


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nonsense://t0ken", "nonsense://…"),
        ("t0ken", "(hidden)"),
        ("tgram://t0ken", "tgram://…"),
        ("mailto://t0ken", "mailto://…"),
    ],
)
def test_an_address_that_is_not_known_is_refused_in_one_line(address: str, said: str, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        fallback("json://127.0.0.1", address)
    assert told(refused.value).startswith(f"ALERT_URLS: address 2, {said},")
    assert "\n" not in told(refused.value)
    assert "t0ken" not in str(refused.value)
    assert caplog.records == []
    assert logging.getLogger("apprise").level == logging.NOTSET


# The services of the places where our users live stand by name in the example, and apprise takes what stands there.

LINE = re.compile(r"(\w+://\S+?)(?=[,，、\s]|$)")
SERVICES = {
    "钉钉": ("dingtalk", "NotifyDingTalk"),
    "企业微信": ("wecombot", "NotifyWeComBot"),
    "飞书": ("feishu", "NotifyFeishu"),
    "Bark": ("barks", "NotifyBark"),
    "Server酱": ("schan", "NotifyServerChan"),
}


def example_addresses(text: str, name: str) -> list[str]:
    """The addresses in the line, or table row, of this name."""
    line = next(line for line in text.splitlines() if name in line and "://" in line)
    return [address.strip("`|") for address in LINE.findall(line.replace("`", " "))]


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("document", [".env.example", ".env.example.zh", "docs/alerts.md", "docs/alerts.zh.md"])
def test_services_stand_by_name_with_an_example_that_is_taken(name: str, document: str) -> None:
    scheme, kind = SERVICES[name]
    found = example_addresses((ROOT / document).read_text(encoding="utf-8"), name)
    assert any(address.startswith(f"{scheme}://") for address in found)
    for address in found:
        fallback(address)
    service = Apprise.instantiate(next(address for address in found if address.startswith(f"{scheme}://")))
    assert type(service).__name__ == kind


async def test_whether_one_has_heard_is_told_from_whether_it_may_have(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await fallback(service.address).heard("x") is True
    service.status = 500
    assert await fallback(service.address).heard("x") is False
    monkeypatch.setattr(apprise_alerts, "LONGEST_SOUND", 0.2)
    service.go_on = asyncio.Event()
    assert await fallback(service.address).heard("x") is None
    assert await fallback(service.address).sound("x")
    service.go_on.set()
