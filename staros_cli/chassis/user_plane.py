"""What a user plane holds of a session: its ends, and the rules that its packets go by.

Nothing of it is kept: rules and numbers follow from the session. A session has a rule for packets
from its subscriber and one for those to it, on its default bearer. One with an IPv6 address has two
more, by which routers are found: the control plane answers these packets.
"""

from __future__ import annotations

from collections.abc import Iterator
from zlib import crc32

from msgspec import Struct

from staros_cli import messages
from staros_cli.chassis.access import USER_PLANE
from staros_cli.chassis.contexts import Contexts
from staros_cli.chassis.findings import Finding, finding, section_of_service
from staros_cli.chassis.peers.control_planes import interface_of
from staros_cli.chassis.peers.paths import nodes_of_group
from staros_cli.chassis.peers.registry import Peers
from staros_cli.chassis.peers.settings import SX
from staros_cli.chassis.pools import Pools
from staros_cli.chassis.service_needs import association_of
from staros_cli.chassis.session import Session
from staros_cli.chassis.sessions import SessionTable
from staros_cli.chassis.traffic import PACKET

ACCESS, CORE, CONTROL = "Access", "Core", "CP-function"
"""Where packets come from and go to."""
QER_ID, CORRELATION_ID, URR_ID = 0x80000001, 0x80000002, 0x80000001
"""The numbers of the rules of which every session has one (capture)."""
CORE_END, ACCESS_END = 1, 2
"""The numbers of the traffic endpoints of a session (chosen)."""
ROUTERS = ("ff01::2/128", "ff02::2/128")
"""The groups of all routers: packets to these ask for one (capture)."""


class Far(Struct, frozen=True):
    """A forwarding action rule: where packets go.

    `teid` and `remote` are the other end of the tunnel, 0 and empty for none, `endpoint` is the
    number of the traffic endpoint, 0 for none.
    """

    number: int
    destination: str
    teid: int = 0
    remote: str = ""
    endpoint: int = 0


class Pdr(Struct, frozen=True):
    """A packet detection rule: which packets it is for, where they go, how many there were.

    `teid` is the own end of the tunnel that they come through, 0 for none, `groups` are the
    addresses that they are for, all without any. `qci` is the class of the bearer, 0 for none.
    """

    number: int
    source: str
    far: Far
    teid: int = 0
    groups: tuple[str, ...] = ()
    endpoint: int = 0
    octets: int = 0
    qci: int = 0

    @property
    def packets(self) -> int:
        """How many packets it has matched."""
        return self.octets // PACKET

    @property
    def is_limited(self) -> bool:
        """Whether the rule for the quality of service is for its packets."""
        return bool(self.qci)


class UserPlaneSession(Struct, frozen=True):
    """A session with what the user plane knows beside.

    `interface` is that of Sx, `own` and `control` are the addresses of its two ends. `node` is the
    one that packets of the subscriber come through, `destination` the context that they leave by,
    empty where no APN says that.
    """

    session: Session
    interface: str
    own: str
    control: str
    node: str
    destination: str

    @property
    def seid(self) -> int:
        """The identifier that the user plane has for it: sessmgr and call identifier (chosen)."""
        return self.session.sessmgr << 48 | self.session.callid

    @property
    def remote_seid(self) -> int:
        """The identifier that the control plane has for it (chosen)."""
        return (self.session.number % 16 + 1) << 48 | self._number("control")

    def _number(self, use: str) -> int:
        """A number of 32 bits that no other session has for the same use."""
        return crc32(use.encode() + self.session.callid.to_bytes(4)) or 1

    @property
    def pdrs(self) -> tuple[Pdr, ...]:
        """Its packet detection rules."""
        session, usage = self.session, self.session.usage()
        qci, from_subscriber = session.group.qci, self._number("uplink")
        to_subscriber = self._number("downlink")
        up = Far(1, CORE, endpoint=CORE_END)
        down = Far(2, ACCESS, to_subscriber, self.node, ACCESS_END)
        rules = (
            Pdr(1, ACCESS, up, from_subscriber, (), ACCESS_END, usage.received, qci),
            Pdr(2, CORE, down, 0, (), CORE_END, usage.sent, qci),
        )
        if not (session.kind.is_ipv6 or session.kind.is_dual):
            return rules
        answer = Far(3, ACCESS, to_subscriber, self.node, ACCESS_END)
        question = Far(4, CONTROL, self._number("question"), self.control)
        return (
            *rules,
            Pdr(3, CONTROL, answer, self._number("answer"), (), ACCESS_END),
            Pdr(4, ACCESS, question, from_subscriber, ROUTERS, ACCESS_END),
        )


class UserPlanes:
    """The sessions of user planes."""

    def __init__(
        self, contexts: Contexts, sessions: SessionTable, pools: Pools, peers: Peers
    ) -> None:
        self._contexts = contexts
        self._sessions = sessions
        self._pools = pools
        self._peers = peers

    def of(self, session: Session) -> UserPlaneSession:
        """What is known of a session of a user plane."""
        index = self._sessions.group_of(session.row)
        group, template = session.group, self._pools.template(index)
        nodes = tuple(group.schema.nodes) or nodes_of_group(index, group.count)
        context = self._contexts.by_name[group.place[0]]
        service = context.services[group.place[1]]
        place, name = service.associations[association_of(SX)]
        return UserPlaneSession(
            session,
            interface_of(service),
            self._contexts.by_name[place].services[name].bindings[""],
            self.control_plane_of(session),
            nodes[session.number % len(nodes)],
            (template.pool_context or template.context) if template else "",
        )

    def control_plane_of(self, session: Session) -> str:
        """The address of the control plane that a session comes from."""
        place = self._sessions.place_of(session.row)
        return self._peers.control_planes.address_of(*place)

    def findings(self) -> Iterator[Finding]:
        """The user planes that are started and have no control plane, so that no session comes."""
        controlled = self._peers.read().control_planes
        for context, service in self._contexts.started():
            group = controlled.get((context.name, service.name))
            if service.kind == USER_PLANE and not (group and group.addresses):
                text = messages.NO_CONTROL_PLANE(name=service.name, context=context.name)
                about = f"context {context.name}", f"user-plane-service {service.name}"
                yield finding(section_of_service(USER_PLANE), text, about=about)
