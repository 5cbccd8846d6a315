"""The kinds of events: traps with their numbers and texts, log lines, and the alarms they raise.

Numbers, names and the order of the fields of traps are those of the MIB of the device. The text
lists the fields as `label value` pairs, the way of the traps whose text is known.
"""

from __future__ import annotations

from collections.abc import Iterator

from staros_cli.chassis.event_kind import Kind, Severity
from staros_cli.chassis.srp_traps import SRP_TRAPS
from staros_cli.chassis.threshold_traps import CLEARED, LOG_CLEARED, LOG_RAISED, PAIRS, RAISED

_TASK = "facility {facility} instance {instance} card {card} cpu {cpu}"
_ON_TASK = "facility {facility} instance {instance} on card {card} cpu {cpu}"
_LOAD = f"{_TASK} allocated {{allocated}} used {{used}}"
_DIAMETER = "context {context} peer address {peer} endpoint {endpoint}"
_ABOUT_DIAMETER = "Peer {host} {context}/{endpoint}"
_SERVER = "server {server} ip address {peer}"
_ABOUT_SERVER = "Server {peer} {context}/{server}"
_BGP = "vpn {context} ipaddr {peer}"
_ABOUT_BGP = "Peer {peer} {where}"
_CGF = "context {context} port {port} ip address {peer}"
_PATH = (
    "context {context}, service {service}, interface type {interface}, self address {own},  "
    "peer address {peer}"
)
_USER_PATH = (
    "context {context}, service {service}, self address {own}, peer address {peer}, "
    "self port 2152, peer port 2152"
)
_GGSN_PATH = "context {context} service {service} peer address {peer}"
_SX_PATH = "context {context} service {service} self address {own} peer address {peer}"
_SX_PEER = (
    "context {context} service {service} interface type {interface} self address {own} "
    "peer address {peer} group {group}"
)
_ABOUT_PATH = "Peer {peer} {context}/{service}"
_CARD = "card {card} type {title}"
_PORT = "card {card} port {port} port type {kind}"
_CARDS = "from card {source} to card {target}"
_CHASSIS = "chassis type {platform} description {description} software revision {version}"
_CLI = "user {user} privilege level {level} ttyname {terminal}"
_ABOUT_CARD = "Card {card}"
_LOGGED_TASK = f"{_TASK} pid {{pid}}"


_NEAR_POWER_OFF = 503


def _kinds(*kinds: Kind) -> dict[str, Kind]:
    return {kind.name: kind for kind in kinds}


def _of_thresholds() -> Iterator[Kind]:
    """The traps of thresholds. What raises an alarm is one name, whichever trap ends it."""
    for pair in PAIRS:
        grave = Severity.MAJOR if pair.number == _NEAR_POWER_OFF else Severity.MINOR
        crossed = f"{RAISED}{pair.name}"
        yield Kind(pair.number, crossed, pair.text, grave, alarm=pair.alarm, about=pair.about)
        yield Kind(
            pair.number + 1, f"{CLEARED}{pair.name}", pair.text, about=pair.about, clears=(crossed,)
        )
    for number, name in ((61010, LOG_RAISED), (61011, LOG_CLEARED)):
        yield Kind(
            number, name, f"{name}: {{what}} {{text}}", Severity.MINOR, "threshold", trap=False
        )


