"""nginx with deploy/nginx.conf, by any user and beside any other: on a free port of loopback, below one folder."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_TEMPORARY: Final = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def nginx_command(
    folder: Path, certificate: Path, *, tls: int, ports: Mapping[str, str], beside: str = ""
) -> tuple[str, ...]:
    """The command that runs nginx in the foreground; its files are below the folder.

    Args:
        certificate: PEM file with a key and its certificate, in place of those of all names.
        tls: Port in place of 443; addresses of IPv6, which not every machine has, are left out.
        ports: Of the servers behind it, by those that the file names.
        beside: Further blocks `server`.
    """
    ours = Path("deploy/nginx.conf").read_text("utf-8") + beside
    ours = re.sub(r"listen \[::\].*\n", "", ours).replace("listen 443", f"listen 127.0.0.1:{tls}")
    ours = re.sub(r"/etc/ssl/intake/\w+\.(pem|key)", str(certificate), ours)
    for example, port in ports.items():
        ours = ours.replace(f"127.0.0.1:{example}", f"127.0.0.1:{port}")
    paths = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in _TEMPORARY)
    file = folder / "nginx.conf"
    log = f"{folder}/nginx-error.log"
    file.write_text(
        f"pid {folder}/pid; error_log {log}; events {{}} http {{ access_log off; {paths}\n{ours} }}", "utf-8"
    )
    return ("nginx", "-e", log, "-c", str(file), "-g", "daemon off; master_process off;")
