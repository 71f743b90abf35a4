"""What operators find in the logs."""

import json
import subprocess
import sys

PROGRAM = """
import logging
from service.logging import log_to_stderr
log_to_stderr()
for name in ("flows.x", "pipeline.x", "service.x", "web.x", "prefect.x"):
    logging.getLogger(name).info("done", extra={"count": 1})
    logging.getLogger(name).warning("failed", extra={"count": 2})
"""


def test_our_records_are_kept_from_info_on_and_those_of_libraries_from_warning_on() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    records = [json.loads(line) for line in done.stderr.splitlines()]
    ours = {(one["logger"], one["event"], one["count"]) for one in records if one["logger"] != "prefect.x"}
    assert ours == {
        (f"{room}.x", event, count)
        for room in ("flows", "pipeline", "service", "web")
        for event, count in (("done", 1), ("failed", 2))
    }
    assert [one["event"] for one in records if one["logger"] == "prefect.x"] == ["failed"]
