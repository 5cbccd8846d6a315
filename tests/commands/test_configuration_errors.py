"""The screen of what is wrong with the configuration."""

from __future__ import annotations

from staros_cli.chassis.findings import SECTIONS
from staros_cli.chassis.storage import locate
from tests.lab import START, Lab

FRAME = "#" * 86
SERVICES = "CSCF PDSN HA FA LNS LAC Closed-rp IPSG SAMOG"
"""The services whose sections stand between active charging and AAA."""


def test_findings_stand_in_framed_sections_with_totals() -> None:
    """The layout of the device: errors, their total, then warnings with theirs."""
    lab = Lab()
    lab.configure("context A", "pgw-service X", "exit", "egtp-service E")
    assert lab.typed("show configuration errors") == "\n".join(
        [
            FRAME,
            "#                   Displaying PGW-Service system errors",
            FRAME,
            "Total 0 error(s) in this section !",
            "",
            "Warning : The pgw service X of context A is not started",
            "- no egtp-service is associated with it",
            "Total 1 warning(s) in this section!",
            "",
            FRAME,
            "#                   Displaying EGTP-Service system errors",
            FRAME,
            "Total 0 error(s) in this section !",
            "",
            "Warning : The egtp service E of context A is not started",
            "- it is not bound to an address",
            "Total 1 warning(s) in this section!",
            "",
            "",
        ]
    )


def test_a_section_alone_and_all_of_them() -> None:
    lab = Lab()
    lab.configure("context A", "pgw-service X", "exit", "egtp-service E")
    one = lab.typed("show configuration errors section egtp-service")
    assert one.count(FRAME) == 2
    assert "egtp service E" in one
    assert "pgw service X" not in one
    empty = lab.typed("show configuration errors section apn-config")
    assert "Displaying APN-configuration errors" in empty
    assert "Total 0 error(s)" in empty
    everything = lab.typed("show configuration errors verbose")
    assert everything.count("Displaying ") == len(SECTIONS)
    assert "Invalid section foo: expected" in lab.typed("show configuration errors section foo")


def test_sections_stand_in_the_order_of_the_device() -> None:
    text = Lab().typed("show configuration errors verbose")
    lines = [line for line in text.splitlines() if line.startswith("# ")]
    titles = [line.removeprefix(f"#{'':19}Displaying ") for line in lines]
    assert titles[1:3] == ["Diameter Configuration errors", "Active-charging system errors"]
    assert titles[3:12] == [f"{kind}-service system errors" for kind in SERVICES.split()]
    assert titles[12] == "Global AAA-configuration errors"
    order = ("GGSN-service", "SGSN-service", "Operator-Policy", "MME Service", "PGW-Service")
    places = [titles.index(f"{title} system errors") for title in order]
    assert places == sorted(places)
    assert titles[-1] == "DNS Client system errors"


def test_a_line_refused_at_the_start_is_an_error_of_the_system() -> None:
    lab = Lab()
    url = lab.system.default_url()
    path = locate(url)
    text = lab.chassis.storage.read(path).decode().replace("config\n", "config\n  nonsense\n", 1)
    lab.chassis.storage.write(path, text.encode(), START)
    lab.reload()
    errors = lab.typed("show configuration errors")
    assert errors.startswith(
        f"{FRAME}\n#                   Displaying System configuration errors\n"
    )
    assert f"Error   : {url} line 3: nonsense\n" in errors
    assert "Total 1 error(s) in this section !" in errors
