"""Plugins of the software: the version of the image, and those that are configured."""

from __future__ import annotations

from tests.lab import Lab

PLUGIN = """\
plugin p2p
  patch-directory /var/opt/lib
  base-directory /lib
  base-version 2.41.1091
"""


def test_the_plugin_of_the_image_is_shown_without_configuration() -> None:
    lab = Lab()
    assert lab.typed("show plugin") == PLUGIN
    assert lab.typed("show plugin p2p") == PLUGIN


def test_configured_modules_follow_and_others_know_no_base() -> None:
    lab = Lab()
    lab.configure("plugin p2p", "module priority 2 version 2.41.1091", "exit", "plugin other")
    lab.configure("plugin p2p", "module priority 1 version 2.50.7")
    other = "plugin other\n  patch-directory /var/opt/lib\n"
    assert lab.typed("show plugin") == (
        other
        + PLUGIN
        + "  module priority 2 version 2.41.1091\n  module priority 1 version 2.50.7\n"
    )
    lab.configure("plugin p2p", "no module priority 1")
    assert "2.50.7" not in lab.typed("show plugin")


def test_the_version_of_the_image_is_used_since_no_other_is_installed() -> None:
    lab = Lab()
    assert lab.typed("show module p2p").splitlines()[-1].split() == (
        ["X", "2.41.1091", "Yes", "/lib"]
    )
    lab.configure("plugin p2p", "module priority 1 version 2.50.7")
    rows = [line.split() for line in lab.typed("show module p2p verbose").splitlines()[3:]]
    assert rows == [["1", "2.50.7", "No", "/var/opt/lib"], ["X", "2.41.1091", "Yes", "/lib"]]


def test_other_plugins_are_refused() -> None:
    assert Lab().typed("show plugin nbar") == "Failure: There is no plugin nbar\n"
    assert Lab().typed("show module nbar") == "Failure: There is no plugin nbar\n"
