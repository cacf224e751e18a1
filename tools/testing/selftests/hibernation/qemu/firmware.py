# SPDX-License-Identifier: GPL-2.0
"""Firmware tables of ours, for QEMU's -acpitable: methods that tell on a port of their own that they ran."""
import re
import struct
import subprocess

from case import check

PORT = 0x6E8
# A letter on the port for each, and a digit, its argument.
LETTERS = {"_TTS": "T", "_PTS": "P", "_GTS": "G", "_BFS": "B", "_WAK": "W"}
# Run on one CPU; that they can sleep there shows that interrupts are on.
SLEEPING = ("_GTS", "_BFS")
OFF = "T5 P5"
SERVICES_OFF = re.compile(r"EFI runtime services are off: the boot kernel did not map 0x[0-9a-f]+-0x[0-9a-f]+ at 0x[0-9a-f]+")


def method(name):
    return "\n".join([
        f"Method ({name}, 1, Serialized)", "{",
        f"    TRCB = {ord(LETTERS[name]):#x}",
        "    TRCB = Arg0 + 0x30",
        *(["    Sleep (2)"] if name in SLEEPING else []),
        "}"])


def source(more=""):
    """The table in ASL, with more of it from the case."""
    return "\n".join([
        'DefinitionBlock ("", "SSDT", 2, "DORMSE", "TRACE", 1)', "{", "Scope (\\)", "{",
        f"OperationRegion (TRCR, SystemIO, {PORT:#x}, 1)",
        "Field (TRCR, ByteAcc, NoLock, WriteAsZeros) { TRCB, 8 }",
        *map(method, LETTERS), more, "}", "}", ""])


def compiled(folder, name, asl):
    """The ASL as a table for -acpitable; returns its file."""
    text = folder / f"{name}.asl"
    text.write_text(asl)
    result = subprocess.run(["iasl", "-p", str(folder / name), str(text)], capture_output=True, text=True, check=False)
    if result.returncode:
        raise RuntimeError(f"iasl: {result.stdout}{result.stderr}")
    return folder / f"{name}.aml"


def filler(folder, kib):
    """Options for a table that does nothing but take room."""
    inside = struct.pack("<BI", 0x0C, kib * 1024) + bytes(kib * 1024)  # size, content
    length = len(inside) + 3
    package = bytes([0x80 | length & 0x0F, length >> 4 & 0xFF, length >> 12])
    body = folder / "filler.bin"
    body.write_bytes(b"\x08ROOM\x11" + package + inside)  # Name (ROOM, Buffer (..) {})
    return ["-acpitable", f"sig=SSDT,rev=2,oem_id=DORMSE,oem_table_id=FILLER,data={body}"]


FADT_REDUCED_BYTES = 268
FADT_REDUCED_REVISION = 5
FADT_HW_REDUCED = 1 << 20


def reduced_hardware(fadt, control, status):
    """A machine's FADT, saying that hardware is reduced and that sleep has registers at these two ports."""
    table = bytearray(fadt.ljust(FADT_REDUCED_BYTES, b"\0")[:FADT_REDUCED_BYTES])
    struct.pack_into("<IB", table, 4, FADT_REDUCED_BYTES, FADT_REDUCED_REVISION)
    struct.pack_into("<I", table, 24, struct.unpack_from("<I", table, 24)[0] + 1)  # newer than the one to be replaced
    struct.pack_into("<I", table, 112, struct.unpack_from("<I", table, 112)[0] | FADT_HW_REDUCED)
    for at, port in ((244, control), (256, status)):
        struct.pack_into("<BBBBQ", table, at, 1, 8, 0, 1, port)  # a byte of I/O space
    table[9] = 0
    table[9] = -sum(table) & 0xFF
    return bytes(table)


class Trace:
    """The methods that ran, in order, over all boots of a case."""

    def __init__(self, desk, more=""):
        self.path = desk.folder / "methods"
        self.path.write_bytes(b"")
        self.told = 0
        table = compiled(desk.folder, "trace", source(more))
        self.options = ["-acpitable", f"file={table}",
                        "-chardev", f"file,id=methods,path={self.path},append=on",
                        "-device", f"isa-debugcon,iobase={PORT:#x},chardev=methods"]

    def since(self):
        """What ran since this was asked last: "T4 P4"."""
        text = self.path.read_text(encoding="latin-1")
        fresh, self.told = text[self.told:], len(text)
        return " ".join(fresh[at:at + 2] for at in range(0, len(fresh), 2))


def traced(desk, more="", **changes):
    desk.standard(**changes)
    trace = Trace(desk, more)
    desk.machine.extra = desk.machine.extra + trace.options
    return trace


def told(trace, wanted, when):
    seen = trace.since()
    check(seen == wanted, f"{when}: firmware was told '{seen}', not '{wanted}'")
