"""pgbouncer of our own in front of a PostgreSQL server, in any of its pool modes."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.support.postgres import USER
from tests.support.processes import answers, demand, free_port, server, wait_until

_CONFIG = """
[databases]
* = host={host} port={server_port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {users}
pool_mode = {mode}
# Fewer sessions than clients, so that a client seldom meets its former one.
default_pool_size = 3
server_login_retry = 1
"""


@contextmanager
def pgbouncer(behind: str, *, mode: str) -> Iterator[str]:
    """Pool the connections to a server, for as long as the block lasts; gives the URL that clients use instead."""
    demand(["setpriv", "pgbouncer"], "INTAKE_REQUIRE_POSTGRES", "pgbouncer")
    place, port = urlsplit(behind), free_port()
    with tempfile.TemporaryDirectory(prefix="intake-pgbouncer-") as folder:
        config = Path(folder, "pgbouncer.ini")
        users = Path(folder, "users.txt")
        users.write_text(f'"{USER}" ""\n')
        config.write_text(
            _CONFIG.format(host=place.hostname, server_port=place.port, port=port, mode=mode, users=users)
        )
        if os.geteuid() == 0:
            for path in (folder, config, users):
                shutil.chown(path, USER, USER)  # pgbouncer refuses to run as root
        with server(["pgbouncer", "-q", str(config)], Path(folder, "log"), user=USER):
            wait_until(lambda: answers(port), "pgbouncer")
            yield behind.replace(f":{place.port}", f":{port}")
