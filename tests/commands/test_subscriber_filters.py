"""Filters of subscribers: every form of the command finds the same ones; and forms of their own."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from staros_cli.chassis.access import ACCESS_KINDS
from tests.configuration.test_peers import with_peers
from tests.lab import Lab
from tests.recovery.support import recovering, sessions_of

NONE = "No subscribers match the specified criteria\n"
EXTRA = 'apn = "apn{n}.example"\nmsisdn = "9990000{n:04d}"\nqci = {n}\n'
KINDS = (
    "pgw-gtp-ipv4",
    "pgw-gtp-ipv6",
    "ggsn-pdp-type-ipv4",
    "uplane-ipv4",
    "uplane-ipv4v6",
    "mme",
)


def some_calls() -> Lab:
    """A chassis with calls of some kinds."""
    groups = tuple((5, kind, EXTRA.format(n=n)) for n, kind in enumerate(KINDS, 1))
    return recovering(groups=groups)


LAB = some_calls()
NOW = LAB.chassis.now
SESSIONS = {f"{session.callid:08x}": session for session in sessions_of(LAB)}


def records(line: str) -> list[dict[str, Any]]:
    """The records that a command shows."""
    found: list[dict[str, Any]] = LAB.reply(line).data[:-1]
    return found


_compared = st.builds(
    "{} {} {}".format,
    st.sampled_from(["connected-time", "idle-time", "rx-data", "tx-data"]),
    st.sampled_from(["<", ">", "less-than", "greater-than"]),
    st.sampled_from([0, 1, 30, 600, 1000, 100_000, 10**7]),
)
_plain = st.sampled_from(
    [
        "all",
        "without-dynamic-rule",
        "without-override-control",
        "pgw-only",
        "ggsn-only",
        "sgw-only",
        "user-plane-only",
        "pgw-service pgw",
        "ggsn-service ggsn",
        "rulename r",
        "imsi 0010000000000$",
        "imsi 00100000000001 ebi 5",
        "imsi 00100000000001 ebi 6",
        "msid 001*3",
        "username *-2",
        "msisdn 999000000*",
    ]
)
_numbered = st.one_of(
    st.integers(0, 7).map("apn APN{}.example".format),
    st.integers(0, 7).map("smgr-instance {}".format),
    st.integers(1, 5).map("card-num {}".format),
    st.integers(0, 3).map("cpu {}".format),
    st.integers(0, 7).map("ip-address 10.0.0.{}".format),
    st.integers(1, 7).map("ipv6-address 2001:db8::{}".format),
    st.sampled_from(sorted(SESSIONS)).map("callid {}".format),
)
filters = st.lists(st.one_of(_compared, _plain, _numbered), min_size=1, max_size=3)


@settings(max_examples=150)
@given(filters)
def test_every_form_finds_the_same_subscribers(chosen: list[str]) -> None:
    line = " ".join(chosen)
    reply = LAB.reply(f"show subscribers {line}")
    assert not reply.failed, reply.text
    if reply.text == NONE:
        for form in ("summary", "full", "counters", "aaa-configuration", "data-rate high"):
            assert LAB.typed(f"show subscribers {form} {line}") == NONE
        return
    rows, total = reply.data
    callids = [row["callid"] for row in rows]
    assert total == {"total": len(callids)}
    summary = LAB.reply(f"show subscribers summary {line}").data
    assert summary["total_subscribers"] == len(callids)
    assert LAB.reply(f"show subscribers data-rate {line}").data["total"] == len(callids)
    for form in ("full", "aaa-configuration"):
        assert [one["callid"] for one in records(f"show subscribers {form} {line}")] == callids
    counted = records(f"show subscribers counters {line}")
    carried = [SESSIONS[callid].usage().received for callid in callids]
    assert [record["input_bytes"] for record in counted] == carried
    high = LAB.reply(f"show subscribers data-rate high {line}").data
    assert {row["callid"] for row in high} <= set(callids)
    assert len(high) == min(10, len(callids))


@given(filters)
def test_more_filters_find_fewer_subscribers(chosen: list[str]) -> None:
    found: set[str] | None = None
    for count in range(1, len(chosen) + 1):
        reply = LAB.reply(f"show subscribers {' '.join(chosen[:count])}")
        callids = set() if reply.text == NONE else {row["callid"] for row in reply.data[0]}
        assert found is None or callids <= found
        found = callids


def test_the_highest_and_the_lowest_rates() -> None:
    peaks = {
        callid: session.pattern.rate * (1 + session.pattern.ratio)
        for callid, session in SESSIONS.items()
    }
    order = sorted(peaks, key=lambda callid: peaks[callid])
    low = [row["callid"] for row in LAB.reply("show subscribers data-rate low").data]
    high = [row["callid"] for row in LAB.reply("show subscribers data-rate high all").data]
    assert [peaks[callid] for callid in low] == [peaks[callid] for callid in order[:10]]
    assert [peaks[callid] for callid in high] == [peaks[callid] for callid in order[:-11:-1]]
    shown = LAB.typed("show subscribers data-rate low pgw-only")
    assert shown.startswith(
        "CALLID   USERNAME                 peak from     peak to    ave from      ave to\n"
    )
    waiting = recovering(groups=((2, "mme", "authenticating = true\n"),))
    assert waiting.typed("show subscribers data-rate high") == NONE


AAA = """\
Username: user1@lab.example                   Status: Online/Active
  Access Type: gtp-pdn-type-ipv4         Network Type: IP
  Access Tech: eUTRAN
  callid: {callid}                       msid: 001010000000001
  imsi: 001010000000001
  Authentication Context: {context:<15}Group: {group}
  Accounting Context: {accounting:<19}Group: {charged}
  GTPP Context: {gtpp:<25}Group: {gateways}
  IMS Authorization Service: n/a

