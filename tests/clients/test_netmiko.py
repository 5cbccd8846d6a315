"""netmiko, which has no driver for StarOS: its generic one, over SSH."""

from __future__ import annotations

from typing import Any

import netmiko


def test_commands_and_configuration(served: dict[str, Any]) -> None:
    with netmiko.ConnectHandler(
        device_type="generic",
        host=served["ssh"]["host"],
        port=served["ssh"]["port"],
        username=served["login"]["user"],
        password=served["login"]["password"],
    ) as device:
        assert device.find_prompt() == "[local]asr5500#"
        device.disable_paging("terminal length 0")
        assert "Image Version:" in device.send_command("show version")
        assert device.send_command("show subscribers all").count("\n") > 1000
        for line, mode in (
            ("configure", "config"),
            ("context local", "config-ctx"),
            ("interface NETMIKO", "config-if-eth"),
        ):
            prompt = rf"\[local\]asr5500\({mode}\)#"
            assert device.send_command(line, expect_string=prompt) == ""
        device.send_command("end", expect_string=r"\[local\]asr5500#")
        assert "interface NETMIKO" in device.send_command("show configuration context local")
