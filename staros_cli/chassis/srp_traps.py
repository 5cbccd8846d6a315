"""The traps of the Service Redundancy Protocol: numbers, names and order of fields (mib)."""

from __future__ import annotations

from staros_cli.chassis.event_kind import Kind, Severity

_SRP = "vpn {context} ipaddr {own}"
_ABOUT_SRP = "SRP {context}"

SRP_TRAPS = (
    Kind(120, "SRPActive", f"{_SRP} rtmod {{modifier}}"),
    Kind(121, "SRPStandby", f"{_SRP} rtmod {{modifier}}"),
    Kind(122, "BGPPeerReachable", f"{_SRP} port {{port}} peer {{peer}}"),
    Kind(123, "BGPPeerUnreachable", f"{_SRP} port {{port}} peer {{peer}}", Severity.MINOR),
    Kind(124, "SRPAAAReachable", f"{_SRP} port {{port}}", clears=("SRPAAAUnreachable",)),
    Kind(
        125,
        "SRPAAAUnreachable",
        f"{_SRP} port {{port}}",
        Severity.MAJOR,
        alarm="vpn {context} SRP {own} port {port} reports AAA Unreachable",
        about=_ABOUT_SRP,
    ),
    Kind(126, "SRPSwitchoverInitiated", _SRP),
    Kind(
        128,
        "SRPConfigOutOfSync",
        _SRP,
        Severity.MINOR,
        alarm="vpn {context} SRP {own} configuration not synchronized",
        about=_ABOUT_SRP,
    ),
    Kind(129, "SRPConfigInSync", _SRP, clears=("SRPConfigOutOfSync",)),
    Kind(
        1037,
        "SRPConnDown",
        _SRP,
        Severity.MAJOR,
        alarm="SRP Connection Down, SRP standby vpn {context} address {own}",
        about=_ABOUT_SRP,
    ),
    Kind(1038, "SRPConnUp", _SRP, clears=("SRPConnDown",)),
    Kind(1278, "SRPSwitchoverOccured", f"{_SRP} rtmod {{modifier}} Switchover Reason: {{reason}}"),
)
