"""The thresholds whose values are known here: how they are configured, and what tells of them."""

from __future__ import annotations

from msgspec import Struct

SYSTEM = ""
"""The scope of thresholds of the whole system; others are contexts and ports."""
INTERVAL, STEP = 300, 30
"""Seconds between two looks by default, and what they are a multiple of."""


class Threshold(Struct, frozen=True):
    """A threshold by the words that configure it, `name`.

    Any of its `groups` switches it on. `poll` is its name where intervals are set, `trap` that of
    its traps. It is crossed at `default` or above, at or below that where it is `low`; 0 is none.
    The values of one that is `counted` are what has been added since the last look, in percent of
    what it is part of where that was counted as well.
    """

    name: str
    trap: str
    groups: tuple[str, ...]
    poll: str = ""
    default: int = 0
    low: bool = False
    counted: bool = False

    @property
    def polled_as(self) -> str:
        """Its name where intervals are set."""
        return self.poll or self.name


_CPU, _SUBSCRIBERS, _SETUP, _SYSTEM = (
    ("cpu-resource",),
    ("subscriber",),
    ("call-setup",),
    ("system",),
)
_AUTHENTICATION, _ACCOUNTING = ("aaa-auth-failure",), ("aaa-acct-failure",)
_POOLS = ("available-ip-pool-group",)
PORT_GROUP = "port"
"""Stands for `threshold monitoring` of a port, which names no group."""
_PORT = (PORT_GROUP,)
REASON = "disconnect-reason"
"""A threshold with a name of what it is about behind its own."""
OF_POOLS = {
    "pool-free": "ip-pool-free",
    "pool-hold": "ip-pool-hold",
    "pool-release": "ip-pool-release",
    "pool-used": "ip-pool-used",
}
"""Thresholds that a pool can have a limit of its own for, by the words of its line."""
_TOTALS = {
    "pdsn": "PDSNSessions",
    "ggsn": "GGSNSessions",
    "ha": "HASessions",
    "lns": "LNSSessions",
    "sgsn": "SGSNSessions",
    "sgw": "SGWSessions",
    "pgw": "PGWSessions",
    "lma": "LMASessions",
    "hsgw": "HSGWSessions",
    "gprs": "GPRSSessions",
    "mme": "MMESessions",
    "saegw": "SAEGWSessions",
}
_SERVICES = {"pdsn": "PDSN", "ggsn": "GGSN", "ha": "HA"}

_ALL = (
    Threshold("cpu-utilization", "CPUUtilization", _CPU, default=85),
    Threshold("10sec-cpu-utilization", "CPUUtilization10Sec", _CPU),
    Threshold("cpu-memory-usage", "CPUMemUsage", _CPU),
    Threshold("cpu-available-memory", "CPUMemory", ("cpu-memory", "cpu-resource"), low=True),
    Threshold("cpu-load", "CPULoad", _CPU),
    Threshold("mgmt-cpu-utilization", "CPUUtilization", _CPU),
    Threshold("mgmt-cpu-memory-usage", "CPUMemUsage", _CPU),
    Threshold(
        "license remaining-sessions", "License", ("license",), "license", default=10, low=True
    ),
    Threshold("subscriber total", "SubscriberTotal", _SUBSCRIBERS, "total-subscriber"),
    Threshold("subscriber active", "SubscriberActive", _SUBSCRIBERS, "active-subscriber"),
    *(
        Threshold(f"total-{kind}-sessions", trap, ("subscriber", f"{kind}-service"))
        for kind, trap in _TOTALS.items()
    ),
    *(
        Threshold(f"per-service-{kind}-sessions", f"PerService{title}Sessions", _SUBSCRIBERS)
        for kind, title in _SERVICES.items()
    ),
    Threshold("call-setup", "CallSetup", _SETUP, counted=True),
    Threshold("call-setup-failure", "CallSetupFailure", _SETUP, counted=True),
    Threshold("call-reject-no-resource", "CallRejectNoResource", _SETUP, counted=True),
    Threshold("aaa-auth-failure", "AAAAuthFail", _AUTHENTICATION, counted=True),
    Threshold("aaa-auth-failure-rate", "AAAAuthFailRate", _AUTHENTICATION, counted=True),
    Threshold("aaa-acct-failure", "AAAAcctFail", _ACCOUNTING, counted=True),
    Threshold("aaa-acct-failure-rate", "AAAAcctFailRate", _ACCOUNTING, counted=True),
    Threshold("aaa-retry-rate", "AAARetryRate", ("aaa-retry-rate",), counted=True),
    Threshold("cpu-session-throughput", "SessCPUThroughput", ("cpu-session-throughput",)),
    Threshold(REASON, "SNXDisconnectReason", _SUBSCRIBERS, counted=True),
    Threshold("system-capacity", "SystemCapacity", _SYSTEM, default=90),
    Threshold("storage-utilization", "StorageUtilization", _SYSTEM, default=90),
    Threshold("card-temperature-near-power-off-limit", "CardTemperatureNearPowerOffLimit", _SYSTEM),
    Threshold("port-rx-utilization", "PortRxUtil", _PORT, default=80),
    Threshold("port-tx-utilization", "PortTxUtil", _PORT, default=80),
    Threshold("port-high-activity", "PortHighActivity", _PORT, default=50),
    Threshold("available-ip-pool-group", "IPPoolAvail", _POOLS, low=True),
    Threshold("ip-pool-free", "IPPoolFree", _POOLS, low=True),
    Threshold("ip-pool-hold", "IPPoolHold", _POOLS),
    Threshold("ip-pool-release", "IPPoolRelease", _POOLS),
    Threshold("ip-pool-used", "IPPoolUsed", _POOLS),
)
THRESHOLDS = {threshold.name: threshold for threshold in _ALL}
"""All of them, by their names."""
