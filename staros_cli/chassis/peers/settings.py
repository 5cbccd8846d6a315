"""What is configured of peers: which there are, and the timers that watch them.

Defaults are those of the manual where it has them; the others are marked.
"""

from __future__ import annotations

from msgspec import Struct

DIAMETER, RADIUS, GTPP, GTPC, GTPU = "diameter", "radius", "gtpp", "gtpc", "gtpu"
NTP, BGP, SX, BULKSTATS, DNS, SRP = "ntp", "bgp", "sx", "bulkstats", "dns", "srp"
KINDS = (DIAMETER, RADIUS, GTPP, GTPC, GTPU, NTP, BGP, SX, BULKSTATS, DNS, SRP)
"""The protocols that peers are spoken to with."""
AUTHENTICATION, ACCOUNTING = "authentication", "accounting"
DEFAULT_GROUP = "default"
"""The group of the servers that a context has outside of groups."""

Key = tuple[str, ...]


class DiameterSettings(Struct, frozen=True):
    """A peer of a Diameter endpoint; times are in seconds.

    `origin`, `origin_realm` and `local` are host, realm and address of this system. The number of
    retries of the watchdog is chosen.
    """

    context: str
    endpoint: str
    name: str
    address: str
    realm: str = ""
    port: int = 3868
    transport: str = "TCP"
    origin: str = ""
    origin_realm: str = ""
    local: str = ""
    dscp: str = ""
    connect: float = 30.0
    retry: float = 30.0
    watchdog: float = 30.0
    watchdog_retries: int = 1

    @property
    def key(self) -> Key:
        """What tells it from other peers; one with another address is another system."""
        return DIAMETER, self.context, self.endpoint, self.name, self.realm, self.address

    @property
    def host(self) -> str:
        """Its name, with its realm where one is configured."""
        return f"{self.name}.{self.realm}" if self.realm else self.name


class DiameterEndpoint(Struct, frozen=True):
    """An endpoint of Diameter; times are in seconds.

    `origin`, `address`, `port` and `realm` are those of this system, `routes` how many routes there
    are. With `by_proxy` requests go through proxy tasks.
    """

    context: str
    name: str
    description: str = ""
    origin: str = ""
    address: str = ""
    port: int = 0
    realm: str = ""
    by_proxy: bool = False
    connect: float = 30.0
    retry: float = 30.0
    capabilities: float = 30.0
    watchdog: float = 30.0
    response: float = 60.0
    outstanding: int = 256
    routes: int = 0


class RadiusSettings(Struct, frozen=True):
    """A RADIUS server of a group, for authentication or accounting; times are in seconds.

    `index` is its place among the servers of its use in its context, from 1. `local` is the address
    that requests come from, empty for that of any interface. It counts as down after `failures`
    requests in a row that were given up, and not before `response_timeout`. With a `keepalive`
    interval it is tried by requests of their own instead, the first that is given up counts, and so
    does the first that is answered; their timers are remembered.
    """

    context: str
    group: str
    use: str
    address: str
    port: int
    index: int = 1
    priority: int = 1000
    enabled: bool = True
    local: str = ""
    timeout: float = 3.0
    retries: int = 5
    failures: int = 4
    response_timeout: float = 0.0
    deadtime: float = 600.0
    keepalive: float = 0.0
    keepalive_timeout: float = 3.0
    keepalive_retries: int = 3

    @property
    def key(self) -> Key:
        """What tells it from other servers."""
        return RADIUS, self.context, self.group, self.use, self.address, str(self.port)

    @property
    def given_up_after(self) -> float:
        """How long a request is tried."""
        return self.timeout * (1 + self.retries)


class GtppSettings(Struct, frozen=True):
    """A charging gateway function of a group; times are in seconds, `local` is the agent."""

    context: str
    group: str
    address: str
    port: int = 3386
    priority: int = 1
    local: str = ""
    echo_interval: float = 60.0
    echo_timeout: float = 5.0
    echo_retries: int = 4

    @property
    def key(self) -> Key:
        """What tells it from other servers."""
        return GTPP, self.context, self.group, self.address, str(self.port)


class NtpSettings(Struct, frozen=True):
    """A time server; `shortest` and `longest` are seconds between polls, powers of two.

    `local` is the address that it is asked from, empty for that of any interface.
    """

    context: str
    address: str
    preferred: bool = False
    version: int = 4
    shortest: int = 64
    longest: int = 1024
    local: str = ""

    @property
    def key(self) -> Key:
        """What tells it from other servers."""
        return NTP, self.context, self.address


class ReceiverSettings(Struct, frozen=True):
    """A receiver of bulk statistics, which is reached from any interface of a context."""

    context: str
    address: str
    local: str = ""

    @property
    def key(self) -> Key:
        """What tells it from other receivers."""
        return BULKSTATS, self.context, self.address


class NameServerSettings(Struct, frozen=True):
    """A server that names are looked up at, which is reached from any interface of a context."""

    context: str
    address: str
    local: str = ""

    @property
    def key(self) -> Key:
        """What tells it from other servers."""
        return DNS, self.context, self.address


class BgpSystem(Struct, frozen=True):
    """An autonomous system that a context, or a VRF of it, speaks BGP for.

    `router_id` is empty for the highest address of the context.
    """

    context: str
    own: int
    vrf: str = ""
    router_id: str = ""


