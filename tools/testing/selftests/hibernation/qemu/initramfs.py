# SPDX-License-Identifier: GPL-2.0
"""The guest's root: Debian's static busybox, our static programs, one script a boot. Made without root."""
import gzip
import hashlib
import os
import re
import stat
import subprocess
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
GUEST = HERE.parent / "guest"
TOOLS = HERE.parents[3] / "power/hibernation"
BUSYBOX = "/bin/busybox"
KEXEC = "/sbin/kexec"
DISK_TOOLS = ["/sbin/dmsetup", "/sbin/mdadm"]
PROGRAMS = ["init", "tell", "put", "judge", "poker", "rush", "stubborn", "blockof", "served", "listener",
            "fsdo", "uring", "claim", "hurt", "usersnap", "hostile", "jump"]
SHARED = ["port.c", "pattern.c", "order.c", "memory.c", "fuse.c"]
APPLETS = """awk basename blkid cat chmod cmp cp cut date dd df dmesg echo env expr false find free grep head hexdump kill ln ls mkdir
mkfifo mknod mkswap mount mv nproc od printf ps rm rmdir sed seq sh sleep sort stat stty swapoff swapon sync tail tee test timeout
touch tr true umount uname uniq usleep wc xargs yes""".split()
NODES = {"dev/console": (0o600, 5, 1), "dev/null": (0o666, 1, 3)}


class Archive:
    """A cpio archive of the kernel's kind (newc)."""

    def __init__(self):
        self.data = bytearray()
        self.inode = 1

    def add(self, name, mode, content=b"", device=(0, 0)):
        """One member; mode with its type bits."""
        encoded = name.encode() + b"\0"
        fields = [self.inode, mode, 0, 0, 1, 0, len(content), 0, 0, device[0], device[1], len(encoded), 0]
        self.data += b"070701" + b"".join(b"%08x" % field for field in fields) + encoded
        self.data += bytes(-len(self.data) % 4)
        self.data += content
        self.data += bytes(-len(self.data) % 4)
        self.inode += 1

    def folder(self, name):
        self.add(name, stat.S_IFDIR | 0o755)

    def file(self, name, content, mode=0o644):
        self.add(name, stat.S_IFREG | mode, content)

    def link(self, name, target):
        self.add(name, stat.S_IFLNK | 0o777, target.encode())

    def file_with_folders(self, name, content, mode=0o644):
        """A file, and the folders that it lies in."""
        for parent in reversed(Path(name).parents[:-1]):
            self.folder(str(parent))
        self.file(name, content, mode)

    def finished(self):
        self.add("TRAILER!!!", 0)
        self.data += bytes(-len(self.data) % 512)
        return bytes(self.data)


def build_program(name, program, options=()):
    """Compiles one program as that file, if it is older than its sources."""
    program.parent.mkdir(parents=True, exist_ok=True)
    sources = [GUEST / f"{name}.c"] + [GUEST / shared for shared in SHARED]
    newest = max(path.stat().st_mtime for path in GUEST.iterdir())
    if not program.exists() or program.stat().st_mtime < newest:
        fresh = program.with_name(f"{program.name}.{os.getpid()}-{threading.get_ident()}")
        subprocess.run(["gcc", "-O2", "-static", "-Wall", "-Wextra", "-Werror", *options, "-o", str(fresh),
                        *map(str, sources)], check=True)
        fresh.rename(program)
    return program


def build_programs(build):
    """Compiles what is older than its sources; returns name -> file."""
    return {name: build_program(name, build / name) for name in PROGRAMS}


def program_of_32_bits(build, name):
    """One of our programs as code of i386, beside the other one: name -> content."""
    program = build_program(name, build / "guest" / f"{name}32", ["-m32", "-D_FILE_OFFSET_BITS=64"])
    return {f"bin/{program.name}": program.read_bytes()}


def base(build):
    """The part that all boots share, as a file; built again when a program changed."""
    programs = build_programs(build / "guest")
    recipe = hashlib.sha256(Path(__file__).read_bytes())
    for program in [*programs.values(), Path(BUSYBOX)]:
        recipe.update(program.read_bytes())
    image = build / "guest" / f"base-{recipe.hexdigest()[:16]}.cpio.gz"
    if image.exists():
        return image
    archive = Archive()
    for folder in ["bin", "dev", "proc", "sys", "tmp", "mnt", "etc"]:
        archive.folder(folder)
    for name, (mode, major, minor) in NODES.items():
        archive.add(name, stat.S_IFCHR | mode, device=(major, minor))
    archive.file("bin/busybox", Path(BUSYBOX).read_bytes(), 0o755)
    for applet in APPLETS:
        archive.link(f"bin/{applet}", "busybox")
    for name, program in programs.items():
        archive.file("init" if name == "init" else f"bin/{name}", program.read_bytes(), 0o755)
    fresh = image.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    fresh.write_bytes(gzip.compress(archive.finished(), 6))
    fresh.rename(image)
    return image


def linked_files(programs):
    """Debian's programs and the libraries that they are linked with: name -> content."""
    listed = subprocess.run(["ldd", *programs], check=True, capture_output=True, text=True).stdout
    libraries = re.findall(r"(/\S+) \(0x", listed)
    return {**{f"bin/{Path(path).name}": Path(path).read_bytes() for path in programs},
            **{path.lstrip("/"): Path(path).read_bytes() for path in libraries}}


def kexec_files():
    """What starts another kernel."""
    return linked_files([KEXEC])


def disk_files():
    """What makes a disk of other disks."""
    return linked_files(DISK_TOOLS)


def for_restore(target):
    """The whole initramfs of a restore kernel, with the init from tools/power/hibernation, as target."""
    archive = Archive()
    for folder in ["bin", "dev", "proc", "sys"]:
        archive.folder(folder)
    archive.add("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))
    archive.file("init", (TOOLS / "restore-init").read_bytes(), 0o755)
    archive.file("bin/busybox", Path(BUSYBOX).read_bytes(), 0o755)
    archive.link("bin/sh", "busybox")
    for name, content in kexec_files().items():
        archive.file_with_folders(name, content, 0o755)
    target.write_bytes(gzip.compress(archive.finished(), 6))
    return target


def for_save(target, init=None):
    """The whole initramfs of a second kernel, with the init from tools/power/hibernation or another one, as target."""
    archive = Archive()
    for folder in ["bin", "dev", "proc", "sys"]:
        archive.folder(folder)
    archive.add("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))
    archive.file("init", init.encode() if init else (TOOLS / "save-init").read_bytes(), 0o755)
    archive.file("bin/busybox", Path(BUSYBOX).read_bytes(), 0o755)
    archive.link("bin/sh", "busybox")
    target.write_bytes(gzip.compress(archive.finished(), 6))
    return target


def hibsave_files(kernel, initrd):
    """What loads a second kernel, and that kernel."""
    return {**kexec_files(), "bin/hibsave": (TOOLS / "hibsave").read_bytes(), "save-kernel": kernel.read_bytes(),
            "save-initrd": initrd.read_bytes()}


def for_boot(build, script, target, files=None):
    """The shared part, the boot's script and further files, as target."""
    archive = Archive()
    archive.file("lib.sh", (GUEST / "lib.sh").read_bytes())
    archive.file("boot.sh", b". /lib.sh\n" + script.encode())
    for name, content in (files or {}).items():
        archive.file_with_folders(name, content, 0o755)
    shared = base(build).read_bytes()
    target.write_bytes(shared + bytes(-len(shared) % 4) + archive.finished())
    return target
