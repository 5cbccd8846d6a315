"""The traps of thresholds: their numbers, names and fields (mib), and what alarms say.

A pair has two numbers: that of the threshold that was crossed, and the next one for its end.
"""

from __future__ import annotations

from msgspec import Struct


class Pair(Struct, frozen=True):
    """Two traps about a measure. `before` and `after` are the fields around the two values.

    `what` names the measure, `about` its object, as alarms do; `unit` stands behind the values.
    """

    number: int
    name: str
    what: str
    unit: str = ""
    before: str = ""
    after: str = ""
    about: str = "{scope}"

    @property
    def text(self) -> str:
        """The fields of the traps."""
        values = f"threshold {{threshold}}{self.unit} measured value {{measured}}{self.unit}"
        return " ".join(part for part in (self.before, values, self.after) if part)

    @property
    def alarm(self) -> str:
        """The words of the alarm."""
        unit = self.unit
        return f"{self.what}: {{measured}}{unit}, the threshold is {{threshold}}{unit}"


_CPU, _ABOUT_CPU = "card {card} cpu {cpu}", "CPU {card}/{cpu}"
_PORT, _ABOUT_PORT = "card {card} port {port}", "Port {card}/{port}"
_SERVICE, _ABOUT_SERVICE = "context {context} service {service}", "{context}/{service}"
_POOL, _ABOUT_POOL = "context {context} pool {pool}", "{context}/{pool}"
_SERIAL = "serial number {serial}"


def _cpu(number: int, name: str, what: str, unit: str = "%") -> Pair:
    return Pair(number, name, what, unit, _CPU, about=_ABOUT_CPU)


def _port(number: int, name: str, what: str) -> Pair:
    return Pair(number, name, what, "%", _PORT, _SERIAL, _ABOUT_PORT)


def _of_service(number: int, name: str, what: str) -> Pair:
    return Pair(number, name, what, before=_SERVICE, about=_ABOUT_SERVICE)


def _pool(number: int, name: str, what: str) -> Pair:
    return Pair(number, name, what, "%", _POOL, about=_ABOUT_POOL)


PAIRS = (
    _cpu(200, "CPUUtilization", "CPU utilization"),
    _cpu(202, "CPUMemory", "Available memory", "MB"),
    Pair(
        204,
        "License",
        "Licensed sessions that remain",
        "%",
        after="service type {service}",
        about="License {service}",
    ),
    Pair(206, "SubscriberTotal", "Subscribers"),
    Pair(208, "SubscriberActive", "Active subscribers"),
    _port(210, "PortRxUtil", "Received by the port"),
    _port(212, "PortTxUtil", "Sent by the port"),
    _port(214, "PortHighActivity", "Carried by the port"),
    Pair(216, "AAAAuthFail", "Failed authentications"),
    Pair(218, "AAAAuthFailRate", "Failed authentications of all", "%"),
    Pair(220, "AAAAcctFail", "Failed requests of accounting"),
    Pair(222, "AAAAcctFailRate", "Failed requests of accounting of all", "%"),
    Pair(224, "AAARetryRate", "Requests sent again of all", "%"),
    Pair(226, "CallSetup", "Calls that were set up"),
    Pair(228, "CallSetupFailure", "Calls that were not set up"),
    Pair(230, "CallRejectNoResource", "Calls without resources"),
    _cpu(236, "SessCPUThroughput", "Kilobits a second of sessions", ""),
    Pair(
        238,
        "IPPoolAvail",
        "Free addresses of the group",
        "%",
        "context {context} group {group}",
        about="{context}/{group}",
    ),
    _cpu(240, "CPUUtilization10Sec", "CPU utilization in 10 seconds"),
    _cpu(242, "CPULoad", "CPU load", ""),
    _cpu(244, "CPUMemUsage", "Memory usage"),
    Pair(246, "PDSNSessions", "PDSN sessions"),
    Pair(248, "GGSNSessions", "GGSN sessions"),
    Pair(250, "HASessions", "HA sessions"),
    Pair(252, "LNSSessions", "LNS sessions"),
    _of_service(254, "PerServicePDSNSessions", "Sessions of the service"),
    _of_service(256, "PerServiceGGSNSessions", "Sessions of the service"),
    _of_service(258, "PerServiceHASessions", "Sessions of the service"),
    _pool(262, "IPPoolHold", "Addresses on hold"),
    _pool(264, "IPPoolUsed", "Used addresses"),
    _pool(266, "IPPoolRelease", "Addresses being released"),
    _pool(268, "IPPoolFree", "Free addresses"),
    Pair(
        310,
        "StorageUtilization",
        "Storage utilization",
        "%",
        "card {card} storage {storage}",
        about="{storage}",
    ),
    Pair(362, "SGSNSessions", "SGSN sessions"),
    Pair(408, "SGWSessions", "SGW sessions"),
    Pair(410, "PGWSessions", "PGW sessions"),
    Pair(412, "LMASessions", "LMA sessions"),
    Pair(424, "HSGWSessions", "HSGW sessions"),
    Pair(432, "GPRSSessions", "GPRS sessions"),
    Pair(440, "MMESessions", "MME sessions"),
    Pair(493, "SystemCapacity", "Sessions of the capacity of the system", "%"),
    Pair(
        503,
        "CardTemperatureNearPowerOffLimit",
        "Temperature of the card",
        before="card {card}",
        about="Card {card} heat",
    ),
    Pair(1213, "SAEGWSessions", "SAEGW sessions"),
    Pair(
        1320,
        "SNXDisconnectReason",
        "Calls that ended for this reason",
        before="disconnect reason {reason}",
        about="Reason {reason}",
    ),
)
"""The pairs of what is measured here, by their numbers."""
RAISED, CLEARED = "Thresh", "ThreshClear"
"""How the names of the two traps begin."""
LOG_RAISED, LOG_CLEARED = "Threshold crossed", "Threshold cleared"
"""The log lines about them."""
