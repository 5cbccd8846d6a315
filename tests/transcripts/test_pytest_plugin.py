"""The pytest plugin in somebody else's project."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest_plugins = ["pytester"]

GOOD = "[local]asr5500# show system uptime\nSystem uptime: 69D 13H 34M\n[local]asr5500#\n"


def test_transcripts_are_tests(pytester: pytest.Pytester) -> None:
    pytester.makefile(".transcript", good=GOOD, bad=GOOD.replace("69D", "70D"), broken="text\n")
    result = pytester.runpytest_subprocess("-q", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        [
            "*bad.transcript:2: the output differs",
            "--- *bad.transcript",
            "-System uptime: 70D 13H 34M",
            "+System uptime: 69D 13H 34M",
            "*broken.transcript: expected lines that begin with a prompt*",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.end_to_end
def test_both_ways_or_none(pytester: pytest.Pytester) -> None:
    pytester.makefile(".transcript", good=GOOD)
    pytester.makeini("[pytest]\nstaros_replay = both\n")
    pytester.runpytest_subprocess().assert_outcomes(passed=2)
    pytester.runpytest_subprocess("--staros-replay", "off").assert_outcomes(passed=0)
    pytester.makeini("[pytest]\nstaros_replay = twice\n")
    result = pytester.runpytest_subprocess()
    result.stderr.fnmatch_lines(["*staros_replay: expected one of memory, program, both, off*"])


def test_fixtures_in_memory(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        def staros_settings(staros_settings):
            staros_settings.chassis = "asr5000-chapter"
            return staros_settings

        def test_session(staros_session, staros_chassis):
            assert staros_session.prompt == "[local]host_name# "
            assert "Ready" in staros_session.handle("show session recovery status").text
            staros_session.handle("reload -noconfirm")
            staros_chassis.advance(2.0)
            staros_session.poll()
            assert "Not Ready" in staros_session.handle("show session recovery status").text
            other = staros_chassis.session("joe")
            assert "joe" in other.handle("show administrators").text
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


@pytest.mark.end_to_end
def test_a_running_emulator_with_its_address(pytester: pytest.Pytester) -> None:
    pytest.importorskip("staros_cli.network")
    pytester.makepyfile(
        """
        import socket
        import pytest

        def test_address(staros_emulator):
            assert staros_emulator.hostname == "asr5500"
            assert staros_emulator.login.user
            ssh = staros_emulator.ssh
            with socket.create_connection((ssh.host, ssh.port)) as connection:
                assert connection.recv(4) == b"SSH-"

        def test_no_such_chassis(staros_emulator_factory):
            with pytest.raises(RuntimeError, match="asr9"):
                staros_emulator_factory("asr9")
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=2)


def test_a_run_without_transcripts_pays_nothing() -> None:
    """The plugin is loaded into every run: it must not bring the emulator along."""
    code = (
        "import sys, pytest; before = set(sys.modules);"
        "import staros_cli.transcripts.pytest_plugin;"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [
        "staros_cli",
        "staros_cli.errors",
        "staros_cli.transcripts",
        "staros_cli.transcripts.pytest_plugin",
    ]
