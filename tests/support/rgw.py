"""A real S3 server: Ceph's RADOS gateway with one monitor and one store in memory, on the loopback interface.

Source:
    Options of ceph-conf(5); each that is not a default is explained where it stands.
"""

import tempfile
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
from minio import Minio
from minio.commonconfig import ENABLED
from minio.helpers import md5sum_hash
from minio.versioningconfig import VersioningConfig
from pydantic import SecretStr

from pipeline.stores.options import StoreOptions
from tests.support.processes import answers, demand, free_port, run, server, wait_until

ACCESS_KEY, SECRET_KEY = "devaccess", "devsecret-devsecret"
_PROGRAMS = ("setpriv", "ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "monmaptool", "ceph")

_CONFIG = """
[global]
fsid = {fsid}
mon_host = [v2:127.0.0.1:{mon_v2},v1:127.0.0.1:{mon_v1}]
mon_initial_members = a
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_ipv6 = false
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
run_dir = {folder}
admin_socket = {folder}/$name.asok
pid_file = {folder}/$name.pid
log_file = {folder}/$name.log
crash_dir = {folder}
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 4
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
[mon]
mon_data = {folder}/mon
# The monitor refuses to work on a disk that is nearly full.
mon_data_avail_warn = 2
mon_data_avail_crit = 1
# Making a pool takes 9 seconds otherwise.
paxos_propose_interval = 0.02
paxos_min_wait = 0.01
[osd]
osd_data = {folder}/osd
osd_objectstore = memstore
memstore_device_bytes = 4294967296
[client.rgw]
# The gateway asks for encryption by default, and without keys waits for it for ever.
ms_mon_client_mode = crc
rgw_frontends = beast endpoint=127.0.0.1:{port}
# As a server behind a proxy is called; a Host that it does not know would be the name of a bucket.
rgw_dns_name = s3.hospital.example
rgw_data = {folder}
# Without swift, which would take some bucket names for its own.
rgw_enable_apis = s3, admin, sts, iam, notifications
rgw_thread_pool_size = 32
rgw_run_sync_thread = false
rgw_gc_obj_min_wait = 1
rgw_gc_processor_period = 5
rgw_crypt_require_ssl = false
"""


class Gateway(NamedTuple):
    """A running server and how to reach it."""

    options: StoreOptions
    client: Minio

    def new_bucket(self, *, versioned: bool = False) -> str:
        """Create a bucket for one test."""
        name = f"t-{uuid.uuid4().hex[:12]}"
        self.client.make_bucket(bucket_name=name)
        if versioned:
            self.client.set_bucket_versioning(bucket_name=name, config=VersioningConfig(status=ENABLED))
        return name

    def rules(self, bucket: str, kind: str) -> bytes:
        """A bucket's rules of a kind, `lifecycle` or `notification`, as the server tells them."""
        return bytes(self.client._execute("GET", bucket, query_params={kind: ""}).data)

    def set_rules(self, bucket: str, kind: str, rules: bytes) -> None:
        """Exchange a bucket's rules of a kind."""
        digest = md5sum_hash(rules) or ""
        self.client._execute("PUT", bucket, body=rules, headers={"Content-MD5": digest}, query_params={kind: ""})


@pytest.fixture(scope="session")
def gateway() -> Iterator[Gateway]:
    """A gateway for the session."""
    demand(_PROGRAMS, "INTAKE_REQUIRE_S3", "radosgw, ceph-mon and ceph-osd")
    with tempfile.TemporaryDirectory(prefix="intake-rgw-") as folder, ExitStack() as stack:
        port = free_port()
        _start(stack, Path(folder), port)
        yield _gateway(f"127.0.0.1:{port}")


def _gateway(endpoint: str) -> Gateway:
    access_key, secret_key = SecretStr(ACCESS_KEY), SecretStr(SECRET_KEY)
    options = StoreOptions(endpoint=endpoint, access_key=access_key, secret_key=secret_key, secure=False)
    client = Minio(endpoint=endpoint, access_key=ACCESS_KEY, secret_key=SECRET_KEY, region=options.region, secure=False)
    return Gateway(options=options, client=client)


def _start(stack: ExitStack, folder: Path, port: int) -> None:
    config, fsid, mon_v2, mon_v1 = folder / "ceph.conf", str(uuid.uuid4()), free_port(), free_port()
    config.write_text(_CONFIG.format(folder=folder, fsid=fsid, port=port, mon_v2=mon_v2, mon_v1=mon_v1))
    for name in ("mon", "osd"):
        folder.joinpath(name).mkdir()
    monitors, osd_id = str(folder / "monmap"), str(uuid.uuid4())
    ours = ["-c", str(config)]

    address = f"[v2:127.0.0.1:{mon_v2},v1:127.0.0.1:{mon_v1}]"
    run(["monmaptool", "--create", "--fsid", fsid, "--addv", "a", address, monitors])
    run(["ceph-mon", "--mkfs", "-i", "a", "--monmap", monitors, *ours])
    stack.enter_context(server(["ceph-mon", "-f", "-i", "a", *ours], folder / "mon.out"))
    wait_until(lambda: answers(mon_v2), "The monitor")
    run(["ceph", *ours, "osd", "new", osd_id])
    run(["ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd_id, *ours])
    stack.enter_context(server(["ceph-osd", "-f", "-i", "0", *ours], folder / "osd.out"))
    user = ["user", "create", "--uid=dev", "--display-name=dev", f"--access-key={ACCESS_KEY}", f"--secret={SECRET_KEY}"]
    run(["radosgw-admin", *ours, *user])
    stack.enter_context(server(["radosgw", "-f", "-n", "client.rgw", *ours], folder / "rgw.out"))
    wait_until(lambda: _serves(port), "The gateway")


def _serves(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
            return True
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
