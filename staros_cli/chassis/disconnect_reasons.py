"""The reasons for which calls end or are refused, by the names that the device has for them."""

from __future__ import annotations

UNKNOWN = "Unknown"
ADMIN = "Admin-disconnect"
REMOTE = "Remote-disconnect"
LOCAL = "Local-disconnect"
NO_RESOURCE = "No-resource"
ABSOLUTE_TIMEOUT = "Absolute-timeout"
IDLE_TIMEOUT = "Idle-Inactivity-timeout"
INTERNAL_ERROR = "internal-error"
UNKNOWN_APN = "unknown-apn"
CHARGING_SERVER = "disconnect-from-charging-server"
NO_CREDIT = "failed-auth-with-charging-svc"
LOCAL_PURGE = "Local-purge"
"""Another chassis goes on with the call; the list of every node does not have it."""
UNTOLD = frozenset((INTERNAL_ERROR, LOCAL_PURGE))
"""Reasons of ends that no server is told of."""

REASONS = tuple(
    dict.fromkeys(
        (
            UNKNOWN,
            ADMIN,
            REMOTE,
            LOCAL,
            NO_RESOURCE,
            ABSOLUTE_TIMEOUT,
            IDLE_TIMEOUT,
            "3Gto4G-context-replacement",
            "4Gto3G-context-replacement",
            "apn-denied-no-subscription",
            "Auth-failed",
            "call-internal-reject",
            CHARGING_SERVER,
            "disconnect-from-policy-server",
            "dt-ggsn-tun-reestablish-failed",
            NO_CREDIT,
            "failed-update-handoff",
            "ggsn-aaa-auth-req-failed",
            "ggsn-no-rsp-from-sgsn",
            "Gtp-context-replacement",
            "Gtp-unknown-pdp-addr-or-pdp-type",
            "gtpc-path-failure",
            "gtpu-err-ind",
            "gtpu-err-ind-s5u",
            "gtpu-path-failure",
            "gtpu-path-failure-s1u",
            "gtpu-path-failure-s5u",
            "ims-auth-decision-invalid",
            "ims-authorization-failed",
            "ims-authorization-revoked",
            INTERNAL_ERROR,
            "invalid-qci",
            "Invalid-source-IP-address",
            "Local-fallback-timeout",
            "Long-duration-timeout",
            "lpool-ip-validation-failed",
            "No-response",
            "path-failure",
            "path-failure-s11",
            "path-failure-s5",
            "pgw-transaction-timeout",
            "Pool-IP-address-not-valid",
            "Session-setup-timeout",
            "Sgw-context-replacement",
            "srvcc-ps-to-cs-handover",
            "static-ip-validation-failed",
            UNKNOWN_APN,
        )
    )
)
"""All reasons that are known, those of every node first."""
