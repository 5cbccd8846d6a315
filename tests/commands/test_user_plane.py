"""Sessions of user planes: how they are shown, where they come from, what becomes of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli.chassis.definition import DefinitionError
from staros_cli.chassis.tasks import SESSMGR
from staros_cli.chassis.user_plane import UserPlaneSession
from tests.lab import Lab
from tests.recovery.support import recovering, sessions_of, traps

SCREENS = Path(__file__).parent / "screens"
NONE = "No subscribers match the specified criteria\n"
CONTROL = "192.0.2.250"
ONE = (
    'apn = "apn17.example"\nmsisdn = "99900000154"\ncallid = "0a1b2cb6"\nsessmgr = 2\n'
    'nodes = ["198.51.100.226"]\naddress = "2001:db8:17::ba01"\ntraffic = { rate = 0.0 }\n'
)
VIEWS = ("pdr", "far", "qer", "urr")
SECOND = ("control-plane-group CP", "peer-node-id ipv4-address 192.0.2.251")


def one_session() -> Lab:
    """A user plane with a session that carries nothing."""
    return recovering(groups=((1, "uplane-ipv6", ONE),))


def many_sessions() -> Lab:
    """A user plane with sessions of all kinds."""
    kinds = ("uplane-ipv4", "uplane-ipv6", "uplane-ipv4v6")
    return recovering(groups=tuple((8, kind, "") for kind in kinds))


def calling() -> Lab:
    """A user plane whose sessions are set up again when they have ended."""
    return recovering(
        groups=((12, "uplane-ipv4", ""),),
        change=lambda text: text.replace("attach-rate = 0.0", "attach-rate = 10.0"),
    )


def screen(name: str) -> str:
    """The text of a screen."""
    return (SCREENS / f"user_plane_{name}.txt").read_text()


def test_the_record_of_a_session() -> None:
    line = "show subscribers user-plane-only full callid 0a1b2cb6"
    assert one_session().typed(line) == screen("full")


@pytest.mark.parametrize("view", VIEWS)
def test_the_rules_of_a_session(view: str) -> None:
    lab = one_session()
    shown = lab.typed(f"show subscribers user-plane-only callid 0a1b2cb6 {view} full all")
    assert shown == screen(view)
    assert lab.typed(f"show subscribers user-plane-only {view} full all") == screen(view)
    assert lab.typed(f"sho sub user-p callid 0a1b2cb6 {view} full all") == screen(view)


def test_without_a_user_plane_there_is_none() -> None:
    lab = Lab()
    assert lab.typed("show subscribers user-plane-only") == NONE
    assert lab.typed("show subscribers user-plane-only full all") == NONE
    for view in VIEWS:
        assert lab.typed(f"show subscribers user-plane-only {view} full all") == NONE


def test_the_list_tells_no_names() -> None:
    lab = one_session()
    row = lab.typed("show subscribers all | grep y.C.AI")
    assert row.startswith(
        "y.C.AI 0a1b2cb6 -               -                      2001:db8:17::ba01"
    )
    assert lab.typed("show subscribers imsi 00100000000001 | grep -c ba01").strip() != "0"


def test_rules_agree_with_the_record() -> None:
    lab = many_sessions()
    lab.wait(600)
    (*records, total) = lab.reply("show subscribers user-plane-only full").data
    (*rules, _) = lab.reply("show subscribers user-plane-only pdr full all").data
    assert total == {"total": 24}
    by_call = {entry["callid"]: entry["pdrs"] for entry in rules}
    for record in records:
        up, down, *others = by_call[record["callid"]]
        assert (up["bytes"], down["bytes"]) == (record["input_bytes"], record["output_bytes"])
        assert (up["packets"], down["packets"]) == (record["input_pkts"], record["output_pkts"])
        assert len(others) == (0 if record["access"] == "uplane-ipv4" else 2)
        assert record["rules"] == 2 + len(others)
    assert sum(record["input_bytes"] for record in records) > 0


def test_headers_are_of_the_version_of_the_other_end() -> None:
    lab = recovering(
        groups=((1, "uplane-ipv6", ONE),),
        change=lambda text: text.replace("ipv4-address 192.0.2.250", "ipv6-address 2001:db8::c"),
    )
    shown = lab.typed('show subscribers user-plane-only pdr full all | grep "Outer .eader"')
    headers = [line.split()[-1] for line in shown.splitlines()]
    v4, v6, none = "GTP-U/UDP/IPv4", "GTP-U/UDP/IPv6", "N/A"
    assert headers == [v4, none, none, v4, v6, v4, v4, v6]


def test_tunnels_belong_to_one_session_each() -> None:
    lab = many_sessions()
    rules = [pdr for s in sessions_of(lab) for pdr in lab.chassis.user_planes.of(s).pdrs]
    for source in ("Access", "CP-function"):
        own = {rule.teid for rule in rules if rule.source == source}
        sessions = sum(rule.number in (1, 3) for rule in rules if rule.source == source)
        assert len(own) == sessions
        assert 0 not in own


@given(st.lists(st.integers(1, 2**32 - 1), min_size=2, max_size=2, unique=True))
def test_identifiers_differ_where_call_identifiers_do(callids: list[int]) -> None:
    (session,) = sessions_of(LAB)
    found = []
    for callid in callids:
        held = LAB.chassis.user_planes.of(session)
        other = type(session)(session.row, callid, *tuple(getattr(session, name) for name in REST))
        found.append(UserPlaneSession(other, held.interface, held.own, "", held.node, ""))
    first, second = found
    assert first.seid != second.seid
    assert first.remote_seid != second.remote_seid
    assert not {p.teid for p in first.pdrs if p.teid} & {p.teid for p in second.pdrs if p.teid}


LAB = one_session()
REST = tuple(type(sessions_of(LAB)[0]).__struct_fields__)[2:]


def test_sessions_are_recovered() -> None:
    lab = many_sessions()
    before = {s.callid: lab.chassis.user_planes.of(s) for s in sessions_of(lab)}
    lab.wait(120)
    for instance in range(1, 7):
        lab.chassis.task_faults.kill(SESSMGR, instance)
        lab.wait(20)
    after = {s.callid: lab.chassis.user_planes.of(s) for s in sessions_of(lab)}
    assert before.keys() == after.keys()
    for callid, held in after.items():
        assert held.session.recovered
        assert (held.seid, held.control) == (before[callid].seid, before[callid].control)
    assert "Session Recovery: Supported\n" in lab.typed("show subscribers full all")


def test_sessions_are_cleared() -> None:
    lab = many_sessions()
    assert lab.typed("clear subscribers user-plane-only -noconfirm").endswith(": 24\n")
    assert lab.typed("show subscribers user-plane-only") == NONE


def test_a_session_of_both_versions_is_found_by_either_address() -> None:
    extra = 'address = "10.1.0.1"\nipv6-address = "2001:db8:7::1"\n'
    lab = recovering(groups=((3, "uplane-ipv4v6", extra),))
    first = lab.typed("show subscribers user-plane-only full ip-address 10.1.0.3")
    assert "  IP address: 10.1.0.3 2001:db8:7::3\n" in first
    assert lab.typed("show subscribers user-plane-only full ipv6-address 2001:db8:7::3") == first
    assert lab.typed("show subscribers ipv6-address 2001:db8:7::4") == NONE
    assert "PDN-TYPE-IPv4+IPv6 CONNECTED" in lab.typed("show session progress | grep '3 In'")


@pytest.mark.parametrize(
    ("access", "extra"),
    [
        ("uplane-ipv4", 'ipv6-address = "2001:db8::1"\n'),
        ("uplane-ipv4v6", 'ipv6-address = "10.0.0.1"\n'),
        ("uplane-ipv4v6", 'ipv6-address = "x"\n'),
        ("uplane-ipv4v6", 'address = "2001:db8::1"\n'),
    ],
)
def test_addresses_have_to_fit(access: str, extra: str) -> None:
    with pytest.raises(DefinitionError, match="expected an IPv"):
        recovering(groups=((1, access, extra),))


# Control planes


def test_a_silent_control_plane_ends_its_sessions() -> None:
    lab = calling()
    path = lab.chassis.peers.paths[0]
    assert (path.settings.key[0], path.up, lab.chassis.peers.sessions_of(path)[0]) == (
        "sx",
        True,
        12,
    )
    lab.device.peer_down(CONTROL)
    lab.wait(90)
    assert len(lab.chassis.sessions) == 0
    assert traps(lab)[-1] == "SxPathFailure"
    assert "failure reason no-response-from-peer" in lab.typed("show snmp trap history")
    assert f"The Sx path of service user-plane-sx to {CONTROL}" in lab.typed("show alarm all")
    assert lab.chassis.timeline.next_due is None
    lab.device.peer_up(CONTROL)
    lab.wait(90)
    assert traps(lab)[-1] == "SxPathFailureClear"
    assert len(lab.chassis.sessions) == 12
    assert "Sx path" not in lab.typed("show alarm outstanding")


def test_a_control_plane_that_restarts_is_noticed_by_its_time_stamp() -> None:
    lab = calling()
    lab.device.peer_restart(CONTROL)
    lab.wait(65)
    assert traps(lab)[-2:] == ["SxPathFailure", "SxPathFailureClear"]
    assert "reason recovery-timestamp-change-in-heartbeat-rsp-msg" in lab.typed(
        "show snmp trap history"
    )


def test_heartbeats_are_as_configured() -> None:
    lab = calling()
    lines = ("interval 10", "retransmission-timeout 1", "max-retransmissions 1")
    lab.configure(
        "context A",
        "sx-service user-plane-sx",
        *(f"sx-protocol heartbeat {line}" for line in lines),
    )
    lab.device.peer_down(CONTROL)
    lab.wait(13)
    assert traps(lab)[-1] == "SxPathFailure"


def test_control_planes_come_and_go_with_the_configuration() -> None:
    lab = calling()
    lab.configure(*SECOND)
    assert traps(lab)[-1] == "SxPeerAssociated"
    lab.typed("clear subscribers all -noconfirm")
    lab.wait(5)
    counts = {
        p.settings.address: lab.chassis.peers.sessions_of(p)[0] for p in lab.chassis.peers.paths
    }
    assert counts == {CONTROL: 6, "192.0.2.251": 6}
    lab.configure(SECOND[0], "no " + SECOND[1])
    assert traps(lab)[-1] == "SxPeerAssociationRelease"
    assert len(lab.chassis.sessions) == 6
    lab.wait(5)
    assert {lab.chassis.user_planes.control_plane_of(s) for s in sessions_of(lab)} == {CONTROL}
    assert len(lab.chassis.sessions) == 12
    lab.configure("no control-plane-group CP")
    assert len(lab.chassis.sessions) == 0
    warning = "The user-plane service user-plane of context A has no control plane"
    assert warning in lab.typed("show configuration errors section user-plane-service verbose")
    lab.wait(5)
    assert len(lab.chassis.sessions) == 0


def test_a_control_plane_that_is_named_twice_is_one() -> None:
    lab = calling()
    lab.configure(SECOND[0], f"peer-node-id ipv4-address {CONTROL} interface n4")
    (path,) = lab.chassis.peers.paths
    assert lab.chassis.peers.sessions_of(path) == (12, 12)


def test_sessions_that_another_chassis_held_come_back_to_their_control_plane() -> None:
    lab = calling()
    lab.configure(*SECOND)
    lab.typed("clear subscribers all -noconfirm")
    lab.wait(5)
    chassis = lab.chassis
    before = {s.callid: chassis.user_planes.control_plane_of(s) for s in sessions_of(lab)}
    calls = [chassis.callers.move(row) for row in list(chassis.sessions.rows())]
    lab.configure("no control-plane-group CP", *SECOND)
    assert chassis.callers.take_up(calls) == 6
    after = {s.callid: chassis.user_planes.control_plane_of(s) for s in sessions_of(lab)}
    assert after == {callid: plane for callid, plane in before.items() if plane != CONTROL}


def test_the_interface_follows_from_the_sides() -> None:
    lab = calling()
    lab.configure(
        "context A",
        "user-plane-service user-plane",
        "associate gtpu-service user-plane-gtpu sgw-egress",
    )
    shown = lab.typed("show subscribers user-plane-only full")
    assert "  Interface Type: Sxab                   \n" in shown
    taken = lab.configure(
        "context A", "user-plane-service user-plane", "associate gtpu-service x pgw-ingress"
    )
    assert "The gtpu-service user-plane-gtpu is associated on the side pgw-ingress already" in taken
    lab.configure(
        "context A",
        "user-plane-service user-plane",
        "no associate gtpu-service user-plane-gtpu pgw-ingress",
    )
    assert "Interface Type: Sxa " in lab.typed("show subscribers user-plane-only full")
    lab.configure("context A", "user-plane-service user-plane", "no associate gtpu-service")
    assert lab.typed("show subscribers user-plane-only") == NONE
    errors = lab.typed("show configuration errors")
    assert "no gtpu-service is associated with it" in errors


def test_a_user_plane_comes_back_after_a_restart() -> None:
    lab = calling()
    lab.typed("save configuration /flash/c -redundant -noconfirm")
    lab.reload()
    assert len(lab.chassis.sessions) == 12
    assert "SxPeerAssociated" in traps(lab)


EXAMPLE = Path(__file__).parents[2] / "docs" / "definitions.md"


def test_the_example_of_the_documents_carries_sessions() -> None:
    text = EXAMPLE.read_text().split("```\nconfig\n", 1)[1].split("end\n```", 1)[0]
    schema = (
        '[[subscribers]]\ncount = 4\naccess = "uplane-ipv4"\ncontext = "sae"\nservice = "UP-SVC"\n'
    )
    lab = recovering(
        groups=((1, "uplane-ipv4", ""),),
        change=lambda whole: whole.replace("[files]", f"{schema}[files]").replace(
            "  context A\n", f"{text}  context A\n", 1
        ),
    )
    assert lab.chassis.sessions.count_of_service("sae", "UP-SVC") == 4
