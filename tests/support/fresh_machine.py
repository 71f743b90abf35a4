"""A machine as it is before anything was installed: this one, whose folders may be written without a trace.

A mount namespace with a layer in memory over each folder that an installation changes; names of hospital.example are in
its /etc/hosts. Processes, network and users' numbers are those of this machine.
"""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from tests.support.processes import wait_until

_LAYERED: Final = ("etc", "srv", "run", "root", "usr/local/bin", "var/lib")
_HOSTS: Final = "127.0.0.1 s3 db app desk receiver prefect".replace(" ", ".hospital.example ").replace(
    "127.0.0.1.hospital.example", "127.0.0.1"
)
_PREPARE: Final = """
mount -t tmpfs tmpfs /mnt
for name in {layered} tree; do mkdir -p /mnt/$name/upper /mnt/$name/work; done
for name in {layered}; do
  mount -t overlay overlay -o lowerdir=/$name,upperdir=/mnt/$name/upper,workdir=/mnt/$name/work /$name
done
chmod 755 /root
mkdir -p /srv/child-intake /etc/systemd/system
mount -t overlay overlay -o lowerdir={tree},upperdir=/mnt/tree/upper,workdir=/mnt/tree/work /srv/child-intake
echo '{hosts}.hospital.example' >> /etc/hosts
cat > /usr/local/bin/systemctl <<'EOF'
#!/bin/sh
cd /srv/child-intake && PYTHONPATH=/srv/child-intake exec {python} -m tests.support.units systemctl "$@"
EOF
chmod 755 /usr/local/bin/systemctl
"""


class FreshMachine(NamedTuple):
    """The process that holds its folders, and what its shells find in their environment."""

    holder: int
    environment: Mapping[str, str]

    def shell(self, text: str, *, answers: str = "", seconds: float = 120.0) -> "subprocess.CompletedProcess[str]":
        """Run lines of a shell as root, in the folder of the release; the first that fails ends them."""
        command = ["nsenter", f"--mount=/proc/{self.holder}/ns/mnt"]
        return subprocess.run(
            [*command, "bash", "-euo", "pipefail", "-c", f"cd /srv/child-intake || cd /\n{text}"],
            env=dict(self.environment),
            input=answers,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )


@contextmanager
def fresh_machine(**environment: str) -> Iterator[FreshMachine]:
    """A machine for as long as the block lasts; its units are stopped at the end."""
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    known = {"PATH": path, "HOME": "/root", "LANG": "C.UTF-8", "PYTHONPATH": "/srv/child-intake", **environment}
    holder = subprocess.Popen(["unshare", "--mount", "--propagation", "private", "sleep", "infinity"])
    try:
        _wait_for_namespace(holder.pid)
        machine = FreshMachine(holder.pid, known)
        prepare = _PREPARE.format(layered=" ".join(_LAYERED), tree=Path.cwd(), hosts=_HOSTS, python=sys.executable)
        made = machine.shell(prepare)
        assert made.returncode == 0, made.stderr
        try:
            yield machine
        finally:
            machine.shell("for file in /run/units-of-tests/*.pid; do kill $(cat $file) || true; done; sleep 3")
            machine.shell("for file in /run/units-of-tests/*.pid; do kill -9 $(cat $file) || true; done")
    finally:
        holder.kill()
        holder.wait()


def _wait_for_namespace(process: int) -> None:
    ours = Path("/proc/self/ns/mnt").readlink()
    wait_until(lambda: Path(f"/proc/{process}/ns/mnt").readlink() != ours, "the namespace")
