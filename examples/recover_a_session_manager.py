"""Enable Session Recovery, let a session manager fail, and count what was lost."""

from staros_cli import Device

with Device("asr5500") as device:
    device.configure("require session recovery")
    device.save()
    device.reload()
    print(device.run("show session recovery status").text)

    before = len(device.chassis.sessions)
    device.fail_task("sessmgr", 1)
    device.advance(10)
    print(f"{before - len(device.chassis.sessions)} of {before} calls were lost")

    print(device.run("show snmp trap history | grep SessMgr").text)