class BgpSettings(Struct, frozen=True):
    """A BGP neighbor of a system of a context, or of a VRF of it; times are in seconds.

    `own` and `remote` are numbers of autonomous systems. One that is not `enabled` is shut down.
    """

    context: str
    address: str
    own: int
    remote: int
    vrf: str = ""
    keepalive: float = 30.0
    hold: float = 90.0
    enabled: bool = True
    local: str = ""

    @property
    def key(self) -> Key:
        """What tells it from other neighbors."""
        return BGP, self.context, self.vrf, str(self.own), self.address


class SrpLinkSettings(Struct, frozen=True):
    """The connection to the other chassis of a pair; times are in seconds, `local` is our end."""

    context: str
    address: str
    local: str
    hello: float = 10.0
    dead: float = 30.0

    @property
    def key(self) -> Key:
        """What tells it from other peers."""
        return SRP, self.context, self.address, self.local


class ProbeSettings(Struct, frozen=True):
    """A server that is probed with authentications; times are in seconds (all chosen)."""

    context: str
    address: str
    port: int = 1812
    local: str = ""
    interval: float = 30.0
    timeout: float = 3.0
    retries: int = 3

    @property
    def key(self) -> Key:
        """What tells it from other peers."""
        return RADIUS, "probe", self.context, self.address, str(self.port)


class PathSettings(Struct, frozen=True):
    """A path of GTP-C, GTP-U or Sx to a node, from a service; without echoes `echo_interval` is 0.

    `interface` is the side of the service that it belongs to, `node` the letter of the node,
    `group` that of the control planes, where it is one.
    """

    kind: str
    context: str
    service: str
    number: int
    service_kind: str
    address: str
    local: str
    interface: str
    node: str
    echo_interval: float = 60.0
    echo_timeout: float = 3.0
    echo_retries: int = 4
    group: str = ""

    @property
    def key(self) -> Key:
        """What tells it from other paths."""
        return self.kind, self.context, self.service, self.address


class EchoSettings(Struct, frozen=True):
    """How a service tries its paths: times in seconds, and how often an echo is sent again.

    `interval` is 0 where it sends no echoes. `interface` is what the service is used for, if that
    is configured; `retry` and `retries` are for other requests.
    """

    interval: float
    timeout: float
    retries: int
    interface: str = ""
    retry: float = 5.0
    request_retries: int = 4
    dscp: str = ""
    validation: str = "default"
    dynamic: bool = False


ECHO_OF_GTPC = EchoSettings(60.0, 3.0, 4)
ECHO_OF_GTPU = EchoSettings(0.0, 5.0, 4)
HEARTBEAT_OF_SX = EchoSettings(60.0, 5.0, 4)


class ApnAaa(Struct, frozen=True):
    """What an APN says about servers, with the context it is configured in.

    `gtpp` is the context and the group of its charging gateways, `ims` its service for policies.
    """

    context: str
    group: str = DEFAULT_GROUP
    authenticated: bool = False
    accounting: str = "gtpp"
    gtpp: tuple[str, str] = ("", DEFAULT_GROUP)
    ims: str = ""


class ImsAuthorization(Struct, frozen=True):
    """A service that authorizes sessions: its endpoint, and whether calls go on without answer.

    `timeout` is the seconds that an answer may take, `handling` what is configured about requests
    that fail: their kind, and the words behind. `discovery` says how a proxy of IMS is found.
    """

    context: str
    name: str
    endpoint: str = ""
    goes_on: bool = False
    is_enabled: bool = False
    dictionary: str = ""
    timeout: float = 10.0
    handling: tuple[tuple[str, str], ...] = ()
    discovery: str = ""


class ControlPlaneGroup(Struct, frozen=True):
    """A group of control planes that a user plane is associated with: their addresses."""

    name: str = ""
    addresses: tuple[str, ...] = ()


class PeerConfiguration(Struct, frozen=True):
    """All that is configured about peers. `ntp` is None where time servers are not asked.

    `echoes` are those of services, by protocol, context and name; `lenient` are contexts and groups
    of AAA that let subscribers in while no server answers; `subscribers_local` are contexts whose
    subscribers are not authenticated by servers; `endpoints` are those of Diameter, with and
    without peers; `systems` are the autonomous systems of contexts and their VRFs.
    `control_planes` are the groups that control user planes, by their context and name.
    `receivers` are those of bulk statistics, `name_servers` those that names are looked up at.
    `srp` is the link to the other chassis of a pair, if there is one, `probes` are what it watches.
    """

    diameter: tuple[DiameterSettings, ...] = ()
    radius: tuple[RadiusSettings, ...] = ()
    gtpp: tuple[GtppSettings, ...] = ()
    systems: tuple[BgpSystem, ...] = ()
    bgp: tuple[BgpSettings, ...] = ()
    ntp: tuple[NtpSettings, ...] | None = None
    echoes: dict[tuple[str, str, str], EchoSettings] = {}
    apns: dict[str, ApnAaa] = {}
    ims: dict[str, ImsAuthorization] = {}
    lenient: frozenset[tuple[str, str]] = frozenset()
    subscribers_local: frozenset[str] = frozenset()
    endpoints: tuple[DiameterEndpoint, ...] = ()
    control_planes: dict[tuple[str, str], ControlPlaneGroup] = {}
    receivers: tuple[ReceiverSettings, ...] = ()
    name_servers: tuple[NameServerSettings, ...] = ()
    srp: tuple[SrpLinkSettings, ...] = ()
    probes: tuple[ProbeSettings, ...] = ()
