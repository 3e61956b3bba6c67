"""Builds the exchange that the settings name, as each account sees it, and its stream."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from tgtp.adapters.paper.account_file import read_paper_account
from tgtp.adapters.paper.demonstration import Demonstration
from tgtp.adapters.paper.drama import Drama, DramaticMarket
from tgtp.adapters.paper.exchange import PaperExchange
from tgtp.adapters.paper.liquidation.maintenance import MaintenanceRates, TieredRates
from tgtp.adapters.paper.simulated_market import SimulatedMarket, seed_legs, seed_sub_legs, traded_by_hand
from tgtp.domain.funding.rates import FundingRate
from tgtp.domain.model import MAIN
from tgtp.engine.cycle import Checker
from tgtp.engine.ports import AccountStream, Clock, Exchange, MarkStream, Prices, StreamListener
from tgtp.engine.stream.decider import Decider
from tgtp.engine.stream.mark_book import MarkBook
from tgtp.engine.stream.streaming import Streamed, Streaming
from tgtp.engine.stream.watch import StreamWatch
from tgtp.errors import Problem, SettingsInvalid
from tgtp.settings.environment import Settings
from tgtp.settings.network import Network


def build_exchanges(settings: Settings, clock: Clock, network: Network) -> dict[str, Exchange]:
    """Build the exchange that the settings name, as each account sees it."""
    if settings.exchange == "okx":
        return _build_okx(settings, clock, network)
    found: dict[str, Exchange] = {}
    rates: dict[str, FundingRate] = {}
    live: Prices | None = None
    maintenance = MaintenanceRates()
    if settings.paper_prices == "live":
        from tgtp.adapters.okx.detour import Detour  # noqa: PLC0415
        from tgtp.adapters.okx.exchange import okx_client  # noqa: PLC0415
        from tgtp.adapters.okx.market_data import OkxPrices  # noqa: PLC0415

        client = okx_client(url=settings.okx_api_url, ws_url=settings.okx_ws_url, demo=False, network=network)
        live = OkxPrices(client, clock, Detour(network, settings.okx_api_url))
        maintenance = TieredRates(live.position_tiers, clock)
    for of in settings.startable:
        path = settings.folder / ("paper.json" if of.name == MAIN else f"paper-{of.name}.json")
        account = read_paper_account(path, clock.now())
        # The plot is that of the main account: what is tried in the others is upkeep.
        is_drama = settings.paper_drama == "on" and of.name == MAIN
        # The prices are those of all accounts where they come from outside.
        prices = live or (DramaticMarket if is_drama else SimulatedMarket)(clock, account.genesis)
        number = len(found) - 1
        seed, trades = (seed_legs, None) if of.name == MAIN else (seed_sub_legs(number), traded_by_hand(number))
        if live is not None:
            paper = PaperExchange(prices, clock, account, path=path, seed=seed, maintenance=maintenance)
        else:
            paper = (Drama if is_drama else Demonstration)(prices, clock, account, path=path, seed=seed, trades=trades)
        # Rates are read by the main account alone, as public ones are.
        paper.shown_rates = rates
        found[of.name] = paper
    return found


def _build_okx(settings: Settings, clock: Clock, network: Network) -> dict[str, Exchange]:
    # Imported here: ccxt costs half a second and 90 MB, which a paper account need not pay.
    from tgtp.adapters.okx.detour import Detour  # noqa: PLC0415
    from tgtp.adapters.okx.exchange import Okx, okx_client  # noqa: PLC0415
    from tgtp.adapters.okx.public import OkxPublic  # noqa: PLC0415

    found: dict[str, Exchange] = {}
    public: OkxPublic | None = None
    detour = Detour(network, settings.okx_api_url)
    for account in settings.startable:
        keys = settings.okx_keys if account.name == MAIN else tuple(key.get_secret_value() for key in account.keys)
        if len(keys) != 3:
            prefix = "OKX" if account.name == MAIN else account.name.upper()
            raise SettingsInvalid(Problem("setting.keys", prefix=prefix))
        client = okx_client(
            url=settings.okx_api_url,
            ws_url=settings.okx_ws_url,
            demo=settings.okx_demo,
            keys=(keys[0], keys[1], keys[2]),
            network=network,
        )
        # What OKX tells everybody is read once for all, by the main account's client.
        public = public or OkxPublic(client, clock)
        found[account.name] = Okx(client, clock, public, detour)
    return found


def build_streams(
    settings: Settings,
    exchanges: Mapping[str, Exchange],
    marks: StreamListener,
    accounts: Mapping[str, StreamListener],
    clock: Clock,
    network: Network,
) -> tuple[MarkStream, Mapping[str, AccountStream]]:
    """Build OKX's streams, of the mark prices and of each account, and tell them who hears of it."""
    # Imported here: a paper account need not pay for it.
    from tgtp.adapters.okx.exchange import Okx  # noqa: PLC0415
    from tgtp.adapters.okx.stream.build import Listening, build_streams  # noqa: PLC0415

    found = {name: each for name, each in exchanges.items() if isinstance(each, Okx)}
    return build_streams(
        marks,
        {name: Listening(found[name].client, found[name].public, listener) for name, listener in accounts.items()},
        clock,
        url=settings.okx_api_url,
        ws_url=settings.okx_ws_url,
        demo=settings.okx_demo,
        network=network,
    )


def build_streaming(
    settings: Settings, exchanges: Mapping[str, Exchange], checkers: Sequence[Checker], clock: Clock, network: Network
) -> Streaming | None:
    """Build what decides by OKX's stream in these accounts; None where there is none to be used."""
    if not settings.is_streamed:
        return None
    book, max_age = MarkBook(clock, exchanges[MAIN].now), dt.timedelta(milliseconds=settings.stream_max_age)
    deciders = {each.account: Decider(each, book, clock, _waking(each), max_age=max_age) for each in checkers}
    marks, streams = build_streams(settings, exchanges, book, deciders, clock, network)
    for name, decider in deciders.items():
        decider.stream = streams[name]
    accounts = [Streamed(streams[name], decider) for name, decider in deciders.items()]
    watch = StreamWatch([*deciders.values()], marks, book, clock, max_age)
    return Streaming(marks, accounts, book, watch, clock)


def _waking(checker: Checker) -> Callable[[], None]:
    """Return what wakes a check: whoever runs the checks says how only when they begin."""

    def wake() -> None:
        checker.wake()

    return wake
