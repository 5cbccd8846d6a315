"""The kinds of sessions: their services, whether session recovery covers them, their events."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

ASR5500 = "asr5500"
USER_PLANE = "user-plane"
"""The kind of service that carries packets of calls which a control plane sets up over Sx."""
UNDETERMINED = "type not determined"
"""The row of `show subscribers summary` for calls that have no other there."""


class AccessKind(Struct, frozen=True):
    """A kind of access.

    `letters` are those that `show subscribers` decodes of access, technology and network, `row` is
    its row in `show subscribers summary` where that is not its name. `registers` tells that it has
    a re-registration timer (SR-10). The rest says whether session recovery covers it (SR-07):
    `covered` is false where the chapter's list leaves the kind out, `only_on` names the one
    platform on which it is covered, if not all, and `alone` that the system must run no other
    services.
    """

    name: str
    service: str
    session_type: str
    letters: str
    only_on: str = ""
    registers: bool = False
    covered: bool = True
    alone: bool = False
    row: str = ""

    @property
    def is_ipv6(self) -> bool:
        """Whether its subscribers have IPv6 addresses."""
        return self.name.endswith("ipv6")

    @property
    def is_dual(self) -> bool:
        """Whether its subscribers have an IPv6 address beside the one of IPv4."""
        return self.name.endswith("ipv4v6")

    @property
    def is_user_plane(self) -> bool:
        """Whether its sessions carry the packets of calls that another system controls."""
        return self.service == USER_PLANE

    @property
    def has_bearers(self) -> bool:
        """Whether its calls are carried by bearers of an evolved packet core."""
        return self.service in ("pgw", "sgw", "saegw")

    @property
    def counted_as(self) -> str:
        """Its row in `show subscribers summary`."""
        return self.row or self.name


ACCESS_KINDS = (
    AccessKind("pdsn-simple-ipv4", "pdsn", "PDSN", "SDI"),
    AccessKind("pdsn-simple-ipv6", "pdsn", "PDSN", "SDT"),
    AccessKind("pdsn-mobile-ip", "pdsn", "PDSN", "MDM"),
    AccessKind("pdsn-proxy-mobile-ip", "pdsn", "PDSN", "SDP", row="pdsn-simple-ipv4"),
    AccessKind("closedrp-pdsn", "closedrp", "CLOSEDRP", "SXI", ASR5500, row="pdsn-simple-ipv4"),
    AccessKind("ha-mobile-ipv4", "ha", "HA", "H.I", registers=True, row="ha-mobile-ip"),
    AccessKind("ha-proxy-mobile-ip", "ha", "HA", "H.P", registers=True, row="ha-mobile-ip"),
    AccessKind("ggsn-pdp-type-ipv4", "ggsn", "GGSN", "IUI"),
    AccessKind("ggsn-pdp-type-ppp", "ggsn", "GGSN", "PUI"),
    AccessKind("ggsn-pdp-type-ipv6", "ggsn", "GGSN", "VUT", covered=False),
    AccessKind("pgw-gtp-ipv4", "pgw", "PGW", "WTI"),
    AccessKind("pgw-gtp-ipv6", "pgw", "PGW", "YTT", covered=False),
    AccessKind("sgw-gtp-ipv4", "sgw", "SGW", "RTI"),
    AccessKind("sgw-gtp-ipv6", "sgw", "SGW", "OTT"),
    AccessKind("saegw-gtp-ipv4", "saegw", "SAEGW", "@TI", ASR5500, row="sgw-gtp-ipv4"),
    AccessKind("saegw-gtp-ipv6", "saegw", "SAEGW", "#TT", ASR5500, row="sgw-gtp-ipv6"),
    AccessKind("mme", "mme", "MME", "xTI"),
    AccessKind("sgsn-3g-pdp-type-ipv4", "sgsn", "SGSN", "4UI", ASR5500, row="sgsn-pdp-type-ipv4"),
    AccessKind("sgsn-3g-pdp-type-ppp", "sgsn", "SGSN", "pUI", ASR5500, row="sgsn-pdp-type-ppp"),
    AccessKind(
        "sgsn-3g-pdp-type-ipv6", "sgsn", "SGSN", "6UT", covered=False, row="sgsn-pdp-type-ipv6"
    ),
    AccessKind("sgsn-2.5g-pdp-type-ipv4", "sgsn", "SGSN", "4EI", ASR5500, row="sgsn-pdp-type-ipv4"),
    AccessKind("sgsn-2.5g-pdp-type-ppp", "sgsn", "SGSN", "pEI", ASR5500, row="sgsn-pdp-type-ppp"),
    AccessKind(
        "sgsn-2.5g-pdp-type-ipv6", "sgsn", "SGSN", "6ET", covered=False, row="sgsn-pdp-type-ipv6"
    ),
    AccessKind("hsgw-ipv4", "hsgw", "HSGW", "XLI", ASR5500),
    AccessKind("hsgw-ipv6", "hsgw", "HSGW", "XLT", covered=False),
    AccessKind("ehrpd", "hsgw", "HSGW", "XLI", ASR5500, row="hsgw-ipv4"),
    AccessKind("epdg", "epdg", "EPDG", "nWI", ASR5500, row="epdg-gtp-ipv4"),
    AccessKind("pdif-simple-ipv4", "pdif", "PDIF", "LPI", ASR5500),
    AccessKind("nemo", "ha", "HA", "H.I", ASR5500, registers=True, row="ha-mobile-ip"),
    AccessKind("hnbgw-iuh", "hnbgw", "HNBGW", "fFI", ASR5500, row="hnbgw"),
    AccessKind("hnbgw-iups", "hnbgw", "HNBGW", "gFI", ASR5500, row="hnbgw-iu"),
    AccessKind("hnbgw-iucs", "hnbgw", "HNBGW", "gFI", ASR5500, row="hnbgw-iu"),
    AccessKind("hnbgw-segw", "hnbgw", "HNBGW", "oOS", ASR5500, row="femto-ip"),
    AccessKind("ipsg", "ipsg", "IPSG", "G.I", ASR5500, alone=True, row="ipsg-rad-server"),
    AccessKind("samog-cgw", "samog", "SAMOG", "&WI", row=UNDETERMINED),
    AccessKind("samog-mrme", "samog", "SAMOG", "&WI", row=UNDETERMINED),
    AccessKind("l2tp-lac", "lac", "LAC", "SDL", row="pdsn-simple-ipv4"),
    AccessKind("lns-l2tp", "lns", "LNS", "N.I"),
    AccessKind("ipcf", "ipcf", "IPCF", "k.I", row="pcc"),
    # The chapter is older than user planes; they are taken to recover sessions on every platform.
    AccessKind("uplane-ipv4", USER_PLANE, "UPLANE", "y.I", row=UNDETERMINED),
    AccessKind("uplane-ipv6", USER_PLANE, "UPLANE", "y.I", row=UNDETERMINED),
    AccessKind("uplane-ipv4v6", USER_PLANE, "UPLANE", "y.I", row=UNDETERMINED),
)
KIND_BY_NAME = {kind.name: kind for kind in ACCESS_KINDS}
SESSION_TYPE_OF_SERVICE = {kind.service: kind.session_type for kind in ACCESS_KINDS}

_GGSN = frozenset(kind.name for kind in ACCESS_KINDS if kind.service == "ggsn")
_MOBILE_IP = frozenset(
    (
        "closedrp-pdsn",
        "ha-mobile-ipv4",
        "ha-proxy-mobile-ip",
        "nemo",
        "pdsn-mobile-ip",
        "pdsn-proxy-mobile-ip",
    )
)
_HA = frozenset(("ha-mobile-ipv4", "ha-proxy-mobile-ip"))
_L2TP = frozenset(("l2tp-lac", "lns-l2tp"))


class Trait(Struct, frozen=True):
    """Something a session can have that session recovery does not cover (SR-08).

    `title` is the row of the chapter, `kinds` are the kinds of access it occurs with. A failure
    takes the whole session; `lost` says what a subscriber loses with it. `shown` is the line of
    `show subscribers full` by which the session is known: a label and a value.
    """

    name: str
    title: str
    kinds: frozenset[str]
    shown: tuple[str, str]
    lost: str


TRAITS = {
    trait.name: trait
    for trait in (
        Trait(
            "destination-based-accounting",
            "destination-based accounting",
            frozenset(kind.name for kind in ACCESS_KINDS if kind.service in ("pdsn", "ha", "ggsn")),
            ("Destination Based Accounting", "Enabled"),
            "the session and its counts by destination",
        ),
        Trait(
            "network-initiated",
            "GGSN network-initiated connection",
            _GGSN,
            ("PDP Context Activation", "Network Initiated"),
            "the PDP context that the network asked for",
        ),
        Trait(
            "several-service-instances",
            "GGSN session that uses more than one service instance",
            _GGSN,
            ("Service Instances", "2"),
            "the session with all its service instances",
        ),
        Trait(
            "ipsec",
            "MIP/L2TP with IPsec integration",
            _MOBILE_IP | _L2TP,
            ("IPsec Tunnel", "Established"),
            "the session and its IPsec tunnel",
        ),
        Trait(
            "several-bindings",
            "MIP session with several concurrent bindings",
            _MOBILE_IP,
            ("Concurrent Bindings", "2"),
            "the session with all its bindings",
        ),
        Trait(
            "mobile-ip-with-l2tp",
            "Mobile IP session with L2TP",
            _MOBILE_IP,
            ("L2TP Tunnel", "Established"),
            "the session and its L2TP tunnel",
        ),
        Trait(
            "several-mip-sessions",
            "multiple MIP sessions",
            _MOBILE_IP,
            ("MIP Sessions", "2"),
            "all Mobile IP sessions of the subscriber",
        ),
        Trait(
            "regenerated-ppp",
            "regenerated PPP on top of an HA or GGSN session",
            _HA | _GGSN,
            ("PPP", "Regenerated"),
            "the session and the PPP link on top of it",
        ),
    )
}


def not_covered(kind: AccessKind, trait: str, platform: str, services: frozenset[str]) -> str:
    """Why session recovery does not cover such a session, or nothing where it does (SR-07, SR-08).

    `platform` is the name of the platform, `services` are the kinds of the services that run there.
    """
    if trait:
        return TRAITS[trait].title
    if not kind.covered:
        return f"{kind.name} sessions"
    if kind.only_on not in ("", platform):
        return f"{kind.name} sessions on this platform"
    if kind.alone and services - {kind.service}:
        return f"{kind.name} sessions beside other services"
    return ""


class Fsm(Enum):
    """States of a call."""

    OPEN = "SMGR_STATE_OPEN"
    NEWCALL_ARRIVED = "SMGR_STATE_NEWCALL_ARRIVED"
    NEWCALL_ANSWERED = "SMGR_STATE_NEWCALL_ANSWERED"
    MAKECALL_PENDING = "SMGR_STATE_MAKECALL_PENDING"
    LINE_CONNECTED = "SMGR_STATE_LINE_CONNECTED"
    CONNECTED = "SMGR_STATE_CONNECTED"


Trace = tuple[tuple[Fsm, str], ...]
"""The states of a call and the events that came in them."""

CALL_TRACE: Trace = (
    (Fsm.OPEN, "SMGR_EVT_NEWCALL"),
    (Fsm.NEWCALL_ARRIVED, "SMGR_EVT_ANSWER_CALL"),
    (Fsm.NEWCALL_ANSWERED, "SMGR_EVT_LINE_CONNECTED"),
    (Fsm.LINE_CONNECTED, "SMGR_EVT_LINK_CONTROL_UP"),
    (Fsm.LINE_CONNECTED, "SMGR_EVT_AUTH_REQ"),
    (Fsm.LINE_CONNECTED, "SMGR_EVT_IPADDR_ALLOC_SUCCESS"),
    (Fsm.LINE_CONNECTED, "SMGR_EVT_AUTH_SUCCESS"),
    (Fsm.LINE_CONNECTED, "SMGR_EVT_UPDATE_SESS_CONFIG"),
    (Fsm.LINE_CONNECTED, "SMGR_EVT_LOWER_LAYER_UP"),
)
AUTHENTICATING = 5
"""How many events of CALL_TRACE have come to a call that waits for its authentication."""

PEER_TRACE: Trace = (
    (Fsm.OPEN, "SMGR_EVT_MAKECALL"),
    (Fsm.MAKECALL_PENDING, "SMGR_EVT_LINE_CONNECTED"),
    (Fsm.LINE_CONNECTED, "SMGR_EVT_LOWER_LAYER_UP"),
)
RECOVERED_TRACE: Trace = (
    (Fsm.LINE_CONNECTED, "SMGR_EVT_LOWER_LAYER_UP"),
    (Fsm.CONNECTED, "SMGR_EVT_AUTH_REQ"),
    (Fsm.CONNECTED, "SMGR_EVT_AUTH_SUCCESS"),
    (Fsm.CONNECTED, "SMGR_EVT_REQ_SUB_SESSION"),
    (Fsm.CONNECTED, "SMGR_EVT_RSP_SUB_SESSION"),
    (Fsm.CONNECTED, "SMGR_EVT_ADD_SUB_SESSION"),
    (Fsm.CONNECTED, "SMGR_EVT_AUTH_REQ"),
    (Fsm.CONNECTED, "SMGR_EVT_AUTH_SUCCESS"),
    (Fsm.CONNECTED, "SMGR_EVT_AUTH_REQ"),
    (Fsm.CONNECTED, "SMGR_EVT_AUTH_SUCCESS"),
    (Fsm.CONNECTED, "SMGR_EVT_AUTH_REQ"),
    (Fsm.CONNECTED, "SMGR_EVT_AUTH_REQ"),
    (Fsm.CONNECTED, "SMGR_EVT_AUTH_SUCCESS"),
    (Fsm.CONNECTED, "SMGR_EVT_AUTH_REQ"),
    (Fsm.CONNECTED, "SMGR_EVT_AUTH_SUCCESS"),
    (Fsm.CONNECTED, "SMGR_EVT_AUTH_SUCCESS"),
)
