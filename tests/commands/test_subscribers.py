"""Screens about subscribers, to the column: the files beside are the layouts of a device."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from staros_cli.chassis.access import ACCESS_KINDS, KIND_BY_NAME, AccessKind
from staros_cli.rendering.subscriber_records import Call, full
from staros_cli.rendering.subscribers import meaning
from staros_cli.rendering.values import key_of
from tests.lab import Lab
from tests.recovery.support import recovering, sessions_of

SCREENS = Path(__file__).parent / "screens"
NONE = "No subscribers match the specified criteria\n"
WAITS = "authenticating = true\n"


def screen(name: str) -> str:
    """The text of a screen."""
    return (SCREENS / f"{name}.txt").read_text()


def lab_of_kinds() -> Lab:
    """A chassis with a call of each kind of access, named after it."""
    groups = [
        (
            1,
            kind.name,
            f'apn = "apn{number}.example"\nmsisdn = "9990000{number:04d}"\n'
            f'callid = "{0x0A1B2C00 + number:08x}"\nsessmgr = 1\n',
        )
        for number, kind in enumerate(ACCESS_KINDS)
    ]
    return recovering(
        groups=tuple(groups),
        change=lambda text: re.sub(
            r'username = "\d+-([^"]+)-\{number\}"', r'username = "\1-1"', text
        ),
    )


def test_the_table_has_the_legend_of_the_device() -> None:
    shown = lab_of_kinds().typed("show subscribers all")
    assert shown.startswith(screen("subscribers"))
    rows = shown.removeprefix(screen("subscribers")).splitlines()
    name_and_address = f"{'pgw-gtp-ipv4-1':<22} {'10.0.0.1':<29}"
    assert rows[10] == f"WTCNAI 0a1b2c0a 00101000000001  {name_and_address} 00h00m00s"
    assert rows[-2:] == ["", f"Total subscribers matching specified criteria: {len(ACCESS_KINDS)}"]


@pytest.mark.parametrize(
    ("kind", "meanings"),
    [
        ("pdsn-proxy-mobile-ip", ("pdsn-simple-ip", "CDMA EV-DO", "Proxy-Mobile-IP")),
        ("ggsn-pdp-type-ipv6", ("ggsn-pdp-type-ipv6", "WCDMA UTRAN", "IPv6")),
        ("pgw-gtp-ipv6", ("pgw-gtp-ipv6", "eUTRAN", "IPv6")),
        ("saegw-gtp-ipv4", ("saegw-gtp-ipv4", "eUTRAN", "IP")),
        ("mme", ("s1-mme", "eUTRAN", "IP")),
        ("sgsn-2.5g-pdp-type-ppp", ("sgsn-pdp-type-ppp", "GPRS GERAN", "IP")),
        ("hnbgw-segw", ("femto-ip", "Femto IPSec", "IPSEC")),
        ("ipsg", ("IPSG", "Other/Unknown", "IP")),
        ("l2tp-lac", ("pdsn-simple-ip", "CDMA EV-DO", "L2TP")),
    ],
)
def test_the_legend_decodes_the_letters(kind: str, meanings: tuple[str, str, str]) -> None:
    letters = KIND_BY_NAME[kind].letters
    parts = ("access", "technology", "network")
    assert tuple(map(meaning, parts, letters)) == meanings


@pytest.mark.parametrize("kind", ACCESS_KINDS, ids=lambda kind: kind.name)
def test_every_kind_has_letters_of_the_legend(kind: AccessKind) -> None:
    for part, letter in zip(("access", "technology", "network"), kind.letters, strict=True):
        assert meaning(part, letter)


def test_the_summary_has_the_rows_of_the_device() -> None:
    lab = lab_of_kinds()
    assert lab.typed("show subscribers summary") == screen("subscribers_summary")


def test_the_kinds_of_access_add_up_to_the_total() -> None:
    lab = lab_of_kinds()
    counts = lab.reply("show subscribers summary").data
    rows = {key_of(kind.counted_as) for kind in ACCESS_KINDS}
    assert rows <= set(counts)
    assert sum(counts[row] for row in rows) == counts["total_subscribers"] == len(ACCESS_KINDS)
    assert counts["cdma_evdo_sessions"] == counts["cdma_evdo_active"] == 5


def test_calls_that_are_connecting_are_in_no_active_row() -> None:
    lab = recovering(groups=((2, "pdsn-simple-ipv4", ""), (3, "pdsn-mobile-ip", WAITS)))
    counts = lab.reply("show subscribers summary").data
    assert (counts["total_subscribers"], counts["active"]) == (5, 2)
    assert (counts["cdma_evdo_sessions"], counts["cdma_evdo_active"]) == (5, 2)
    counts = lab.reply("show subscribers summary username *mobile*").data
    assert (counts["total_subscribers"], counts["active"]) == (3, 0)


def test_the_record_of_a_subscriber() -> None:
    shown = lab_of_kinds().typed("show subscribers full username pgw-gtp-ipv4-1")
    assert shown == screen("subscribers_full")


def test_the_record_of_a_subscriber_of_an_sae_gw() -> None:
    lab = lab_of_kinds()
    line = "show subscribers saegw-only full username saegw-gtp-ipv6-1"
    assert lab.typed(line) == screen("subscribers_saegw_only_full")
    assert lab.typed("show subscribers saegw-only full").count("\nCAE Server Address: \n") == 2
    assert lab.typed("show subscribers pgw-only full").startswith("Username: pgw-gtp-ipv4-1")
    lab = recovering(groups=((1, "pgw-gtp-ipv4", ""),))
    assert lab.typed("show subscribers user-plane-only full") == NONE


def test_a_record_says_where_its_sessmgr_runs_and_that_it_does_not() -> None:
    lab = recovering(groups=((1, "mme", "sessmgr = 1\n"),))
    assert "  Card/Cpu: 1/0 " in lab.typed("show subscribers full all")
    (session,) = sessions_of(lab)
    shown = full([Call(session, lab.chassis.now, None, "", "")])
    assert "  Card/Cpu: n/a                          Sessmgr Instance: 1" in shown.shown.lines


# Filters

KINDS = lab_of_kinds()


def found(lab: Lab, filters: str) -> list[str]:
    """The usernames of the subscribers that filters find."""
    reply = lab.reply(f"show subscribers {filters}")
    if reply.text == NONE:
        return []
    assert not reply.failed, reply.text
    rows, total = reply.data
    assert total == {"total": len(rows)}
    return [row["username"] for row in rows]


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ("ggsn-only", ["ggsn-pdp-type-ipv4-1", "ggsn-pdp-type-ppp-1", "ggsn-pdp-type-ipv6-1"]),
        ("gprs-only apn apn20.example", ["sgsn-2.5g-pdp-type-ipv4-1"]),
        ("sgsn-only msisdn 99900000019", ["sgsn-3g-pdp-type-ipv6-1"]),
        ("mme-only", ["mme-1"]),
        ("pgw-only", ["pgw-gtp-ipv4-1", "pgw-gtp-ipv6-1"]),
        ("sgw-only", ["sgw-gtp-ipv4-1", "sgw-gtp-ipv6-1"]),
        ("saegw-only all", ["saegw-gtp-ipv4-1", "saegw-gtp-ipv6-1"]),
        ("saegw-only pgw-only", []),
        ("user-plane-only", ["-", "-", "-"]),
        ("user-plane-only imsi 00103900000001", ["-"]),
        ("APN Apn10.Example", ["pgw-gtp-ipv4-1"]),
        ("apn apn1", []),
        ("callid 0A1B2C0A", ["pgw-gtp-ipv4-1"]),
        ("callid 0a1b2c0a callid 0a1b2c0b", []),
        ("imsi 00101000000001", ["pgw-gtp-ipv4-1"]),
        ("imsi 00101000000001 ebi 5", ["pgw-gtp-ipv4-1"]),
        ("imsi 00101000000001 ebi 6", []),
        ("imsi 00101600000001 ebi 5", []),
        ("msisdn 9990000001$", [f"{kind.name}-1" for kind in ACCESS_KINDS[10:20]]),
        ("msisdn 9990000001", []),
        ("username callid", []),
        ("username 'pgw*'", []),
        ("username pgw* username *ipv6*", ["pgw-gtp-ipv6-1"]),
        ("ip-address 10.0.0.1 pgw-service pgw", ["pgw-gtp-ipv4-1"]),
        ("ip-address 10.0.0.2", []),
        ("ip-address 9.255.255.255", []),
        ("ipv6-address 2001:DB8:0::1 pgw-service pgw", ["pgw-gtp-ipv6-1"]),
        ("ggsn-service ggsn username *ppp*", ["ggsn-pdp-type-ppp-1"]),
        ("ggsn-service pgw", []),
        ("ggsn-address 192.0.2.1 username *ppp*", ["ggsn-pdp-type-ppp-1"]),
        ("ggsn-address 192.0.2.9", []),
        ("rulename r", []),
        ("mme-only without-dynamic-rule without-override-control", ["mme-1"]),
        ("smgr-instance 1 mme-only", ["mme-1"]),
        ("smgr-instance 2", []),
        ("card-num 1 cpu 0 mme-only", ["mme-1"]),
        ("card-num 2", []),
        ("cpu 3", []),
        ("mme-only connected-time > 0", ["mme-1"]),
        ("mme-only connected-time less-than 10", []),
    ],
)
def test_filters(filters: str, names: list[str]) -> None:
    assert sorted(found(KINDS, filters)) == sorted(names)


@pytest.mark.parametrize("measure", ["connected-time", "idle-time", "rx-data", "tx-data"])
def test_comparisons_split_the_subscribers(measure: str) -> None:
    lab = recovering(groups=((40, "pgw-gtp-ipv4", ""),))
    now = lab.chassis.now
    read = {
        "connected-time": lambda session: int(session.duration(now)),
        "idle-time": lambda session: int(session.idle(now)),
        "rx-data": lambda session: session.usage().received,
        "tx-data": lambda session: session.usage().sent,
    }[measure]
    amounts = {session.username: read(session) for session in sessions_of(lab)}
    limit = sorted(amounts.values())[20]
    more = sorted(name for name, amount in amounts.items() if amount > limit)
    less = sorted(name for name, amount in amounts.items() if amount < limit)
    assert sorted(found(lab, f"{measure} > {limit}")) == more
    assert sorted(found(lab, f"{measure} greater-than {limit}")) == more
    assert sorted(found(lab, f"{measure} < {limit}")) == less
    assert sorted(found(lab, f"{measure} less-than {limit}")) == less
    assert len(more) + len(less) + list(amounts.values()).count(limit) == 40


def test_every_form_takes_the_same_filters() -> None:
    lab = lab_of_kinds()
    wanted = "saegw-only apn apn14.example"
    assert found(lab, wanted) == ["saegw-gtp-ipv4-1"]
    assert "username: saegw-gtp-ipv4-1 " in lab.typed(f"show subscribers debug-info {wanted}")
    assert lab.reply(f"show subscribers summary {wanted}").data["total_subscribers"] == 1
    assert lab.reply(f"show subscribers data-rate summary {wanted}").data["total"] == 1
    assert lab.reply("show subscribers saegw-only summary").data["active"] == 2
    assert lab.typed("show subscribers summary apn none") == NONE
    assert lab.typed(f"clear subscribers {wanted} -noconfirm").endswith(": 1\n")
    assert found(lab, wanted) == []
    assert found(lab, "saegw-only") == ["saegw-gtp-ipv6-1"]


def test_nodes_that_follow_subscribers_sum_them_up_in_another_way() -> None:
    lab = recovering(groups=((3, "mme", ""), (2, "sgsn-2.5g-pdp-type-ipv4", "")))
    assert lab.typed("show subscribers mme-only summary") == (
        "Total Subscribers:             3\n"
        "Active:                        3             Dormant:                       0\n"
        "Total Active Subscribers:      3\n"
        "Total Connected Subscribers:   3             Total Idle Subscribers:        0\n"
    )
    assert lab.typed("show subscribers gprs-only summary").endswith(
        "Total Ready Subscribers:       2             Total Standby Subscribers:     0\n"
    )
    assert lab.reply("show subscribers summary sgsn-only").text == (
        "No subscribers match the specified criteria\n"
    )


def test_subscribers_without_number_and_access_point_match_no_such_filter() -> None:
    lab = recovering(groups=((2, "pgw-gtp-ipv4", ""),))
    assert found(lab, "msisdn 0") == []
    assert found(lab, "msisdn 1") == []
    assert found(lab, "msisdn *") == []
    assert found(lab, "apn x") == []
    assert "  MSISDN: n/a\n" in lab.typed("show subscribers full all")


def test_numbers_and_identities_count_up_with_their_zeros() -> None:
    numbers = 'msisdn = "00998"\nmsid = "000098"\n'
    lab = recovering(
        groups=((3, "pgw-gtp-ipv4", numbers),),
        change=lambda text: text.replace('msid = "00100000000001"\n', ""),
    )
    names = {"00998": "1", "00999": "2", "01000": "3"}
    for number, name in names.items():
        assert found(lab, f"msisdn {number}") == [f"0-pgw-gtp-ipv4-{name}"]
    for number in ("998", "00997", "01001", "000998"):
        assert found(lab, f"msisdn {number}") == []
    assert found(lab, "msisdn 00*") == ["0-pgw-gtp-ipv4-1", "0-pgw-gtp-ipv4-2"]
