"""What OKX refuses, in its own codes, and what the adapter makes of each: one row a code."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.fixtures.okx_engine import TIMEOUT, intent_for, okx_on
from tests.fixtures.sentences import told
from tests.simulation.exchange.server import OkxServer
from tgtp.adapters.okx.exchange import Okx
from tgtp.domain.model import Leg
from tgtp.errors import AccessRefused, ExchangeProblem, NotSent, OrderRefused, OutcomeUnknown, TemporarilyDown

STX = "STX-USDT-SWAP"
ORDER = "POST /trade/order"
POSITIONS = "/account/positions"

Refusal = type[ExchangeProblem]

R, U, A, T = OrderRefused, OutcomeUnknown, AccessRefused, TemporarilyDown

# Codes that come instead of an order's row, as any request can get them: submission, read.
OUTER: dict[str, tuple[Refusal, Refusal]] = {
    "4088": (A, A),  # identity must be verified again
    "50000": (R, T),
    "50001": (U, T),  # maintenance
    "50002": (R, T),
    "50004": (U, T),  # timeout: neither success nor failure
    "50005": (U, T),  # offline
    "50006": (R, T),
    "50007": (A, A),  # account blocked
    "50011": (R, T),  # too many requests
    "50013": (U, T),  # busy
    "50014": (R, T),
    "50026": (U, T),  # system error
    "50027": (A, A),  # account restricted from trading
    "50030": (A, A),
    "50035": (A, A),  # the key must be bound to an address
    "50036": (R, T),  # arrived after its expTime
    "50042": (U, T),  # repeated request
    "50061": (U, T),  # order rate of all sub-accounts
    "50100": (A, A),  # frozen
    "50101": (A, A),  # real key on demo, or the other way round
    "50102": (R, T),  # timestamp expired
    "50103": (A, A),
    "50104": (A, A),
    "50105": (A, A),
    "50106": (A, A),
    "50107": (A, A),
    "50110": (A, A),  # address not on the list
    "50111": (A, A),
    "50112": (A, A),
    "50113": (A, A),
    "50114": (A, A),
    "50115": (R, T),  # wrong method: not about keys
    "50119": (A, A),  # the key does not exist
    "50120": (A, A),  # no permission
    "50121": (A, A),
}

# Codes inside an order's row.
INNER: dict[str, Refusal] = {
    **dict.fromkeys(["50017", "50018", "50019", "50020", "50021", "50022", "50023"], R),  # frozen: ADL, liquidation
    **dict.fromkeys(["51000", "51001"], R),
    **dict.fromkeys(["51004", "51005", "51201", "51202", "51108"], R),  # too much
    **dict.fromkeys(["51008", "51119", "51127", "51131"], R),  # funds
    **dict.fromkeys(["51007", "51020", "51120", "51121"], R),  # lot and minimum
    **dict.fromkeys(["51022", "51027", "51028", "51029", "51030"], R),  # suspended, settling
    **dict.fromkeys(["51023", "51112", "51115", "51148", "51169", "51170", "51205"], R),  # nothing (more) to close
    **dict.fromkeys(["51155", "54084", "54085", "59300", "59301", "59302"], R),
    **dict.fromkeys(["51016", "51054", "51149"], U),  # the name is taken; timed out
    **dict.fromkeys(["51113", "51767"], U),  # ccxt counts these among failures of the way there
    **dict.fromkeys(["51009", "51010", "51024"], R),  # said of one order: it must not stop the others
    "50004": U,
    "50013": U,
    "50026": U,
    "50061": U,
}

# No JSON at all: submission, read.
PAGES: dict[str, tuple[Refusal, Refusal]] = {
    "html_200": (U, T),
    "http_400": (U, T),
    "http_401": (U, A),  # without a code of OKX's it may be a proxy's, on the way back
    "http_403": (U, T),
    "http_404": (U, T),
    "http_408": (U, T),
    "http_418": (U, T),
    "http_429": (U, T),
    "http_500": (U, T),
    "http_502": (U, T),
    "http_503": (U, T),
    "http_504": (U, T),
    "http_520": (U, T),
    "cut_json": (U, T),
    "hang": (U, T),
    "drop": (U, T),
}

# JSON of another make: status, body.
ODD: list[tuple[int, object]] = [
    (502, {"x": 1}),
    (200, {"x": 1}),
    (200, {}),
    (200, []),
    (200, None),
    (200, "no"),
    (200, 7),
    (200, {"code": "0"}),
    (200, {"code": "0", "data": None, "msg": ""}),
    (200, {"code": "0", "data": {}, "msg": ""}),
    (200, {"code": "0", "data": ["row"], "msg": ""}),
    (200, {"code": "0", "data": [None], "msg": ""}),
    (200, {"code": 0, "data": [], "msg": ""}),
    (200, {"code": "1", "data": [], "msg": "All operations failed"}),
    (200, {"code": "1", "data": [{}], "msg": "All operations failed"}),
    (200, {"code": None, "data": [], "msg": ""}),
    (500, {"code": "0", "data": [], "msg": ""}),
    (404, {"code": 404, "data": {}, "msg": "Not Found"}),
    (500, {"code": 500, "data": {}, "msg": "Internal Server Error"}),
]


@pytest.fixture
async def server() -> AsyncIterator[OkxServer]:
    async with OkxServer() as running:
        running.account.open_leg(STX, "long", "10", "0.3")
        yield running


@pytest.fixture
async def okx(server: OkxServer, request: pytest.FixtureRequest) -> AsyncIterator[Okx]:
    async with okx_on(server, timeout=0.4 if "hang" in request.node.name else TIMEOUT) as adapter:
        yield adapter


async def only_leg(okx: Okx) -> Leg:
    (leg,) = (await okx.snapshot()).legs
    return leg


async def submission(okx: Okx) -> ExchangeProblem:
    intent = intent_for(await only_leg(okx), "3")
    with pytest.raises(ExchangeProblem) as caught:
        await okx.submit(intent)
    return caught.value


async def read(okx: Okx) -> ExchangeProblem:
    with pytest.raises(ExchangeProblem) as caught:
        await okx.snapshot()
    return caught.value


@pytest.mark.parametrize(("code", "kind"), [(code, kinds[0]) for code, kinds in OUTER.items()])
async def test_a_submission_with_an_outer_code(server: OkxServer, okx: Okx, code: str, kind: Refusal) -> None:
    server.fault(ORDER, "code", code=code, message="in OKX's words", outer=True)
    problem = await submission(okx)
    assert type(problem) is kind
    assert code in told(problem)
    assert "in OKX's words" in told(problem)
    assert server.account.orders == []


@pytest.mark.parametrize(("code", "kind"), [(code, kinds[1]) for code, kinds in OUTER.items()])
async def test_a_read_with_an_outer_code(server: OkxServer, okx: Okx, code: str, kind: Refusal) -> None:
    server.fault(POSITIONS, "code", code=code, message="in OKX's words", times=None)
    problem = await read(okx)
    assert type(problem) is kind
    assert code in told(problem)
    assert "in OKX's words" in told(problem)


@pytest.mark.parametrize(("code", "kind"), INNER.items())
async def test_an_order_with_a_code_of_its_own(server: OkxServer, okx: Okx, code: str, kind: Refusal) -> None:
    server.fault(ORDER, "code", code=code, message="in OKX's words")
    problem = await submission(okx)
    assert type(problem) is kind
    assert "All operations failed" not in told(problem)
    assert told(problem).startswith(f"{code}: " if kind is R else f"OKX says {code}: ")
    assert "in OKX's words" in told(problem)
    if isinstance(problem, OrderRefused):
        assert (problem.code, problem.reason) == (code, "in OKX's words")


@pytest.mark.parametrize("words", ["Parameter clOrdId error", "clOrdId already exists"])
async def test_51000_about_the_name_may_mean_that_the_first_one_arrived(server: OkxServer, okx: Okx, words: str) -> None:
    server.fault(ORDER, "code", code="51000", message=words)
    assert type(await submission(okx)) is U


@pytest.mark.parametrize("words", ["Order timed out.", "Request Timeout, try later", "The order already exists"])
async def test_words_that_leave_the_outcome_open_are_believed_whatever_the_code(
    server: OkxServer, okx: Okx, words: str
) -> None:
    server.fault(ORDER, "code", code="51999", message=words)
    assert type(await submission(okx)) is U


@pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("fault", PAGES)
async def test_a_submission_without_an_answer(server: OkxServer, okx: Okx, fault: str, after_effect: bool) -> None:
    kind = PAGES[fault][0]
    # A cut reply is cut after the order was taken, whichever way it is scheduled.
    taken = after_effect or fault == "cut_json"
    server.fault(ORDER, fault, after_effect=after_effect)
    assert type(await submission(okx)) is kind
    assert len(server.account.orders) == (1 if taken else 0)
    assert len(server.requests_to(ORDER)) == 1


@pytest.mark.parametrize("fault", PAGES)
@pytest.mark.parametrize("path", ["/account/config", POSITIONS, "/public/instruments"])
async def test_a_read_without_an_answer(server: OkxServer, okx: Okx, fault: str, path: str) -> None:
    server.fault(path, fault, times=None)
    with pytest.raises(PAGES[fault][1]) as caught:
        await (okx.profile() if path == "/account/config" else okx.snapshot())
    assert told(caught.value)


@pytest.mark.parametrize(("status", "body"), ODD)
async def test_json_of_another_make_says_nothing(server: OkxServer, okx: Okx, status: int, body: object) -> None:
    fault = server.fault(ORDER, "json", status=status, body=body)
    assert type(await submission(okx)) is U
    assert fault.used == 1
    if body != {"code": "0", "data": [], "msg": ""} or status != 200:
        server.fault(POSITIONS, "json", status=status, body=body)
        assert type(await read(okx)) is T


@pytest.mark.parametrize(
    "data",
    [
        [],
        [{}],
        [{"sCode": "", "ordId": "1"}],
        [{"sCode": "51121", "ordId": "", "sMsg": "lot"}],
        [{"sCode": 0, "ordId": "1"}],
        {"rows": [{"sCode": "0", "ordId": "1"}]},
        "sCode 0",
        7,
    ],
)
async def test_a_success_without_the_order_in_it_is_no_success(server: OkxServer, okx: Okx, data: object) -> None:
    server.fault(ORDER, "json", body={"code": "0", "data": data, "msg": ""})
    assert type(await submission(okx)) is U


async def test_the_exchange_is_not_there_at_all(server: OkxServer, okx: Okx) -> None:
    leg = await only_leg(okx)
    await server.stop()
    with pytest.raises(TemporarilyDown):
        await okx.snapshot()
    with pytest.raises(TemporarilyDown):
        await okx.find_order(intent_for(leg, "3"))
    with pytest.raises(NotSent):
        await okx.submit(intent_for(leg, "3"))
    await server.start()
    assert (await only_leg(okx)).contracts == 10


@pytest.mark.parametrize(("code", "kind"), [("50011", T), ("50026", T), ("51000", T), ("50111", A), ("50119", A)])
async def test_a_look_up_that_fails_is_not_a_missing_order(server: OkxServer, okx: Okx, code: str, kind: Refusal) -> None:
    intent = intent_for(await only_leg(okx), "3")
    server.fault("GET /trade/order", "code", code=code)
    with pytest.raises(kind):
        await okx.find_order(intent)


@pytest.mark.parametrize("kind", ["empty_list", "html_200", "cut_json", "http_404", "wrong_types"])
async def test_a_look_up_without_a_row_is_not_a_missing_order(server: OkxServer, okx: Okx, kind: str) -> None:
    intent = intent_for(await only_leg(okx), "3")
    await okx.submit(intent)
    server.fault("GET /trade/order", kind)
    with pytest.raises(TemporarilyDown):
        await okx.find_order(intent)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("state", "abracadabra"),
        ("state", ""),
        ("accFillSz", "0"),
        ("accFillSz", "many"),
        ("accFillSz", 3),
        ("clOrdId", "another"),
        ("uTime", "yesterday"),
    ],
)
async def test_an_order_that_makes_no_sense_is_not_believed(server: OkxServer, okx: Okx, field: str, value: object) -> None:
    intent = intent_for(await only_leg(okx), "3")
    await okx.submit(intent)
    if field == "uTime":
        server.fault("GET /trade/order", "wrong_types", field="fillTime", value=value)
    else:
        server.fault("GET /trade/order", "wrong_types", field=field, value=value)
    with pytest.raises(TemporarilyDown):
        await okx.find_order(intent)
