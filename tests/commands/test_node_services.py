"""Services that take calls, as they are shown."""

from __future__ import annotations

from tests.lab import Lab

PGW = """\
Service name                  : PGW-SVC
Service-Id                    : 3
Context                       : SAEGW
Status                        : STARTED
Restart Counter               : 1
EGTP Service                  : EGTP-SVC
Associated GGSN svc           : None
SAE-GW service                : None
Setup Timeout                 : 45 (secs)
PLMN ID List                  : MCC: 001, MNC: 01
Newcall Policy                : None
"""


def test_a_service_with_what_is_configured() -> None:
    lab = Lab()
    lines = ("plmn id mcc 001 mnc 01", "setup-timeout 45")
    assert lab.configure("context SAEGW", "pgw-service PGW-SVC", *lines) == ""
    assert lab.typed("show pgw-service name PGW-SVC") == PGW
    assert lab.typed("show pgw-service all") == PGW


def test_the_status_follows_the_port() -> None:
    lab = Lab()
    lab.configure("port ethernet 5/10", "shutdown")
    shown = lab.typed("show pgw-service all | grep Status")
    assert shown == "Status                        : NOT STARTED\n"
    assert "Service Status:         Started\n" in lab.typed("show ggsn-service all")
    lab.configure("port ethernet 5/11", "shutdown")
    assert "Service Status:         Not Started\n" in lab.typed("show ggsn-service all")


def test_the_restart_counter_counts_restarts() -> None:
    lab = Lab()
    lab.reload()
    assert "Restart Counter               : 2\n" in lab.typed("show pgw-service all")


def test_services_that_use_others_name_them() -> None:
    lab = Lab()
    lab.configure(
        "context SAEGW",
        "sgw-service SGW",
        "associate ingress egtp-service EGTP-SVC",
        "exit",
        "saegw-service GW",
        "associate sgw-service SGW",
        "associate pgw-service PGW-SVC",
    )
    shown = lab.typed("show saegw-service all")
    assert "SGW Service                   : SGW\nPGW Service                   : PGW-SVC\n" in shown
    assert "SAE-GW service                : GW\n" in lab.typed("show pgw-service all")
    assert "Ingress EGTP Service          : EGTP-SVC\n" in lab.typed("show sgw-service all")


def test_a_service_that_is_not_there() -> None:
    assert Lab().typed("show mme-service all") == "Failure: There is no mme-service\n"
    assert Lab().typed("show pgw-service name X") == "Failure: There is no pgw-service X\n"
