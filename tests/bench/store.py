"""Stores benchmark figures to compare with: what is of the machine or the user is left out."""

from __future__ import annotations

import json
import sys
from pathlib import Path

STORE = Path(__file__).parent / "stored"
OF_MACHINE = ("python_version", "python_implementation", "system", "machine")


def main(report: Path) -> None:
    """Store the figures of a report of pytest-benchmark."""
    found = json.loads(report.read_text())
    machine = {name: found["machine_info"][name] for name in OF_MACHINE}
    machine["cpu"] = {"brand_raw": found["machine_info"].get("cpu", {}).get("brand_raw", "")}
    benchmarks = []
    for benchmark in found["benchmarks"]:
        stats = {k: v for k, v in benchmark["stats"].items() if k not in ("data", "outliers")}
        kept = {name: benchmark[name] for name in ("group", "name", "fullname", "params", "param")}
        benchmarks.append({**kept, "options": {}, "extra_info": {}, "stats": stats})
    made = {
        "machine_info": machine,
        "commit_info": {},
        "benchmarks": benchmarks,
        "datetime": found["datetime"],
        "version": found["version"],
    }
    folder = STORE / "any-machine"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "0001_stored.json").write_text(json.dumps(made, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
