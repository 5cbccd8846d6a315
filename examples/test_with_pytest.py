"""A script of your own, tested against a chassis: `pytest examples/test_with_pytest.py`."""

import pytest

from staros_cli import Device


def calls_of(device: Device) -> int:
    """What your script would do: read a figure from a screen."""
    return int(device.run("show subscribers summary").data["total_subscribers"])


@pytest.fixture
def device() -> Device:
    """A chassis of its own for every test."""
    return Device("vpc-si")


def test_calls_are_counted(device: Device) -> None:
    assert calls_of(device) > 0
    device.run("clear subscribers all -noconfirm")
    assert calls_of(device) == 0
