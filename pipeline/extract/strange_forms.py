"""Forms whose names nobody listed: their headings and labels, which no page of ours has.

A form may hold every label of a page of ours. What tells it is what else is printed on it.
"""

import re
from collections.abc import Collection, Sequence
from statistics import median
from typing import Final

from models.reading import Line
from pipeline.extract.other_documents import han, telling

_HEADING: Final = re.compile(
    "(?:证|证书|证明|证明书|凭证|卡|表|单|书|册|簿|病历|票据|报告|执照|记录|登记|通知|合同|协议)$"
)
_OWN: Final = re.compile(
    "身份证|户口|常住人口|登记卡|出生医学证明|出生证|变动登记|变更|记载|注意事项"
)  # headings of ours
_SHORTEST: Final = 3  # characters of a heading
_TALL: Final = 1.15  # heights of a usual line from which a line is a heading
# How lines of forms begin.
_LABELS: Final = frozenset(
    """
    工作单位 单位名称 家庭地址 家庭住址 现住址 现居住地 居住地址 通讯地址 联系地址 邮政编码 邮编 户籍所在地
    户口所在地 户籍住址 年龄 国籍 发证机关 发证单位 发证日期 办证单位 有效期至 证书编号 证件类型 证件号 身份证号
    身份证件号 学校 学号 班级 政治面貌 监护人 父亲姓名 母亲姓名 儿童姓名 子女姓名 申请人 申请日期 审批 科别 科室
    门诊号 住院号 病历号 床号 诊断 过敏史 药物过敏 金额 合计 收款 开票 收件人 寄件人 订单 家庭成员 接生人员 评分
    """.split()
)
_NOTES: Final = frozenset("联系电话 电话 手机 联系方式 联系人 经办人 审核 受理".split())  # also written on copies
_OF_CERTIFICATES: Final = frozenset({"年龄", "国籍", "父亲姓名", "母亲姓名", "身份证号", "家庭住址"})
STRANGE: Final = 2  # what a label tells; a heading and a note tell half as much


def strangeness(lines: Sequence[Line], *, certificate: bool = False) -> int:
    """How much on a page stands on no page of ours; from `STRANGE` on it is none.

    Args:
        lines: Of the page.
        certificate: Whether the page seems to be a birth certificate, which has some of these labels.
    """
    said = [(han(line), line.measures.height, line.upright.top) for line in telling(lines)]
    if not said:
        return 0
    tall = _TALL * median(height for _, height, _ in said)
    top = min(top for _, _, top in said)
    heading = any((height >= tall or at == top) and _is_heading(text) for text, height, at in said)
    texts = [text for text, _, _ in said]
    labels = _LABELS - _OF_CERTIFICATES if certificate else _LABELS
    return heading + _begun(texts, _NOTES) + STRANGE * _begun(texts, labels)


def _begun(texts: Sequence[str], words: Collection[str]) -> int:
    return sum(any(text.startswith(word) for text in texts) for word in words)


def _is_heading(text: str) -> bool:
    return len(text) >= _SHORTEST and bool(_HEADING.search(text)) and not _OWN.search(text)
