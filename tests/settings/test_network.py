"""Proxies and certificates: what is said where, and that nothing in an environment stops a client from being built."""

from __future__ import annotations

import os
import ssl
from pathlib import Path
from typing import Any

import certifi
import httpx
import pytest
import python_socks
import yarl
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import SecretStr

from tests.fixtures.sentences import raises
from tgtp.chat.bot.application import build_application
from tgtp.errors import SettingsInvalid
from tgtp.settings.environment import Settings, read_settings
from tgtp.settings.network import Network, read_network
from tgtp.settings.proxies import Proxies, ProxySettings, Way, is_spared, proxy_address
from tgtp.settings.urls import is_at_home

OKX, HERE = "https://www.okx.com", "http://127.0.0.1:8081"
CLASH = "socks5h://127.0.0.1:7890"
HTTP = "http://127.0.0.1:7891"
OWN = "OKX_PROXY_URL"
HOME = "localhost,127.0.0.0/8,::1"
EVERY_KIND = {f"{kind}_proxy": CLASH for kind in ("https", "http", "all")}


def settings_of(**values: str) -> ProxySettings:
    return ProxySettings.model_validate({name.lower(): value for name, value in values.items()})


@pytest.mark.parametrize(
    ("settings", "environment", "address", "way"),
    [
        ({}, {}, OKX, Way()),
        # The usual variables.
        ({}, {"HTTPS_PROXY": HTTP}, OKX, Way(HTTP, "HTTPS_PROXY")),
        ({}, {"HTTP_PROXY": HTTP}, OKX, Way()),
        ({}, {"HTTP_PROXY": HTTP}, "http://bots.lan", Way(HTTP, "HTTP_PROXY")),
        ({}, {"ALL_PROXY": "socks5://127.0.0.1:7890"}, OKX, Way(CLASH, "ALL_PROXY")),
        ({}, {"all_proxy": "socks://127.0.0.1:7890", "HTTPS_PROXY": HTTP}, OKX, Way(HTTP, "HTTPS_PROXY")),
        ({}, {"https_proxy": CLASH, "HTTPS_PROXY": HTTP}, OKX, Way(CLASH, "https_proxy")),
        ({}, {"https_proxy": "", "HTTPS_PROXY": HTTP}, OKX, Way()),
        ({}, {"ALL_PROXY": CLASH}, HERE, Way()),
        ({}, {"ALL_PROXY": CLASH, "NO_PROXY": ".okx.com"}, OKX, Way("", "NO_PROXY")),
        ({}, {"ALL_PROXY": CLASH, "no_proxy": "fd07:b51a:cc66::/64,*"}, OKX, Way("", "NO_PROXY")),
        ({}, {"HTTPS_PROXY": "socks4://127.0.0.1:1", "ALL_PROXY": CLASH}, OKX, Way(CLASH, "ALL_PROXY")),
        # Ours: of one side, of both; direct.
        ({"PROXY_URL": CLASH}, {"HTTPS_PROXY": HTTP}, OKX, Way(CLASH, "PROXY_URL")),
        ({"PROXY_URL": CLASH}, {}, HERE, Way(CLASH, "PROXY_URL")),
        ({"PROXY_URL": CLASH}, {"NO_PROXY": "127.0.0.0/8"}, HERE, Way("", "NO_PROXY")),
        ({"PROXY_URL": CLASH, OWN: HTTP}, {"NO_PROXY": "*"}, OKX, Way(HTTP, OWN)),
        ({"PROXY_URL": CLASH, OWN: "direct"}, {"HTTPS_PROXY": HTTP}, OKX, Way("", OWN)),
        ({"PROXY_URL": "direct"}, {"HTTPS_PROXY": HTTP}, OKX, Way("", "PROXY_URL")),
        ({"PROXY_URL": "direct", OWN: HTTP}, {}, OKX, Way(HTTP, OWN)),
        ({"TELEGRAM_PROXY_URL": HTTP}, {}, OKX, Way()),
    ],
)
def test_the_way_to_an_address(settings: dict[str, str], environment: dict[str, str], address: str, way: Way) -> None:
    assert Proxies(settings_of(**settings), environment).way_to(address, OWN) == way


