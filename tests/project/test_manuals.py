"""The manuals in Chinese are held against the code: quoted words, examples, tables."""

import base64
import json
import re
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import LargeBinary
from standardwebhooks.webhooks import Webhook as Signer

from models.catalogue import CATALOGUE, SEVERITY_TITLES, TITLES
from models.codes import Code, Severity
from models.documents import PageKind
from models.errors import BadManifestError, ExitCode
from models.hospital import Hospital
from models.languages import Language
from models.messages import notice_text, worded
from models.places import Upload
from models.published import Refusal, WebhookMessage
from models.result import Result
from models.submission import EnteredChild, Guardian, Submission, SubmittedFile, parse_manifest
from pipeline.ledger import system_tables, tables
from service.doctor.examination import examine
from service.options import DeskOptions
from service.settings import Settings
from tests.support.chinese import faults
from tests.support.manuals import FOLDER, REVIEWERS, bold, plain, words_of_the_desk
from tests.support.pages import blocks

DEPLOYMENT, INTERFACE, SECURITY = (
    (FOLDER / f"{name}.md").read_text("utf-8") for name in ("部署手册", "接口说明", "数据安全与留存")
)
GROUPS: Final = (("child", EnteredChild), ("guardian", Guardian), ("files[]", SubmittedFile))
LEFT_OPEN: Final = frozenset({"child", "files"})  # told by their own keys
SENT_AT: Final = "webhook-timestamp"
_ROW: Final = re.compile(r"^\| (.+) \|$", re.MULTILINE)
_CODE: Final = re.compile(r"`([^`]+)`")


def _blocks(language: str) -> list[str]:
    return [block.text for block in blocks(INTERFACE) if block.language == language]


EXAMPLES: Final[Mapping[str, Any]] = {
    str(one.get("schema") or one["type"]): one for one in map(json.loads, _blocks("json"))
}


def _rows(text: str, heading: str) -> list[list[str]]:
    """The cells of the first table below a heading, without its head."""
    section = text.split(f"{heading}\n", 1)[1].split("\n## ", maxsplit=1)[0]
    return [row.split(" | ") for row in _ROW.findall(section)][2:]


@pytest.mark.parametrize("words", sorted(set(bold(REVIEWERS))))
def test_what_the_reviewers_manual_prints_in_bold_stands_on_the_desk(words: str) -> None:
    assert words == "粗体字" or plain(words) in words_of_the_desk()


def test_the_reviewers_manual_explains_every_code() -> None:
    told = [row[0] for row in _rows(REVIEWERS, "## 10. 各代码的含义和做法")]
    assert told == [code.value for code in Code]


def test_the_interface_names_every_code_with_its_severities() -> None:
    severities = {
        code: [one for one in Severity if any(one in CATALOGUE[key] for key in CATALOGUE if key[0] is code)]
        for code in Code
    }
    titled = [f"`{code.value}` {TITLES[code]}" if code in TITLES else f"`{code.value}`" for code in Code]
    expected = [
        [title, "或".join(SEVERITY_TITLES[one] for one in severities[code])]
        for title, code in zip(titled, Code, strict=True)
    ]
    assert [row[:2] for row in _rows(INTERFACE, "## 6. 代码")] == expected


def test_the_interface_names_every_key_of_a_manifest() -> None:
    keys = {f"{name}.{key}" for name, group in GROUPS for key in group.model_fields}
    keys |= {field.alias or name for name, field in Submission.model_fields.items()} - LEFT_OPEN
    told = {key for row in _rows(INTERFACE, "### 2.1 清单") for key in _CODE.findall(row[0])}
    assert told == keys


def test_the_manifest_of_the_interface_is_one() -> None:
    assert parse_manifest(json.dumps(EXAMPLES["child-intake/submission@1"]).encode()).child.name == "欧阳靖宣"


