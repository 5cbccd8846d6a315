"""Cisco's Unicon with `os: staros`."""

from __future__ import annotations

from typing import Any

import pytest
from unicon import Connection
from unicon.core.errors import SubCommandFailure


@pytest.fixture
def device(served: dict[str, Any]) -> Any:
    """A connected device."""
    options = "-F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
    start = f"ssh {options} -p {served['ssh']['port']} admin@{served['ssh']['host']}"
    connection = Connection(
        hostname=served["hostname"],
        start=[start],
        os="staros",
        credentials={"default": {"username": "admin", "password": "admin"}},
        log_stdout=False,
        connection_timeout=30,
    )
    connection.connect()
    yield connection
    connection.disconnect()


def test_execute_and_configure(device: Any) -> None:
    assert "Image Version:" in device.execute("show version")
    assert device.execute("show subscribers all").count("\n") > 1000
    device.configure(["context local", "interface UNICON", "exit"])
    assert "interface UNICON" in device.execute("show configuration context local")


def test_errors_are_detected(device: Any) -> None:
    with pytest.raises(SubCommandFailure):
        device.execute("context nowhere")
    with pytest.raises(SubCommandFailure):
        device.configure(["context local", "no interface MISSING"])
    assert device.execute("show clock")


def test_the_service_for_monitoring(device: Any) -> None:
    """It starts, reads the options, sets them by keys, and stops."""
    device.monitor("monitor subscriber next-call")
    assert device.monitor.running
    options = device.monitor.monitor_state
    assert options["egtpc"] == {"state": "on", "id": "74"}
    assert options["verbosity_level"]["state"] == "1"
    device.monitor("", verbosity_level=4, egtpc="off", pdu_hexdump="on", limit_context="local")
    assert options["verbosity_level"]["state"] == 4
    assert options["egtpc"]["state"] == "off"
    device.monitor("", app_specific_diameter={"diameter_gx_ty_gxx": "on"})
    device.monitor("", radius_dict="custom3")
    assert "Re-Display Options" in device.monitor.tail(timeout=1)
    assert "(Q)uit" in device.monitor.stop()
    assert not device.monitor.running
    assert device.execute("show clock")