KINDS = _kinds(
    *SRP_TRAPS,
    *_of_thresholds(),
    Kind(
        1,
        "CardTempOverheat",
        "card {card} temperature {degrees}",
        Severity.CRITICAL,
        alarm="The card in slot {card} is overheated",
        about="Card {card} heat",
    ),
    Kind(2, "CardTempOK", "card {card} temperature {degrees}", clears=("CardTempOverheat",)),
    Kind(4, "CardRebootRequest", _CARD),
    Kind(5, "CardUp", _CARD, clears=("CardDown",)),
    Kind(
        35,
        "PortLinkDown",
        _PORT,
        Severity.MINOR,
        alarm="Port link down",
        about="Port {card}/{port}",
    ),
    Kind(36, "PortLinkUp", _PORT, clears=("PortLinkDown",)),
    Kind(
        39,
        "AAAAuthSvrUnreachable",
        _SERVER,
        Severity.MAJOR,
        alarm="The authentication server {peer} is unreachable",
        about=_ABOUT_SERVER,
    ),
    Kind(
        40,
        "AAAAuthSvrReachable",
        _SERVER,
        clears=("AAAAuthSvrUnreachable",),
    ),
    Kind(
        42,
        "AAAAccSvrUnreachable",
        _SERVER,
        Severity.MAJOR,
        alarm="The accounting server {peer} is unreachable",
        about=_ABOUT_SERVER,
    ),
    Kind(
        43,
        "AAAAccSvrReachable",
        _SERVER,
        clears=("AAAAccSvrUnreachable",),
    ),
    Kind(
        22,
        "FanFailed",
        "fan {fan}",
        Severity.MAJOR,
        alarm="Fan tray {fan} has failed",
        about="Fan tray {fan}",
    ),
    Kind(
        23,
        "FanRemoved",
        "fan {fan}",
        Severity.MAJOR,
        alarm="Fan tray {fan} was removed",
        about="Fan tray {fan}",
    ),
    Kind(24, "FanInserted", "fan {fan}", clears=("FanFailed", "FanRemoved")),
    Kind(
        33,
        "PowerFilterUnitUnavail",
        "power {unit}",
        Severity.MAJOR,
        alarm="Power filter unit {unit} is not available",
        about="Power {unit}",
    ),
    Kind(34, "PowerFilterUnitAvail", "power {unit}", clears=("PowerFilterUnitUnavail",)),
    Kind(52, "CLISessionStart", _CLI),
    Kind(53, "CLISessionEnd", _CLI),
    Kind(54, "CritTaskFailed", _TASK, Severity.CRITICAL),
    Kind(55, "CardActive", _CARD, clears=("CardDown",)),
    Kind(
        60,
        "CardDown",
        _CARD,
        Severity.MAJOR,
        alarm="The {title} in slot {card} {state}",
        about=_ABOUT_CARD,
    ),
    Kind(
        71,
        "GtpcPathFailure",
        _GGSN_PATH,
        Severity.MAJOR,
    ),
    Kind(
        72,
        "GtpuPathFailure",
        _GGSN_PATH,
        Severity.MAJOR,
    ),
    Kind(73, "ManagerFailure", _TASK, Severity.MAJOR),
    Kind(
        76,
        "CGFAlive",
        _CGF,
        clears=("CGFDead",),
    ),
    Kind(
        77,
        "CGFDead",
        _CGF,
        Severity.MAJOR,
        alarm="The charging gateway {peer} is dead",
        about="CGF {peer}:{port} {context}/{group}",
    ),
    Kind(93, "CardStandby", _CARD, clears=("CardDown",)),
    Kind(
        139,
        "CardSPOFAlarm",
        _CARD,
        Severity.MINOR,
        alarm="The {title} in slot {card} is a single point of failure. "
        "Another {title} of the same type is needed.",
        about=_ABOUT_CARD,
    ),
    Kind(140, "CardSPOFClear", _CARD, clears=("CardSPOFAlarm",)),
    Kind(150, "TaskFailed", _ON_TASK, Severity.MAJOR),
    Kind(151, "TaskRestart", _ON_TASK),
    Kind(
        183,
        "SessMgrRecoveryComplete",
        "Slot Number {card} Cpu Number {cpu} fetched from aaa mgr {fetched} "
        "prior to audit {fetched} passed audit {recovered} calls recovered {recovered} "
        "calls lost {lost} time elapsed ms {milliseconds}",
    ),
    Kind(
        81,
        "Congestion",
        "service type {kind} congestion policy {policy} resource type {resource}",
        Severity.MAJOR,
        alarm="Services of type {kind} are congested: {resource}",
        about="Service type {kind}",
    ),
    Kind(82, "CongestionClear", "service type {kind}", clears=("Congestion",)),
    Kind(
        90,
        "NTPPeerUnreachable",
        "peer address {peer}",
        Severity.MINOR,
        alarm="The time server {peer} is unreachable",
        about="Time server {peer}",
    ),
    Kind(
        91,
        "NTPSyncLost",
        "",
        Severity.MAJOR,
        alarm="The system has no time server that it can take the time from",
        about="NTP",
    ),
    Kind(105, "NTPPeerReachable", "peer address {peer}", clears=("NTPPeerUnreachable",)),
    Kind(106, "NTPSyncEstablished", "", clears=("NTPSyncLost",)),
    Kind(118, "BGPPeerSessionUp", _BGP, clears=("BGPPeerSessionDown",)),
    Kind(
        119,
        "BGPPeerSessionDown",
        _BGP,
        Severity.MAJOR,
        alarm="The BGP session with {peer} in context {context} is down",
        about=_ABOUT_BGP,
    ),
    Kind(
        184,
        "DiameterPeerDown",
        _DIAMETER,
        Severity.MAJOR,
        alarm="The Diameter peer {peer} of endpoint {endpoint} is down",
        about=_ABOUT_DIAMETER,
    ),
    Kind(
        185,
        "DiameterPeerUp",
        _DIAMETER,
        clears=("DiameterPeerDown",),
    ),
    Kind(
        1024,
        "PortDown",
        _PORT,
        Severity.MAJOR,
        alarm="Port {port} of the card in slot {card} is down",
        about="Port {card}/{port}",
    ),
    Kind(1025, "PortUp", _PORT, clears=("PortDown",)),
    Kind(1028, "SystemStartup", _CHASSIS),
    Kind(1036, "DiameterCapabilitiesExchangeSuccess", _DIAMETER),
    Kind(
        1039,
        "DiameterIpv6PeerDown",
        _DIAMETER,
        Severity.MAJOR,
        alarm="The Diameter peer {peer} of endpoint {endpoint} is down",
        about=_ABOUT_DIAMETER,
    ),
    Kind(
        1040,
        "DiameterIpv6PeerUp",
        _DIAMETER,
        clears=("DiameterIpv6PeerDown",),
    ),
    Kind(
        1046,
        "FTPFailure",
        "vpn {context} ip address {peer} file {file} application {application}",
    ),
    Kind(
        1047,
        "FTPServSwitch",
        "vpn {context} from ip address {peer} to ip address {other} application {application}",
    ),
    Kind(
        1079,
        "RaidDegraded",
        "raid {array} card {card} disk {disk}",
        Severity.MAJOR,
        alarm="The array {array} is degraded, disk {disk} is missing",
        about="Disk {disk}",
    ),
    Kind(
        1080,
        "RaidRecovered",
        "raid {array} card {card} disk {disk}",
        clears=("RaidDegraded",),
    ),
    Kind(1099, "ManagerRestart", _TASK),
    Kind(
        1112,
        "EGTPCPathFail",
        f"{_PATH}, peer old restart counter {{old}},  peer new restart counter {{new}},  "
        "peer session count  {sessions}, failure reason {reason},  path failure detection Enabled",
        Severity.MAJOR,
        alarm="The GTP-C path of service {service} to {peer} has failed",
        about=_ABOUT_PATH,
    ),
    Kind(
        1113,
        "EGTPCPathFailClear",
        f"{_PATH}, peer restart counter {{counter}},   "
        "peer session count  {sessions}, clear reason {reason}",
        clears=("EGTPCPathFail",),
    ),
    Kind(
        1119,
        "EGTPUPathFail",
        f"{_USER_PATH}, peer session count {{sessions}}",
        Severity.MAJOR,
        alarm="The GTP-U path of service {service} to {peer} has failed",
        about=_ABOUT_PATH,
    ),
    Kind(
        1120,
        "EGTPUPathFailClear",
        _USER_PATH,
        clears=("EGTPUPathFail",),
    ),
    Kind(1124, "SystemReboot", _CHASSIS, Severity.CRITICAL),
    Kind(
        1126,
        "LicenseExpired",
        "license key {key} expiry date {date} days after expiry {days}",
        Severity.CRITICAL,
        alarm="The license key {key} expired on {date}",
        about="License",
    ),
    Kind(1184, "TestModeEntered", "context {context} user {user} ttyname {terminal}{origin}"),
    Kind(1215, "CPUWarn", _LOAD, Severity.MINOR),
    Kind(1216, "CPUWarnClear", _LOAD),
    Kind(1217, "MemWarn", _LOAD, Severity.MINOR),
    Kind(1218, "MemWarnClear", _LOAD),
    Kind(1219, "CPUOver", _LOAD, Severity.MINOR),
    Kind(1220, "CPUOverClear", _LOAD),
    Kind(1221, "MemOver", _LOAD, Severity.MINOR),
    Kind(1222, "MemOverClear", _LOAD),
    Kind(1253, "SwitchoverStart", _CARDS),
    Kind(1254, "SwitchoverComplete", _CARDS),
    Kind(1255, "CardSwitchoverFailed", _CARDS, Severity.CRITICAL),
    Kind(1256, "MigrateStart", _CARDS),
    Kind(1257, "MigrateComplete", _CARDS),
    Kind(1258, "CardMigrateFailed", _CARDS, Severity.MAJOR),
    Kind(
        1298,
        "CapacityReached",
        "instance {instance} card {card} cpu {cpu}",
        Severity.CRITICAL,
    ),
    Kind(1288, "BGPPeerSessionIPv6Up", _BGP, clears=("BGPPeerSessionIPv6Down",)),
    Kind(
        1289,
        "BGPPeerSessionIPv6Down",
        _BGP,
        Severity.MAJOR,
        alarm="The BGP session with {peer} in context {context} is down",
        about=_ABOUT_BGP,
    ),
    Kind(1312, "StatFilesizeExceeded", "limit {limit} measured {measured}"),
    Kind(1313, "StatFilesizeClear", "limit {limit} measured {measured}"),
    Kind(
        1382,
        "SxPathFailure",
        f"{_SX_PATH} peer old recovery timestamp {{old}} peer new recovery timestamp {{new}} "
        "failure reason {reason}",
        Severity.MAJOR,
        alarm="The Sx path of service {service} to {peer} has failed",
        about=_ABOUT_PATH,
    ),
    Kind(
        1383,
        "SxPathFailureClear",
        f"{_SX_PATH} peer new recovery timestamp {{new}} clear reason {{reason}}",
        clears=("SxPathFailure",),
    ),
    Kind(1392, "SxPeerAssociated", _SX_PEER),
    Kind(1393, "SxPeerAssociationRelease", _SX_PEER),
    Kind(1100, "ConfigurationUpdate", ""),
    # Log lines without a trap; the event id of the end of
    # a session is documented, the others are chosen from the range of their facility.
    Kind(
        3040,
        "Death notification",
        f"Death notification: {_LOGGED_TASK}",
        Severity.MAJOR,
        "hat",
        trap=False,
    ),
    Kind(
        3041, "Readdress requested", f"Readdress requested: {_LOGGED_TASK}", log="hat", trap=False
    ),
    Kind(
        3042, "Readdress successful", f"Readdress successful: {_LOGGED_TASK}", log="hat", trap=False
    ),
    Kind(
        3050,
        "System restart",
        "System restart: reason {reason}",
        Severity.CRITICAL,
        "hat",
        trap=False,
    ),
    Kind(
        6040,
        "AAA client recovery started",
        f"AAA client recovery started: {_LOGGED_TASK}",
        log="aaa-client",
        by="",
        trap=False,
    ),
    Kind(
        6041,
        "AAA client recovery finished",
        f"AAA client recovery finished: {_LOGGED_TASK} calls {{calls}}",
        log="aaa-client",
        by="",
        trap=False,
    ),
    Kind(
        8040,
        "Session recovery",
        "Session recovery: {reason}",
        Severity.MAJOR,
        "sessctrl",
        by="sessctrl",
        trap=False,
    ),
    Kind(
        30005,
        "CLI session ended",
        "CLI session ended for {level} {user} on device {terminal}",
        log="cli",
        by="",
        file="_commands_cli.c:1290",
        trap=False,
    ),
)
