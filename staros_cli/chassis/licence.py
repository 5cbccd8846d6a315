"""Licence keys: what they allow, how they are written, and what can be wrong with them.

The key format is this project's own. It is made for labs and protects nothing: a digest tells a
damaged key from a whole one.
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import quote, unquote

from msgspec import Struct

from staros_cli import messages
from staros_cli.chassis import calendar
from staros_cli.messages import Refused

ANY_CHASSIS = "ANY"


class Feature(Struct, frozen=True):
    """Something that a licence can allow.

    `bundle` names the feature under which it is listed, `session_type` the sessions it counts.
    """

    name: str
    title: str
    parts: tuple[str, ...] = ()
    bundle: str = ""
    session_type: str = ""


FEATURES = {
    feature.name: feature
    for feature in (
        Feature("pdsn", "PDSN", ("ASR5K-00-PN10SESS", "ASR5K-00-PN01SESS"), session_type="PDSN"),
        Feature("ha", "HA", ("ASR5K-00-HA10SESS", "ASR5K-00-HA01SESS"), session_type="HA"),
        Feature("ggsn", "GGSN", ("ASR5K-00-GN10SESS", "ASR5K-00-GN01SESS"), session_type="GGSN"),
        Feature("dhcp", "DHCP", ("ASR5K-00-CSXXDHCP",), bundle="ggsn"),
        Feature("pgw", "PGW", ("ASR5K-00-PW10GTWY", "ASR5K-00-PWXXGTWY"), session_type="PGW"),
        Feature("closedrp", "Closed RP PDSN", session_type="CLOSEDRP"),
        Feature("epdg", "ePDG", session_type="EPDG"),
        Feature("hnbgw", "HNB-GW", session_type="HNBGW"),
        Feature("hsgw", "HSGW", session_type="HSGW"),
        Feature("ipcf", "IPCF", session_type="IPCF"),
        Feature("ipsg", "IPSG", session_type="IPSG"),
        Feature("lac", "L2TP LAC", session_type="LAC"),
        Feature("lns", "L2TP LNS", session_type="LNS"),
        Feature("mme", "MME", session_type="MME"),
        Feature("pdif", "PDIF", session_type="PDIF"),
        Feature("saegw", "SAE-GW", session_type="SAEGW"),
        Feature("samog", "SaMOG", session_type="SAMOG"),
        Feature("sgsn", "SGSN", session_type="SGSN"),
        Feature("sgw", "S-GW", session_type="SGW"),
        Feature("user-plane", "User Plane", session_type="UPLANE"),
        Feature("routing", "IPv4 Routing Protocols"),
        Feature(
            "session-recovery",
            "Session Recovery",
            (
                "ASR5K-00-PN01REC",
                "ASR5K-00-HA01REC",
                "ASR5K-00-00000000",
                "ASR5K-00-GN01REC",
                "ASR5K-00-S301SR",
            ),
        ),
        Feature(
            "icsr", "Inter-Chassis Session Recovery", ("ASR5K-00-HA10GEOR", "ASR5K-00-HA01GEOR")
        ),
    )
}
SESSION_RECOVERY = "session-recovery"
ICSR = "icsr"
SESSION_TYPES = {f.session_type: f for f in FEATURES.values() if f.session_type}


class License(Struct, frozen=True):
    """The content of a key: features, sessions by type, the chassis it is for, and its dates.

    `chassis` is a chassis serial number or ANY_CHASSIS; `expires` is None for a perpetual key.
    Dates are seconds since 1970 UTC.
    """

    chassis: str
    features: tuple[str, ...]
    sessions: dict[str, int] = {}
    issued: float = 0.0
    expires: float | None = None
    number: int = 100000
    comment: str = ""

    def key(self) -> str:
        """The key as text, in lines that fit a terminal."""
        body = "|".join(
            (
                "VER=1",
                f"CHASSIS={quote(self.chassis)}",
                f"NUMBER={self.number}",
                f"ISSUED={calendar.iso(self.issued)}",
                f"EXPIRES={calendar.iso(self.expires) if self.expires is not None else 'NEVER'}",
                f"COMMENT={quote(self.comment)}",
                "SESSIONS=" + ",".join(f"{kind}:{n}" for kind, n in self.sessions.items()),
                "FEATURES=" + ",".join(self.features),
            )
        )
        text = f"{body}|SIG={_digest(body)}"
        return "\n".join(text[start : start + 72] for start in range(0, len(text), 72))


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:32]


def _damaged(reason: str) -> Refused:
    return Refused(messages.KEY_DAMAGED, reason=reason)


def read_key(text: str) -> License:
    """Read a key; blanks, line ends and continuation marks in it do not count.

    Raises Refused (KEY_DAMAGED) with the reason when it is not whole.
    """
    compact = re.sub(r"[\s\\]+", "", text)
    body, mark, signature = compact.rpartition("|SIG=")
    if not mark:
        raise _damaged("it has no signature")
    if signature != _digest(body):
        raise _damaged("its signature does not fit its contents")
    try:
        parts = dict(part.split("=", 1) for part in body.split("|"))
        sessions = dict(item.split(":") for item in parts["SESSIONS"].split(",") if item)
        license = License(
            chassis=unquote(parts["CHASSIS"]),
            features=tuple(name for name in parts["FEATURES"].split(",") if name),
            sessions={kind: int(count) for kind, count in sessions.items()},
            issued=calendar.moment(parts["ISSUED"]),
            expires=None if parts["EXPIRES"] == "NEVER" else calendar.moment(parts["EXPIRES"]),
            number=int(parts["NUMBER"]),
            comment=unquote(parts["COMMENT"]),
        )
    except (KeyError, ValueError) as error:
        raise _damaged(f"a part is missing or malformed ({error})") from None
    if parts["VER"] != "1":
        raise _damaged(f"its version is {parts['VER']}, 1 is known")
    if not (license.comment + license.chassis).isprintable():
        raise _damaged("it holds control characters")
    unknown = [name for name in license.features if name not in FEATURES]
    if unknown:
        raise _damaged(f"it names unknown features ({', '.join(unknown)})")
    return license


class LicenseSlot:
    """The key installed in a chassis, if any, and what it allows there and now."""

    def __init__(self, serial: str) -> None:
        self.serial = serial
        self.license: License | None = None
        self._cut_short: tuple[License, float] | None = None

    def install(self, text: str) -> License:
        """Install the key `text` in place of any other.

        A key of another chassis or one that has expired is installed and allows nothing.
        Raises Refused when the key is damaged; the old one stays.
        """
        self.license = read_key(text)
        return self.license

    def remove(self) -> None:
        """Take the key out."""
        self.license = None

    def cut_short(self, at: float | None) -> None:
        """Let the key that is installed run out at a time, whatever it says; None lets it last.

        It does so when it is installed again as well. Raises Refused when there is no key, or
        nothing has cut it short.
        """
        if at is None and self._cut_short is None:
            raise Refused(messages.NOTHING_FAILED, name="the license key")
        if self.license is None:
            raise Refused(messages.NO_KEY)
        self._cut_short = None if at is None else (self.license, at)

    @property
    def expires(self) -> float | None:
        """When the time of the key is over; None without a key and for a perpetual one."""
        if self.license is None:
            return None
        if self._cut_short is not None and self._cut_short[0] == self.license:
            return self._cut_short[1]
        return self.license.expires

    def matches(self) -> bool:
        """Whether there is a key and it is for this chassis."""
        return self.license is not None and self.license.chassis in (ANY_CHASSIS, self.serial)

    def expired(self, now: float) -> bool:
        """Whether there is a key and its time is over."""
        return self.expires is not None and self.expires <= now

    def allows(self, feature: str, now: float) -> bool:
        """Whether the feature may be used (SR-13)."""
        return (
            self.license is not None
            and self.matches()
            and not self.expired(now)
            and feature in self.license.features
        )

    def session_limit(self, session_type: str, now: float) -> int:
        """How many sessions of that type are allowed."""
        feature = SESSION_TYPES.get(session_type)
        if self.license is None or feature is None or not self.allows(feature.name, now):
            return 0
        return self.license.sessions.get(session_type, 0)
