"""A machine as it is before anything was installed: this one, whose folders may be written without a trace.

A mount namespace with a layer in memory over each folder that an installation changes; names of hospital.example are in
its /etc/hosts. The checkout and its environment are in /srv/child-intake, wherever they lie on this machine. Processes,
network and users' numbers are those of this machine.
"""

import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from tests.support.processes import wait_until

_LAYERED: Final = ("etc", "srv", "run", "home", "root", "usr/local/bin", "var/lib")
_PYTHON: Final = "/srv/child-intake/.venv/bin/python"
_HOSTS: Final = "127.0.0.1 s3 db app desk receiver prefect".replace(" ", ".hospital.example ").replace(
    "127.0.0.1.hospital.example", "127.0.0.1"
)
_PREPARE: Final = """
umask 022
mount -t tmpfs -o mode=755 tmpfs {layers}
cd {layers}
layer() {{
  mkdir -p $2/upper $2/work
  mount -t overlay overlay -o lowerdir=$1,upperdir={layers}/$2/upper,workdir={layers}/$2/work $3
}}
mkdir tree venv
mount --bind {tree} tree  # before there are layers: the checkout may be below any of these folders
mount --bind {venv} venv
for name in {layered}; do layer /$name of-$name /$name; done
mkdir -p /srv/child-intake /etc/systemd/system
chmod a+x /root {above}  # to the interpreter
layer {layers}/tree of-tree /srv/child-intake
[ ! -L /srv/child-intake/.venv ] || rm /srv/child-intake/.venv
mkdir -p /srv/child-intake/.venv
layer {layers}/venv of-venv /srv/child-intake/.venv
sed -i -E '1,2s,/[^ ]*/bin/python[0-9.]*,{python},' /srv/child-intake/.venv/bin/intake
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

    def shell(self, text: str, *, answers: str = "", seconds: float = 300.0) -> "subprocess.CompletedProcess[str]":
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
    layers = tempfile.mkdtemp(dir="/tmp")
    holder = subprocess.Popen(["unshare", "--mount", "--propagation", "private", "sleep", "infinity"])
    try:
        _wait_for_namespace(holder.pid)
        machine = FreshMachine(holder.pid, known)
        made = machine.shell(_prepare(layers))
        assert made.returncode == 0, made.stderr
        try:
            yield machine
        finally:
            machine.shell("for file in /run/units-of-tests/*.pid; do kill $(cat $file) || true; done; sleep 3")
            machine.shell("for file in /run/units-of-tests/*.pid; do kill -9 $(cat $file) || true; done")
    finally:
        holder.kill()
        holder.wait()
        Path(layers).rmdir()  # what was in it lay in memory


def _prepare(layers: str) -> str:
    parents = Path(sys.executable).resolve().parents
    above = [folder for folder in parents if folder.is_relative_to("/root") or folder.is_relative_to("/home")]
    return _PREPARE.format(
        layers=layers,
        layered=" ".join(_LAYERED),
        tree=shlex.quote(str(Path.cwd())),
        venv=shlex.quote(str(Path(sys.prefix).resolve())),
        python=_PYTHON,
        above=" ".join(shlex.quote(str(folder)) for folder in above),
        hosts=_HOSTS,
    )


def _wait_for_namespace(process: int) -> None:
    ours = Path("/proc/self/ns/mnt").readlink()
    wait_until(lambda: Path(f"/proc/{process}/ns/mnt").readlink() != ours, "the namespace")