def test_the_refusal_of_the_interface_is_what_a_wrong_manifest_gets() -> None:
    wrong = json.loads(json.dumps(EXAMPLES["child-intake/submission@1"]))
    wrong["child"] |= {"sex": "x", "birth_date": "2019/11/23"}
    with pytest.raises(BadManifestError) as refused:
        parse_manifest(json.dumps(wrong).encode())
    told = Refusal.model_validate(EXAMPLES["child-intake/refusal@1"]).problems
    assert told == tuple(f"{one.key}: {one.problem}" for one in refused.value.problems)


def test_the_result_of_the_interface_is_one() -> None:
    result = Result.model_validate(EXAMPLES["child-intake/result@1"])
    manifest = Submission.model_validate(EXAMPLES["child-intake/submission@1"])
    cover = result.pages[0].model_copy(update={"page_no": 1, "kind": PageKind.HUKOU_COVER})  # the file has several
    upload = Upload([file.path for file in manifest.files], (cover, *result.pages), result.fields)
    assert [finding.entered for finding in result.findings] == [manifest.child.name]
    assert worded(result.findings, upload, Hospital()) == result.findings
    assert notice_text(result.findings, Language.ZH_HANS, Hospital()) == result.notice


@pytest.mark.parametrize("kind", ["case.concluded", "upload.refused"])
def test_a_message_of_the_interface_is_one(kind: str) -> None:
    assert WebhookMessage.model_validate(EXAMPLES[kind]).root.type == kind


@pytest.fixture(scope="module")
def is_genuine() -> Callable[..., bool]:
    """The function by which the manual checks signatures."""
    names: dict[str, Any] = {}
    exec(_blocks("python")[0], names)
    genuine: Callable[..., bool] = names["is_genuine"]
    return genuine


@pytest.mark.parametrize(
    ("late", "altered", "known", "genuine"),
    [
        pytest.param(0, False, 0, True, id="as it was sent"),
        pytest.param(0, False, 1, True, id="while the secret is changed"),
        pytest.param(0, True, 0, False, id="altered"),
        pytest.param(400, False, 0, False, id="sent long ago"),
        pytest.param(0, False, None, False, id="of another secret"),
    ],
)
def test_the_signature_is_checked(
    is_genuine: Callable[..., bool], late: int, altered: bool, known: int | None, genuine: bool
) -> None:
    ours = [f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}" for _ in range(3)]
    body, moment = json.dumps(EXAMPLES["case.concluded"]), datetime.now(tz=UTC) - timedelta(seconds=late)
    headers = {
        "webhook-id": "msg_1",
        SENT_AT: str(int(moment.timestamp())),
        "webhook-signature": " ".join(Signer(secret).sign("msg_1", moment, body) for secret in ours[:2]),
    }
    received = body.replace("returned", "accepted") if altered else body
    assert is_genuine(received.encode(), headers, [ours[2 if known is None else known]]) is genuine


def test_the_deployment_lists_every_exit_code() -> None:
    assert {int(row[0]) for row in _rows(DEPLOYMENT, "## 15. 退出码")} == {int(code) for code in ExitCode}


def test_the_deployment_explains_every_check_of_the_doctor(tmp_path: Path) -> None:
    told = {name for row in _rows(DEPLOYMENT, "## 7. 自检") for name in _CODE.findall(row[0])}
    assert {check.name for check in examine(Settings(workspace=tmp_path, desk=DeskOptions(port=8098)))} <= told


def test_the_security_manual_names_every_table_with_sealed_values() -> None:
    assert system_tables.notifications.metadata is tables.metadata  # so that all tables are there
    every = tables.metadata.tables.values()
    sealed = {table.name for table in every if any(isinstance(column.type, LargeBinary) for column in table.columns)}
    told = {name for row in _rows(SECURITY, "## 1. 数据在哪里") for name in _CODE.findall(row[1])}
    assert sealed <= told


def test_the_reviewers_manual_keeps_to_the_terms_of_the_desk() -> None:
    """Codes have names of their own, headings numbers, and links their brackets."""
    text = re.sub(r"^#+ [\d.]+ |\]\([^)]*\)", "", REVIEWERS, flags=re.MULTILINE)
    assert list(faults(re.sub("|".join(sorted(Code, key=len, reverse=True)), "", text))) == []
