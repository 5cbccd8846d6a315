"""Read a table as data instead of taking its text apart."""

from staros_cli import Device

with Device("asr5000-chapter") as device:
    status, cpus = device.run("show session recovery status verbose").data

print(status["overall_status"])
for cpu in cpus:
    print(f"{cpu['cpu']}: {cpu['sessmgr_active']} active, {cpu['sessmgr_standby']} in standby")
