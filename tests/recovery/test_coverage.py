"""Which sessions are recovered and which are not: SR-07 and SR-08."""

from __future__ import annotations

import pytest

from staros_cli.chassis.access import ACCESS_KINDS, TRAITS, AccessKind, Trait, not_covered
from staros_cli.chassis.definition import DefinitionError
from staros_cli.chassis.tasks import SESSMGR
from tests.recovery.support import lost_in_traps, recovering

EVERYWHERE = {
    # Any session needing L2TP LAC support; LNS session types
    "l2tp-lac",
    "lns-l2tp",
    # GGSN services for IPv4 and PPP PDP contexts
    "ggsn-pdp-type-ipv4",
    "ggsn-pdp-type-ppp",
    # HA services supporting Mobile IP and/or Proxy Mobile IP session types
    "ha-mobile-ipv4",
    "ha-proxy-mobile-ip",
    # IPCF; MME; S-GW; SaMOG Gateway (CGW and MRME)
    "ipcf",
    "mme",
    "sgw-gtp-ipv4",
    "sgw-gtp-ipv6",
    "samog-cgw",
    "samog-mrme",
    # P-GW services for IPv4
    "pgw-gtp-ipv4",
    # PDSN services supporting simple IP, Mobile IP, and Proxy Mobile IP
    "pdsn-simple-ipv4",
    "pdsn-simple-ipv6",
    "pdsn-mobile-ip",
    "pdsn-proxy-mobile-ip",
}
ON_ASR5500 = {
    # Closed RP PDSN services; eHRPD; ePDG
    "closedrp-pdsn",
    "ehrpd",
    "epdg",
    # HNB-GW: HNB Session over IuH; HNB-CN Session over IuPS and IuCS; SeGW Session IPsec Tunnel
    "hnbgw-iuh",
    "hnbgw-iups",
    "hnbgw-iucs",
    "hnbgw-segw",
    # HSGW services for IPv4; IPSG-only systems; NEMO; PDIF; SAE-GW
    "hsgw-ipv4",
    "ipsg",
    "nemo",
    "pdif-simple-ipv4",
    "saegw-gtp-ipv4",
    "saegw-gtp-ipv6",
    # SGSN services (3G and 2.5G services) for IPv4 and PPP PDP contexts
    "sgsn-3g-pdp-type-ipv4",
    "sgsn-3g-pdp-type-ppp",
    "sgsn-2.5g-pdp-type-ipv4",
    "sgsn-2.5g-pdp-type-ppp",
}
NOT_IN_THE_LIST = {
    "ggsn-pdp-type-ipv6",
    "pgw-gtp-ipv6",
    "hsgw-ipv6",
    "sgsn-3g-pdp-type-ipv6",
    "sgsn-2.5g-pdp-type-ipv6",
}
YOUNGER_THAN_THE_LIST = {"uplane-ipv4", "uplane-ipv6", "uplane-ipv4v6"}
"""Kinds of which the chapter cannot know, and which are recovered on every platform."""


def test_every_kind_stands_in_one_row() -> None:
    rows = (EVERYWHERE, ON_ASR5500, NOT_IN_THE_LIST, YOUNGER_THAN_THE_LIST)
    assert sorted(kind.name for kind in ACCESS_KINDS) == sorted(
        name for row in rows for name in row
    )


@pytest.mark.proves("SR-07")
@pytest.mark.parametrize("platform", ["asr5500", "asr5000", "vpc-di"])
@pytest.mark.parametrize("kind", ACCESS_KINDS, ids=lambda kind: kind.name)
def test_every_kind_is_recovered_where_the_chapter_says(kind: AccessKind, platform: str) -> None:
    """Killed and recovered, or lost where the chapter does not name the kind for the platform."""
    lab = recovering(platform, groups=((12, kind.name, ""),))
    sessions = lab.chassis.sessions
    before = {session for session in range(12) if sessions.row_of(0, session) >= 0}
    assert len(before) == 12
    for instance in range(1, 7):
        lab.chassis.task_faults.kill(SESSMGR, instance)
        lab.wait(20)
    after = {session for session in range(12) if sessions.row_of(0, session) >= 0}
    everywhere = EVERYWHERE | YOUNGER_THAN_THE_LIST
    survives = kind.name in everywhere or (kind.name in ON_ASR5500 and platform == "asr5500")
    assert after == (before if survives else set())


