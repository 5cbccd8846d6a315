"""A million subscribers: loading, looking, failing. Run by `make bench`."""

from __future__ import annotations

import resource
from functools import cache

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from staros_cli.chassis import definition
from staros_cli.chassis.subscribers import Wildcard
from tests.lab import Lab

SUBSCRIBERS = 1_000_000


def big(subscribers: int = SUBSCRIBERS) -> definition.Definition:
    """The default chassis with Session Recovery in effect and many subscribers."""
    text = (definition.shipped() / "asr5500.toml").read_text()
    text = text.replace("count = 700", f"count = {subscribers}")
    text = text.replace("PGW = 100000", f"PGW = {2 * subscribers}")
    text = text.replace("sessmgr = 40", "sessmgr = 100")
    host = "  system hostname asr5500\n"
    text = text.replace(host, host + "  require session recovery\n")
    return definition.parse("big", text, "big")


@cache
def loaded() -> Lab:
    return Lab(big())


@pytest.mark.benchmark(group="a million subscribers", min_rounds=1)
def test_load(benchmark: BenchmarkFixture) -> None:
    lab = benchmark.pedantic(Lab, (big(),), rounds=1)
    assert len(lab.chassis.sessions) > SUBSCRIBERS
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    benchmark.extra_info["peak MiB of the process"] = peak
    print(f"\npeak memory of the process: {peak} MiB")


@pytest.mark.benchmark(group="a million subscribers")
@pytest.mark.parametrize("key", ["callid", "username", "msid"])
def test_exact_look_up(benchmark: BenchmarkFixture, key: str) -> None:
    sessions = loaded().chassis.sessions
    session = sessions.session(SUBSCRIBERS // 2, loaded().chassis.now)
    found = {
        "callid": lambda: sessions.with_callid(session.callid),
        "username": lambda: sessions.with_username(Wildcard(session.username)),
        "msid": lambda: sessions.with_msid(Wildcard(session.msid)),
    }[key]
    assert benchmark(found) == [session.row]


@pytest.mark.benchmark(group="a million subscribers", min_rounds=3)
def test_wildcard_over_all(benchmark: BenchmarkFixture) -> None:
    sessions = loaded().chassis.sessions
    rows = benchmark.pedantic(sessions.with_username, (Wildcard("*99@lab.*"),), rounds=3)
    assert len(rows) > SUBSCRIBERS // 200


@pytest.mark.benchmark(group="a card with 100,000 sessions")
def test_fail_and_recover(benchmark: BenchmarkFixture) -> None:
    """SR-02 at scale: 250,000 subscribers put 100,000 sessions on card 1."""

    def fresh() -> tuple[tuple[Lab], dict[str, object]]:
        return (Lab(big(250_000)),), {}

    def fail(lab: Lab) -> None:
        lab.chassis.card_faults.fail(1)
        lab.wait(6)

    benchmark.pedantic(fail, setup=fresh, rounds=3)
