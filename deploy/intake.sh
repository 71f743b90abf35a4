#!/bin/sh
# `intake` as the service runs it, with its settings and as its user; docs/runbook.md copies it to /usr/local/bin/intake.
set -a
. /etc/child-intake.env
set +a
exec runuser -u intake -- env HOME=/var/lib/child-intake \
    /srv/child-intake/.venv/bin/intake --workspace /var/lib/child-intake "$@"
