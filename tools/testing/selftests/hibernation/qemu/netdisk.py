# SPDX-License-Identifier: GPL-2.0
"""A network block device of the guest: its server on the host, its client in the guest."""
import signal
import socket
import subprocess
import time
from contextlib import contextmanager

import initramfs

CARD = ["-netdev", "user,id=n0", "-device", "virtio-net-pci,netdev=n0"]
HOST = "10.0.2.2"  # as the guest sees it
# attach NUMBER OPTION...: /dev/nbdNUMBER becomes what the host serves, by netlink.
GUEST = """busybox ip link set lo up && busybox ip addr add 10.0.2.15/24 dev eth0 && busybox ip link set eth0 up || fail network
attach() {{ number=$1; shift; nbd-client {host} {port} /dev/nbd$number -N image "$@" >/tmp/client 2>&1 || fail nbd-client $(tail -n 1 /tmp/client); }}
"""


class Server:
    """qemu-nbd, on a port that was free."""

    def __init__(self, path):
        self.process = None
        for _ in range(5):
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]
            self.process = subprocess.Popen(["qemu-nbd", "--persistent", "--shared=8", "--format=raw", "--export-name=image",
                                             "--bind=127.0.0.1", f"--port={self.port}", "--discard=unmap", str(path)])
            if self.answers():
                return
            self.end()
        raise RuntimeError("qemu-nbd does not answer")

    def answers(self):
        deadline = time.monotonic() + 20
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return True
            except OSError:
                time.sleep(0.05)
        return False

    def stand_still(self):
        self.process.send_signal(signal.SIGSTOP)

    def end(self):
        self.process.kill()
        self.process.wait()

    def script(self):
        """Script lines: the network, and how to attach."""
        return GUEST.format(host=HOST, port=self.port)


@contextmanager
def served(path):
    server = Server(path)
    try:
        yield server
    finally:
        server.end()


def client():
    """nbd-client, and what it is linked with."""
    return initramfs.linked_files(["/usr/sbin/nbd-client"])
