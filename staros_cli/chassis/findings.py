"""Findings about the configuration: errors, warnings and remarks, section by section."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum

from msgspec import Struct


class Severity(Enum):
    """How grave a finding is; the value is its name on the screen."""

    ERROR = "Error"
    WARNING = "Warning"
    INFO = "Info"


class Section(Struct, frozen=True):
    """A part of the configuration: the word that selects it, and its title on the screen."""

    word: str
    title: str


DIAMETER = Section("diameter", "Diameter Configuration errors")
ACTIVE_CHARGING = Section("active-charging", "Active-charging system errors")
AAA = Section("aaa-config", "Global AAA-configuration errors")
IMS_AUTHORIZATION = Section("imsa-config", "IMSA-configuration errors")
SUBSCRIBER = Section("subscriber-config", "Local Subscriber-configuration errors")
POLICY = Section("policy-grp-config", "Policy Group system errors")
APN = Section("apn-config", "APN-configuration errors")
OPERATOR_POLICY = Section("operator-policy", "Operator-Policy system errors")
CALL_CONTROL = Section("call-control-profile", "Call-Control-Profile system errors")
APN_PROFILE = Section("apn-profile", "APN-Profile system errors")
IMEI_PROFILE = Section("imei-profile", "IMEI-Profile system errors")
REMAP_TABLE = Section("apn-remap-table", "APN-Remap-Table system errors")
DNS = Section("dns-client", "DNS Client system errors")
SYSTEM = Section("system", "System configuration errors")
"""What no section of the device is for: refused lines, features without a license."""


def _services(kinds: str) -> tuple[Section, ...]:
    """The sections of kinds of services whose title has the kind in capitals."""
    return tuple(
        Section(f"{kind}-service", f"{kind.upper()}-service system errors")
        for kind in kinds.split()
    )


SECTIONS = (
    SYSTEM,
    DIAMETER,
    ACTIVE_CHARGING,
    *_services("cscf pdsn ha fa lns lac"),
    Section("closedrp-service", "Closed-rp-service system errors"),
    *_services("ipsg samog"),
    AAA,
    IMS_AUTHORIZATION,
    SUBSCRIBER,
    POLICY,
    *_services("ggsn"),
    APN,
    *_services("pdif pdg fng imssh"),
    Section("credit-control-service", "Credit Control-service system errors"),
    *_services("sgsn sgtp iups map camel"),
    Section("sccp-network", "Sccp-Network system errors"),
    Section("sgsn-mode", "SGSN-Mode system errors"),
    OPERATOR_POLICY,
    CALL_CONTROL,
    APN_PROFILE,
    IMEI_PROFILE,
    REMAP_TABLE,
    Section("gs-service", "Gs-Service system errors"),
    Section("ipms", "IPMS errors"),
    Section("mme-hss-service", "MME HSS service system errors"),
    Section("gprs-service", "GPRS-Service system errors"),
    Section("cs-network", "CS-Network system errors"),
    Section("ps-network", "PS-Network system errors"),
    *_services("hnbgw"),
    Section("cbs-service", "cbs-service system errors"),
    Section("mme-service", "MME Service system errors"),
    Section("hsgw-service", "HSGW-Service system errors"),
    *_services("imsue"),
    Section("accounting-policy", "Accounting policy system errors"),
    Section("qci-mapping", "QCI mapping system errors"),
    Section("pgw-service", "PGW-Service system errors"),
    Section("sgw-service", "SGW-Service system errors"),
    Section("egtp-service", "EGTP-Service system errors"),
    Section("user-plane-service", "User-Plane-Service system errors"),
    Section("subscriber-map", "Subscriber-map system errors"),
    Section("pcc-policy-service", "PCC-Policy Service system errors"),
    Section("pcc-quota-service", "PCC-Quota Service system errors"),
    Section("pcc-service", "PCC Service system errors"),
    Section("event-notif-interface", "Event Notification Interface errors"),
    *_services("saegw gtpu epdg ipcf mag lma control-plane"),
    DNS,
)
"""All sections: ours, then those of the device in its order, with the services it does not name."""
_BY_WORD = {section.word: section for section in SECTIONS}


def section_of_service(kind: str) -> Section:
    """The section of a kind of service."""
    return _BY_WORD.get(f"{kind}-service", SYSTEM)


class Finding(Struct, frozen=True):
    """A finding about the configuration, `text` without a severity before it.

    `about` is the line that it is about, behind those of the modes around it.
    """

    section: Section
    severity: Severity
    text: str
    about: tuple[str, ...] = ()


Finder = Callable[[], Iterator[Finding]]
"""Looks through a part of the model for what is wrong with its configuration."""


_SEVERITIES = {
    "Failure: ": Severity.ERROR,
    "Warning: ": Severity.WARNING,
}


def finding(
    section: Section,
    text: str,
    severity: Severity = Severity.ERROR,
    about: tuple[str, ...] = (),
) -> Finding:
    """The finding that a message is, whose beginning says how grave it is if it says that."""
    for beginning, found in _SEVERITIES.items():
        if text.startswith(beginning):
            return Finding(section, found, text.removeprefix(beginning), about)
    return Finding(section, severity, text, about)
