"""What only some machines let their root do: mounts and networks of its own, as a container may not have them.

Nobody can install a privilege: tests without it are skipped, with the reason, in every lane.
"""

import os
import subprocess
import tempfile
from functools import cache

import pytest

_MOUNTS = """
mount -t tmpfs tmpfs {place}
mkdir {place}/upper {place}/work
mount -t overlay overlay -o lowerdir=/etc,upperdir={place}/upper,workdir={place}/work /etc
mount -o remount,bind,ro /etc
exec setpriv --no-new-privs --bounding-set -all true
"""
_SECONDS = 30.0


@cache
def why_no_mounts() -> str:
    """Why this process can make no mount namespace with layers over its folders; "" if it can."""
    with tempfile.TemporaryDirectory() as place:
        text = _MOUNTS.format(place=place)
        return _refusal("unshare", "--mount", "--propagation", "private", "sh", "-euc", text)


@cache
def why_no_network() -> str:
    """Why this process can make no network of its own; "" if it can."""
    return _refusal("unshare", "--net", "ip", "link", "add", "out", "type", "veth", "peer", "name", "pit")


def skip_unless_allowed(why_not: str) -> None:
    """Skip a test that a machine does not allow, for the reason given, if there is one."""
    if why_not:
        pytest.skip(why_not)


def _refusal(*trial: str) -> str:
    if os.geteuid() != 0:
        return "only root may do it"
    try:
        done = subprocess.run(trial, capture_output=True, text=True, check=False, timeout=_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"the machine cannot do it: {error}"
    told = done.stderr.strip().splitlines() or [f"{trial[0]} ended with {done.returncode}"]
    return f"the machine does not let root do it: {told[-1]}" if done.returncode else ""