@pytest.mark.parametrize(
    ("host", "spared", "is_meant"),
    [
        ("www.okx.com", "okx.com", True),
        ("www.okx.com", "*.okx.com", True),
        ("WWW.OKX.COM.", " .OKX.com ", True),
        ("okx.com.evil", "okx.com", False),
        ("notokx.com", "okx.com", False),
        ("10.1.2.3", "10.0.0.0/8", True),
        ("10.1.2.3", "10.1.2.4", False),
        ("fd07:b51a::1", "[fd07:b51a::1]", True),
        ("fd07:b51a::1", "fd07:b51a::/32", True),
        ("fd08::1", "fd07:b51a::/32", False),
        ("www.okx.com", "fd07:b51a::/32, , ,10.0.0.0/99,[::,:", False),
        ("www.okx.com", "www.okx.com:443", True),
        ("www.okx.com", "www.okx.com:444", False),
        ("fd07::1", "[fd07::1]:443", True),
        ("www.okx.com", "", False),
    ],
)
def test_no_proxy_as_usual(host: str, spared: str, is_meant: bool) -> None:
    assert is_spared(host, 443, spared) is is_meant


ADDRESSES = st.from_regex(r"(https?|socks5?h?|socks4)://([a-z:%@#]{0,8}@)?\S{0,20}(:\d{0,6})?", fullmatch=True)
TEXTS = st.text(max_size=40) | ADDRESSES


@given(text=TEXTS)
@example("http://[::1")
@example("socks5://h:70000")
@example("http://a:b\x80@h")
@example("socks5h://" + "u" * 300 + "@h")
@example("http://%3A:p@h")
def test_what_counts_as_a_proxy_every_library_takes(text: str) -> None:
    try:
        address = proxy_address(text)
    except ValueError:
        return
    if address == "direct":
        return
    way = Way(address)
    httpx.AsyncHTTPTransport(proxy=address, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), trust_env=False)
    assert yarl.URL(address).host
    assert way.port
    if way.is_socks:
        assert python_socks.parse_proxy_url(address.replace("socks5h", "socks5"))[1:3] == (way.host, way.port)
    else:
        from aiohttp.helpers import strip_auth_from_url

        strip_auth_from_url(yarl.URL(address))
    assert proxy_address(address) == address
    assert "@" not in way.shown


