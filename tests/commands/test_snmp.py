"""SNMP: communities whose names are shown again but stand in no file, and what is configured."""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath

import pytest

from staros_cli.chassis.privilege import Privilege
from staros_cli.chassis.secret_key import SecretKey, of_seed
from staros_cli.device import Device
from staros_cli.emulator import KEY_FILE
from tests.lab import Lab

COMMUNITIES = """\
Community Name                   Access Level
-------------------------------- ------------
labrw                              read-write
public                              read-only
"""
SERVER = """\
SNMP Server Configuration:
  Server State             : enabled
  SNMP Port                : 1161
  sysLocation              : Lab rack 3
  sysContact               : NOC
  authenticationFail traps : Enabled
  EngineID                 : 800000090300c0000201
  Alert Threshold          : 300 alerts in 60 seconds
  Alert Low Threshold      : 50 alerts in 60 seconds
SNMP Agent Mib Configuration:
  STARENT-MIB              : Enabled
  IF-MIB                   : Enabled
  ENTITY-MIB               : Disabled
"""


def with_communities() -> Lab:
    lab = Lab()
    assert lab.configure("snmp community public", "snmp community name labrw read-write") == ""
    return lab


def test_communities_are_shown_by_their_names() -> None:
    lab = Lab()
    assert lab.typed("show snmp communities").count("\n") == 2
    assert with_communities().typed("show snmp communities") == COMMUNITIES


@pytest.mark.parametrize("command", ["show configuration", "show configuration showsecrets"])
def test_no_name_stands_in_the_configuration(command: str) -> None:
    text = with_communities().typed(command)
    assert text.count("snmp community encrypted name +A") == 2
    assert "public" not in text
    assert "labrw" not in text


def test_a_saved_name_is_known_after_a_restart_and_found_to_be_removed() -> None:
    lab = with_communities()
    lab.typed("save configuration -noconfirm")
    file = lab.chassis.storage.read(PurePosixPath("flash/system.cfg"))
    assert b"labrw" not in file
    lab.reload(60)
    assert lab.typed("show snmp communities") == COMMUNITIES
    assert lab.configure("no snmp community public") == ""
    assert "public" not in lab.typed("show snmp communities")
    assert lab.typed("show configuration").count("snmp community") == 1


@pytest.mark.parametrize("form", ["", "name "])
def test_a_community_has_one_line_however_it_is_typed(form: str) -> None:
    lab = with_communities()
    line = next(
        line.strip()
        for line in lab.typed("show configuration").splitlines()
        if line.endswith("read-write")
    )
    lab.configure(f"snmp community {form}labrw read-only view all")
    assert lab.typed("show configuration").count("snmp community") == 2
    assert "labrw                               read-only\n" in lab.typed("show snmp communities")
    lab.configure(line)
    assert lab.typed("show snmp communities") == COMMUNITIES
    lab.configure(f"no snmp community {form}labrw")
    lab.configure("no " + " ".join(line.split()[:5]))
    assert "labrw" not in lab.typed("show snmp communities")


@pytest.mark.parametrize("kept", ["+Ahush", "+B0labsecret0005", "x", "+A" + "7" * 40, "+A\xe4"])
def test_what_others_have_encrypted_is_kept_and_not_shown(kept: str) -> None:
    lab = Lab()
    assert lab.configure(f"snmp community encrypted name {kept}") == ""
    assert f"snmp community encrypted name {kept}\n" in lab.typed("show configuration")
    rows = lab.typed("show snmp communities").splitlines()
    assert rows[2] == "(encrypted elsewhere)               read-only"


def test_only_administrators_see_the_names() -> None:
    lab = with_communities()
    for privilege in (Privilege.OPERATOR, Privilege.INSPECTOR):
        session = lab.device.session("joe", privilege=privilege)
        reply = session.handle("show snmp communities")
        assert reply.failed
        assert "labrw" not in reply.text


def test_a_name_of_the_greatest_length_comes_back() -> None:
    lab = Lab()
    assert lab.configure(f"snmp community {'c' * 127}") == ""
    lab.typed("save configuration -noconfirm")
    lab.reload(60)
    assert not lab.system.problems
    assert "c" * 127 in lab.typed("show snmp communities")
    assert "expected" in lab.configure(f"snmp community {'c' * 128}")


