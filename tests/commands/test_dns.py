"""DNS clients: names of hosts and peers that are looked up, and what is remembered and counted."""

from __future__ import annotations

import pytest

from tests.lab import Lab

CLIENT = (
    "context SAEGW",
    "interface DNS loopback",
    "ip address 203.0.113.53 255.255.255.255",
    "exit",
    "ip name-servers 192.0.2.53 192.0.2.54",
    "ip localhost printer.lab.example 192.0.2.90",
    "dns-client d1",
    "bind address 203.0.113.53",
    "resolver number-of-retries 1",
    "resolver retransmission-interval 2",
    "exit",
    "diameter endpoint gx",
    "peer pcrf realm lab.example address 192.0.2.70",
    "exit",
    "end",
)
ANSWER = """\
Query Name:  pcrf.lab.example
Query Type:  A           TTL: 300 seconds
Answer:
  IP Address: 192.0.2.70
"""


def with_client(*more: str) -> Lab:
    lab = Lab()
    assert lab.configure(*CLIENT[:-1]) == ""
    if more:
        assert lab.configure("context SAEGW", "dns-client d1", *more) == ""
    lab.typed("context SAEGW")
    return lab


def asked(lab: Lab, name: str, kind: str = "A") -> str:
    text = lab.typed(f"show dns-client query client-name d1 query-type {kind} query-name {name}")
    return text + lab.wait(20)


def counted(lab: Lab) -> dict[str, str]:
    lines = lab.typed("show dns-client statistics client d1").splitlines()
    return {a.strip(): b.strip() for a, _, b in (line.partition(": ") for line in lines)}


def test_peers_have_names_that_the_servers_know() -> None:
    lab = with_client()
    assert (
        asked(lab, "PCRF.lab.example.").replace("PCRF.lab.example.", "pcrf.lab.example") == ANSWER
    )
    assert asked(lab, "pcrf.lab.example", "AAAA") == "Query Failed\n"
    assert asked(lab, "pcrf.lab.example", "SRV") == "Query Failed\n"
    assert asked(lab, "nobody.example") == "Query Failed\n"
    found = counted(lab)
    assert found["Total Resolver Queries"] == "4"
    assert found["Domain Not Found"] == "3"
    assert found["Successful Queries"] == "1"


def test_entries_of_hosts_need_no_server() -> None:
    lab = with_client()
    lab.configure("context SAEGW", "no ip name-servers")
    assert "IP Address: 192.0.2.90\n" in asked(lab, "printer.lab.example")
    assert asked(lab, "pcrf.lab.example") == "Query Failed\n"
    assert counted(lab)["Total Resolver Queries"] == "0"


def test_answers_are_remembered_as_long_as_they_hold() -> None:
    lab = with_client("cache ttl negative 30")
    asked(lab, "pcrf.lab.example")
    asked(lab, "nobody.example")
    rows = [line.split() for line in lab.typed("show dns-client cache").splitlines()[2:]]
    assert rows == [
        ["d1", "pcrf.lab.example", "A", "260", "192.0.2.70"],
        ["d1", "nobody.example", "A", "10", "-"],
    ]
    assert lab.typed("show dns-client cache client d1 query-type AAAA").count("\n") == 2
    assert "TTL: 260 seconds" in asked(lab, "pcrf.lab.example")
    found = counted(lab)
    assert found["Cache Hits (Positive Response)"] == "1"
    assert found["Hit Ratio"] == "33.33%"
    lab.wait(300)
    assert lab.typed("show dns-client cache").count("\n") == 2
    assert "TTL: 300 seconds" in asked(lab, "pcrf.lab.example")


@pytest.mark.parametrize(("algorithm", "left"), [("fifo", "b"), ("lru", "a")])
def test_a_full_cache_forgets(algorithm: str, left: str) -> None:
    lab = with_client(
        "cache size central 2", "cache ttl negative 600", f"cache algorithm central {algorithm}"
    )
    for name in ("a", "b", "a", "c"):
        asked(lab, name)
    text = lab.typed("show dns-client cache")
    assert sorted(line.split()[1] for line in text.splitlines()[2:]) == sorted([left, "c"])


def test_servers_that_do_not_answer_take_time_and_the_next_is_asked() -> None:
    lab = with_client()
    lab.chassis.peers.fail("192.0.2.53")
    command = "show dns-client query client-name d1 query-type A query-name pcrf.lab.example"
    assert lab.typed(command) == ""
    assert lab.wait(3.9) == ""
    assert lab.wait(0.2).startswith(ANSWER.rstrip())
    assert counted(lab)["Query Timeouts"] == "2"
    lab.chassis.peers.fail("192.0.2.54", "dns")
    assert asked(lab, "other.example").startswith("Query Failed")
    assert counted(lab)["Query Timeouts"] == "6"
    lab.chassis.peers.restore("192.0.2.53")
    lab.typed("clear dns-client d1 cache")
    assert asked(lab, "pcrf.lab.example") == ANSWER


def test_a_client_needs_an_address_that_is_up() -> None:
    lab = with_client("no bind address")
    assert asked(lab, "pcrf.lab.example") == "Query Failed\n"
    lab.configure("context SAEGW", "dns-client d1", "bind address 203.0.113.53")
    assert asked(lab, "pcrf.lab.example") == ANSWER
    lab.typed("clear dns-client d1 cache")
    lab.configure("context SAEGW", "no interface DNS")
    assert asked(lab, "pcrf.lab.example") == "Query Failed\n"


def test_clearing_and_a_restart_forget() -> None:
    lab = with_client()
    asked(lab, "pcrf.lab.example")
    lab.typed("clear dns-client d1 statistics")
    assert counted(lab)["Total Lookups"] == "0"
    lab.typed("clear dns-client d1 cache")
    assert lab.typed("show dns-client cache").count("\n") == 2
    asked(lab, "pcrf.lab.example")
    lab.typed("save configuration -noconfirm")
    lab.reload(60)
    lab.typed("context SAEGW")
    assert counted(lab)["Total Lookups"] == "0"
    assert asked(lab, "pcrf.lab.example") == ANSWER


def test_other_clients_are_refused() -> None:
    lab = with_client()
    refusal = "Failure: There is no DNS client d2 in context SAEGW\n"
    for line in ("show dns-client cache client d2", "clear dns-client d2 cache"):
        assert lab.typed(line) == refusal
