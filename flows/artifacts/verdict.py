"""Why a run ended so, to be read in ten seconds: the decision, who acts next, and the findings."""

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from flows.artifacts.masking import difference, masked, measure_words, message, place
from flows.artifacts.refusals import problem_words
from flows.artifacts.tables import case_address
from models.codes import PAGE_CODES
from models.errors import ManifestProblem
from models.findings import SEVERITY_TITLES, TITLES, Code, Finding, Reason
from models.masking import mask_numbers
from models.result import DECISION_TITLES, Decision, Result

_BLOCKERS_FIRST: Final = tuple(SEVERITY_TITLES)
_NEXT: Final[Mapping[Decision, str]] = MappingProxyType(
    {
        Decision.ACCEPTED: "无需处理，孩子信息已登记。",
        Decision.RETURNED: "由家长按下列步骤补正后重新提交。",
        Decision.REVIEW: "由审核员人工审核，家长无需操作。",
    }
)
_OUR_FAULT: Final = "由审核员人工审核，家长无需操作；这是系统问题，不是家长的问题。"
_NONE: Final = "没有发现问题。"
_MARKS: Final = re.compile(r"([\\`*_\[\]<>#|~!&])")


def verdict(result: Result, files: Sequence[str], desk: str | None) -> str:
    """A result in Markdown.

    Args:
        result: As it is recorded.
        files: The paths of the manifest, in its order.
        desk: URL of the review desk, without a slash at the end; None where there is none.
    """
    return "\n\n".join(
        (
            f"# {DECISION_TITLES[result.decision]}",
            f"{_plain(mask_numbers(result.submission_id))}，第{result.revision}次提交",
            f"**下一步处理人**：{_who(result)}",
            *_links(result.submission_id, desk),
            "## 原因",
            "\n".join(_lines(_by_severity(result.findings), result, files)) or _NONE,
        )
    )


def judgement(result: Result, files: Sequence[str]) -> str:
    """The findings of a result in Markdown, those of quality and completeness apart from those of the comparison.

    Args:
        result: As it is recorded.
        files: The paths of the manifest, in its order.
    """
    findings = _by_severity(result.findings)
    quality = [finding for finding in findings if finding.code in PAGE_CODES]
    compared = [finding for finding in findings if finding.code not in PAGE_CODES]
    not_compared = "因系统问题没有比对。" if _is_our_fault(result) else _NONE
    return "\n\n".join(
        (
            "## 一、图片质量与完整性",
            "\n".join(_lines(quality, result, files)) or _NONE,
            "## 二、与家长填写及其他证件比对",
            "\n".join(_lines(compared, result, files)) or not_compared,
        )
    )


def refusal(problems: Sequence[ManifestProblem]) -> str:
    """An upload that gave no case, in Markdown; its problems name keys of the manifest and no value."""
    return "\n\n".join(
        (
            "# 无法受理",
            "**下一步处理人**：请上传系统的管理员改正清单（submission.json）后重新上传；没有建立申请。",
            "## 原因",
            "\n".join(f"1. **{_plain(problem.key)}**：{_plain(problem_words(problem))}" for problem in problems),
        )
    )


def _who(result: Result) -> str:
    return _OUR_FAULT if _is_our_fault(result) else _NEXT[result.decision]


def _is_our_fault(result: Result) -> bool:
    return any(finding.code is Code.OUR_FAULT for finding in result.findings)


def _by_severity(findings: Sequence[Finding]) -> list[Finding]:
    """Blockers first."""
    return sorted(findings, key=lambda finding: _BLOCKERS_FIRST.index(finding.severity))


def _links(submission_id: str, desk: str | None) -> Iterator[str]:
    if desk is not None:
        yield f"[在审核台打开]({case_address(submission_id, desk)})"


def _lines(findings: Sequence[Finding], result: Result, files: Sequence[str]) -> Iterator[str]:
    """For each finding an item, numbered by Markdown: what is wrong, where, and what comes next, each on its line."""
    for finding in findings:
        parts = (place(finding, result, files), _values(finding, result, files), measure_words(finding))
        known = "；".join(_plain(part) for part in parts if part)
        code = " ".join(word for word in (finding.code, TITLES.get(finding.code)) if word)
        yield f"1. **{SEVERITY_TITLES[finding.severity]} {code}**：{message(finding, result, files)}"
        yield from (f"   - {label}：{text}" for label, text in (("位置", known), ("下一步", finding.next_step)) if text)


def _values(finding: Finding, result: Result, files: Sequence[str]) -> str:
    """The value read, beside the one that differs."""
    sides = {"系统识别": finding.read, _other_side(finding): finding.entered}
    shown = "，".join(f"{side}{masked(finding.field, value)}" for side, value in sides.items() if value)
    apart = difference(finding.field, finding.read, finding.entered)
    return f"{shown}，{apart}" if apart and apart not in message(finding, result, files) else shown


def _other_side(finding: Finding) -> str:
    """Where the value that differs stands; what contradicts may be entered, or stand on either of two documents."""
    if finding.reason is Reason.CROSS_DOCUMENT:
        return "其他证件"
    return "对照内容" if finding.code is Code.CONTRADICTION else "家长填写"


def _plain(text: str) -> str:
    """Text of a scan or a person, escaped so that it has no meaning in Markdown."""
    return _MARKS.sub(r"\\\1", text)