Total subscribers matching specified criteria: 1
"""


def test_the_servers_of_a_subscriber() -> None:
    lab = with_peers()
    line = "show subscribers aaa-configuration username user1@lab.example"
    callid = lab.reply(line).data[0]["callid"]
    common = {"callid": callid, "context": "SAEGW", "group": "default"}
    servers = {"accounting": "SAEGW", "charged": "default", "gtpp": "SAEGW", "gateways": "default"}
    assert lab.typed(line) == AAA.format(**common, **servers)
    lab.configure("context SAEGW", "aaa authentication subscriber none")
    servers |= {"accounting": "n/a", "charged": "n/a"}
    gone = {**common, "context": "n/a", "group": "n/a"}
    assert lab.typed(line) == AAA.format(**gone, **servers)


def test_user_planes_use_no_servers() -> None:
    lab = recovering(groups=((1, "uplane-ipv4", ""),))
    assert "  Authentication Context: n/a " in lab.typed("show subscribers aaa-configuration")
    assert lab.chassis.peers.refusal(0) == ""


def test_no_subscriber_has_access_flows() -> None:
    assert LAB.typed("show subscribers access-flows") == NONE
    assert LAB.typed("show subscribers access-flows all") == NONE


def test_durations_by_class_of_quality_add_up() -> None:
    everything = LAB.reply("show session duration").data
    classes = [LAB.reply(f"show session duration qci {qci}").data for qci in range(1, 7)]
    counts = [sum(one.values()) for one in classes]
    assert counts == [5, 5, 0, 5, 5, 0]  # calls of a GGSN and of an MME have no bearers here
    assert sum(everything.values()) == 5 * len(KINDS)
    assert sum(LAB.reply("show session duration qci 9").data.values()) == 0


def test_set_up_times_by_kind_add_up() -> None:
    everything = LAB.reply("show session setuptime").data
    assert everything["800..900ms"] == 5 * len(KINDS)
    kinds = {kind.service for kind in ACCESS_KINDS if kind.name in KINDS}
    found = {kind: LAB.reply(f"show session setuptime call-type {kind}").data for kind in kinds}
    assert {kind: data["800..900ms"] for kind, data in found.items()} == {
        "pgw": 10,
        "ggsn": 5,
        "mme": 5,
        "user-plane": 10,
    }
    assert LAB.reply("show session setuptime qci 4").data["800..900ms"] == 5
    lab = recovering(groups=((3, "mme", ""),))
    lab.typed("clear session setuptime")
    assert sum(lab.reply("show session setuptime").data.values()) == 0