@given(values=st.dictionaries(st.sampled_from(["ALL_PROXY", "https_proxy", "HTTP_PROXY", "NO_PROXY"]), TEXTS))
@example({"ALL_PROXY": "socks5://127.0.0.1:1", "NO_PROXY": "fd07:b51a:cc66:f0::/64"})
@example({"ALL_PROXY": "socks://127.0.0.1:1"})
def test_no_environment_stops_a_client_from_being_built(values: dict[str, str]) -> None:
    environment = {**values, "SSL_CERT_FILE": "/nowhere", "SSL_CERT_DIR": "/nowhere/either"}
    network = read_network(Settings(), environment)
    quick = Network(network.okx, network.telegram, trust=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    assert build_application("1:abc", "https://api.telegram.org", network=quick)
    assert {trouble.what for trouble in network.troubles} >= {"SSL_CERT_FILE", "SSL_CERT_DIR"}
    # What is left in it, no library trips over.
    assert not {"SSL_CERT_FILE", "SSL_CERT_DIR"} & set(environment)


def test_httpx_reads_nothing_of_this_machine_s_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks4://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "fd07:b51a:cc66:f0::/64")
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
    with pytest.raises((ValueError, OSError, httpx.InvalidURL)):
        httpx.AsyncClient()
    assert build_application("1:abc", "https://api.telegram.org")


def test_certificates_of_the_environment_are_trusted_beside_certifi_s(tmp_path: Path) -> None:
    one = tmp_path / "one.pem"
    text = Path(certifi.where()).read_text()
    one.write_text(text[text.index("-----BEGIN") : text.index("-----END CERTIFICATE-----") + 26])
    network = read_network(Settings(), {"SSL_CERT_FILE": str(one)})
    assert network.troubles == ()
    assert network.trust is not None
    assert len(network.trust.get_ca_certs()) > 50
    junk = tmp_path / "junk.pem"
    junk.write_text("no certificate")
    network = read_network(Settings(), {"SSL_CERT_FILE": str(junk)})
    assert [trouble.what for trouble in network.troubles] == ["SSL_CERT_FILE"]
    # Not left to a library, which has read the environment while it was imported.
    assert network.trust is not None
    assert len(network.trust.get_ca_certs()) > 50
    assert read_network(Settings(), {}).trust is None


@pytest.mark.parametrize("what", ["-----BEGIN CERTIFICATE-----\n" + "A" * 3000, "a\0b", ""])
def test_certificates_pasted_where_their_file_is_named_stop_no_start(what: str) -> None:
    """`Path.is_dir` raised "File name too long", and "Permission denied" for a file in a folder of root's."""
    network = read_network(Settings(), {"SSL_CERT_FILE": what, "SSL_CERT_DIR": what})
    assert [trouble.what for trouble in network.troubles] == (["SSL_CERT_FILE", "SSL_CERT_DIR"] if what else [])


def test_several_folders_of_certificates(tmp_path: Path) -> None:
    folders = {"SSL_CERT_DIR": f"{tmp_path}{os.pathsep}/nowhere"}
    assert read_network(Settings(), folders).troubles == ()


@pytest.mark.parametrize(
    ("setting", "environment", "left"),
    [
        ("", {}, {"no_proxy": HOME}),
        ("", {"ALL_PROXY": "socks://h:1", "NO_PROXY": "a"}, {"ALL_PROXY": "socks5h://h:1", "no_proxy": f"a,{HOME}"}),
        ("direct", {"HTTPS_PROXY": HTTP}, {"no_proxy": "*"}),
        (CLASH, {"HTTPS_PROXY": HTTP, "no_proxy": "a"}, {**EVERY_KIND, "no_proxy": "a"}),
        ("", {"ALL_PROXY": "socks4://h:1"}, {"no_proxy": HOME}),
        # ``requests`` would look for a host of that name.
        (
            "",
            {"HTTPS_PROXY": "direct", "ALL_PROXY": "http://h:1"},
            {"HTTPS_PROXY": "", "ALL_PROXY": "http://h:1", "no_proxy": HOME},
        ),
    ],
)
def test_what_requests_finds(setting: str, environment: dict[str, str], left: dict[str, str]) -> None:
    """The services of ALERT_URLS go the same way, by what ``requests`` reads."""
    settings = Settings(proxy_url=SecretStr(setting)) if setting else Settings()
    read_network(settings, environment)
    assert environment == left


def test_a_password_of_a_proxy_is_a_secret_wherever_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKX_PROXY_URL", "http://ann:P%40ssword@127.0.0.1:7890")
    monkeypatch.setenv("ALL_PROXY", "socks5://ann:0therPassword@127.0.0.1:7890")
    settings = read_settings()
    assert {"P@ssword", "P%40ssword", "YW5uOlBAc3N3b3Jk", "0therPassword"} <= set(settings.secrets)
    network = read_network(settings, {"ALL_PROXY": "socks5://ann:0therPassword@127.0.0.1:7890"})
    shown: Any = f"{settings!r} {network!r} {network.routes!r}".replace("monitor_password", "")
    assert "ssword" not in shown


@pytest.mark.parametrize(
    "text",
    [
        *("socks4://s3cret@h", "http://ann:s3cret@[::1", "http://:s3cret@", "ftp://s3cret"),
        # The first half of each would pass for a host and a port, and be shown as them.
        *("http://ann:8080/s3cret@h:1", "ann:8080?s3cret@h:1", "socks5://ann:8080#s3cret@h", "http://s3cret/x@h:1"),
    ],
)
def test_a_wrong_proxy_is_refused_and_not_quoted(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("OKX_PROXY_URL", text)
    with raises(SettingsInvalid, match=r"direct|host|proxy|port|IPv6") as refused:
        read_settings()
    assert "s3cret" not in str(refused.value)


def test_a_name_is_at_home_where_all_its_addresses_are(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"api": ["172.18.0.3", "fd00::3"], "both": ["10.0.0.3", "203.0.113.9"], "fake.example": ["198.18.0.3"]}

    def look_up(host: str, *_: object, **__: object) -> list[Any]:
        if host not in answers:
            raise OSError("no such name")
        return [(0, 0, 0, "", (address, 0)) for address in answers[host]]

    monkeypatch.setattr("socket.getaddrinfo", look_up)
    known = [is_at_home(host, if_unknown=True) for host in ("api", "both", "fake.example")]
    assert known == [True, False, False]
    assert [is_at_home("unknown", if_unknown=unknown) for unknown in (True, False)] == [True, False]