def test_the_key_of_a_directory_is_its_owners_alone(tmp_path: Path) -> None:
    root = tmp_path / "state"
    lines = ("configure", "snmp community sesame", "end", "save configuration -noconfirm")
    with Device("asr5500", state=root, salt=os.urandom) as device:
        for line in lines:
            device.run(line)
    key = root / KEY_FILE
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_bytes()) == 32
    assert not [file for file in root.rglob("*.cfg") if b"sesame" in file.read_bytes()]
    with Device("asr5500", state=root, salt=os.urandom) as again:
        assert "sesame" in again.run("show snmp communities").text
    key.unlink()
    with Device("asr5500", state=root, salt=os.urandom) as other:
        assert "sesame" not in other.run("show snmp communities").text


def test_a_key_encrypts_alike_and_reads_only_what_it_made_for_that_use() -> None:
    key = SecretKey(of_seed(1))
    kept = key.encrypted("one", "a")
    assert kept == key.encrypted("one", "a") != key.encrypted("two", "a")
    assert key.decrypted(kept, "a") == "one"
    assert key.decrypted(kept, "b") is None
    assert key.decrypted(kept[2:], "a") is None
    assert key.decrypted(kept[:-1] + ("a" if kept[-1] != "a" else "b"), "a") is None
    assert SecretKey(of_seed(2)).decrypted(kept, "a") is None


def test_the_server_is_shown_as_it_is_configured() -> None:
    lab = Lab()
    lab.configure(
        "system contact NOC",
        'system location "Lab rack 3"',
        "snmp server port 1161",
        "snmp authentication-failure-trap",
        "snmp engine-id local 800000090300c0000201",
        "snmp notif-threshold 300 low 50 period 60",
        "snmp mib IF-MIB",
    )
    assert lab.typed("show snmp server").startswith(SERVER)
    lab.configure("no snmp server")
    assert "Server State             : disabled" in lab.typed("show snmp server")


def test_managers_and_users_are_shown() -> None:
    lab = Lab()
    lab.configure(
        "snmp target nms1 192.0.2.50 port 1162 security-name hidden version 2c",
        "snmp target nms2 192.0.2.51 version 3 security-name user1 informs",
        "snmp user joe password hush group g1 security-model usm auth md5 password hush",
    )
    first, second = lab.typed("show snmp transports").split("\n\n")
    assert first == (
        "Target Name:   nms1\nIP Address:    192.0.2.50\nPort:          1162\n"
        "Default:       Default\nSecurity Name: hidden\nVersion:       2c\n"
        "Security:      \nView:          \nNotif Type:    traps"
    )
    assert "Port:          162\n" in second
    assert second.endswith("Notif Type:    informs\n")
    users = lab.typed("show snmp users")
    assert users.splitlines()[2].split() == ["joe", "g1", "usm", "auth", "-"]
    assert "hush" not in users
    assert lab.typed("show snmp accesses").count("\n") == 5


def test_engines_are_shown() -> None:
    lab = Lab()
    own = lab.typed("show snmp engine-id")
    assert own.startswith("Local EngineID  : 8000000903020547")
    lab.configure("snmp engine-id local 80aa", "snmp engine-id remote 80bb")
    assert lab.typed("show snmp engine-id") == ("Local EngineID  : 80aa\nRemote EngineID : 80bb\n")


@pytest.mark.parametrize("level", ["inspector", "operator"])
@pytest.mark.parametrize("line", ["show snmp communities", "show snmp transports"])
def test_names_of_communities_are_for_administrators(level: str, line: str) -> None:
    """The security name of a target is a community in the first two versions of SNMP."""
    lab = with_communities()
    lab.configure("snmp target t 192.0.2.9 security-name labrw version 2c traps")
    other = lab.device.session("other", level)
    shown = other.handle(line).text
    assert "privilege" in shown
    assert "labrw" not in shown
    assert "labrw" in lab.typed(line)