@pytest.mark.proves("SR-07")
def test_ipsg_is_recovered_on_systems_that_run_nothing_else() -> None:
    kind = next(kind for kind in ACCESS_KINDS if kind.name == "ipsg")
    assert not not_covered(kind, "", "asr5500", frozenset({"ipsg"}))
    assert not_covered(kind, "", "asr5500", frozenset({"ipsg", "pgw"}))
    lab = recovering(groups=((6, "ipsg", ""), (6, "pgw-gtp-ipv4", "")))
    for instance in range(1, 7):
        lab.chassis.task_faults.kill(SESSMGR, instance)
        lab.wait(20)
    kinds = {kind.name: count for kind, count in lab.chassis.sessions.kinds() if count}
    assert kinds == {"pgw-gtp-ipv4": 6}


@pytest.mark.proves("SR-08")
@pytest.mark.parametrize("trait", TRAITS.values(), ids=lambda trait: trait.name)
def test_what_is_not_covered_is_lost_with_every_kind_it_occurs_with(trait: Trait) -> None:
    """The session is lost, its neighbour is not, and `show subscribers full` says why."""
    groups = [(1, kind, f'trait = "{trait.name}"\n') for kind in sorted(trait.kinds)]
    lab = recovering(groups=(*groups, (6, "mme", "")))
    shown = lab.typed("show subscribers full all")
    assert shown.count(f"  {trait.shown[0]}: {trait.shown[1]}\n") == len(groups)
    assert shown.count(f"Session Recovery: Not Supported ({trait.title})") == len(groups)
    assert shown.count(f"A Failure Loses: {trait.lost}\n") == len(groups)
    assert shown.count("Session Recovery: Supported") == 6
    for instance in range(1, 7):
        lab.chassis.task_faults.kill(SESSMGR, instance)
        lab.wait(20)
    assert {kind.name for kind, count in lab.chassis.sessions.kinds() if count} == {"mme"}
    assert lab.chassis.sessions.count_of_service("A", "mme") == 6
    assert lost_in_traps(lab) == len(groups)


@pytest.mark.proves("SR-08")
def test_all_eight_rows_of_the_chapter_are_there() -> None:
    assert sorted(trait.title for trait in TRAITS.values()) == sorted(
        [
            "destination-based accounting",
            "GGSN network-initiated connection",
            "GGSN session that uses more than one service instance",
            "MIP/L2TP with IPsec integration",
            "MIP session with several concurrent bindings",
            "Mobile IP session with L2TP",
            "multiple MIP sessions",
            "regenerated PPP on top of an HA or GGSN session",
        ]
    )


@pytest.mark.proves("SR-08")
def test_a_trait_occurs_only_with_the_kinds_it_belongs_to() -> None:
    with pytest.raises(DefinitionError, match="expected access to be one of ggsn"):
        recovering(groups=((1, "mme", 'trait = "network-initiated"\n'),))


@pytest.mark.parametrize(
    ("access", "address", "version"),
    [("pgw-gtp-ipv6", "10.0.0.1", 6), ("pgw-gtp-ipv4", "2001:db8::1", 4)],
)
def test_addresses_are_of_the_version_of_the_kind(access: str, address: str, version: int) -> None:
    with pytest.raises(DefinitionError, match=f"expected an IPv{version} address"):
        recovering(groups=((1, access, f'address = "{address}"\n'),))


def test_ipv6_calls_have_ipv6_addresses() -> None:
    lab = recovering(groups=((3, "pgw-gtp-ipv6", 'address = "2001:db8::ffff"\n'),))
    shown = lab.typed("show subscribers all")
    assert " 2001:db8::ffff " in shown
    assert " 2001:db8::1:1 " in shown
