"""Which kind of page this is, by the words that are printed on it.

Another document's title or labels come first. Then a page of ours has its own title or enough of its own labels, and no
word that never stands on ours. A number of 18 digits makes no page ours.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz

from models.documents import PageKind
from models.id_number import parse_id_number
from models.names import is_han
from models.reading import Line
from pipeline.extract.other_documents import is_running, labelled, marked, titled, vetoed
from pipeline.extract.simplified_script import folded
from pipeline.extract.strange_forms import STRANGE, strangeness

_ALIKE = 80.0  # percent
_FUZZY_FROM = 4  # characters
_TITLE = 2  # a title counts as so many labels
_MUCH = 80  # characters read with certainty after which a page of a known kind would have been recognised
_FEW = 0.4  # share of a signature
_LOST_TITLE = 4  # labels, read without a fault, that make a page ours whatever else is printed on it
_SURE = 0.85
_CARD = "居民身份证"
_TEMPORARY = f"临时{_CARD}"
_EMBLEM_LABELS = ("签发机关", "有效期限")
_CARD_TITLE = re.compile(rf".?(?:中华人民共和国)?(?:临时)?{_CARD}.{{0,2}}")
_PART = re.compile("(?<=[一-鿿])(?:姓名|住址)")  # of another label: 女方姓名, 现住址
_NUMBER = re.compile(r"\d+")  # 出生1979年9月15日 holds no label 出生年月
_NAMING_OTHERS = frozenset({PageKind.HUKOU_MEMBER, PageKind.BIRTH_CERTIFICATE})
_BETWEEN = "、"  # in signatures; all their other characters are Han. Any other sign on a page is a stray one


class _Signature(NamedTuple):
    """The words on a kind of page.

    Attributes:
        least: The least number of hits; the title counts twice.
        never: Words that never stand on it; `never_untitled` where its title does not stand there without a fault.
        exact: Whether its title or else all its labels are needed, without a fault.
    """

    kind: PageKind
    title: str
    labels: tuple[str, ...]
    least: int
    never: tuple[str, ...] = ()
    never_untitled: tuple[str, ...] = ()
    exact: bool = False

    def share(self, text: str) -> float:
        """The share of the signature that the text holds, 0-1; 0 for too few hits or for a word that excludes it."""
        if not self._stands(text):
            return 0.0
        hits = _TITLE * _says(text, self.title) + sum(_says(text, label) for label in self.labels)
        if hits < self.least or any(word in text for word in self.never):
            return 0.0
        return hits / (_TITLE + len(self.labels))

    def _stands(self, text: str) -> bool:
        """Whether the page may be one of these, by its title; where the title is lost or stands alone, by the rest."""
        strange = self._strange(text)
        if not self.exact:
            return self.title in text or not strange
        there = [label in text for label in self.labels]
        return any(there) or not strange if self.title in text else all(there) and not strange

    def _strange(self, text: str) -> bool:
        """Whether a word excludes it; the title of a temporary card, which no form has as a value, outweighs that."""
        return _TEMPORARY not in text and any(word in text for word in self.never_untitled)


_SIGNATURES = (
    _Signature(
        PageKind.HUKOU_MEMBER, "常住人口登记卡",
        ("户主关系", "曾用名", "出生地", "籍贯", "宗教信仰", "文化程度",
         "婚姻状况", "兵役状况", "服务处所", "迁来本址"), 2,
    ),
    _Signature(
        PageKind.HUKOU_HOME, "住址变动登记",
        ("户别", "户主姓名", "户号", "户口登记机关", "省级公安机关", "日签发"), 3, ("登记卡",),
    ),
    _Signature(PageKind.HUKOU_CHANGES, "登记事项变更和更正记载", ("变更、更正后", "变更、更正日期"), 2),
    _Signature(PageKind.HUKOU_COVER, "居民户口簿", ("公安部制",), 2, ("户主", "户别", "住址", "首页", "注意事项")),
    _Signature(PageKind.HUKOU_NOTICE, "注意事项", ("居民户口簿", "证明公民身份", "户口登记机关"), 3),
    _Signature(
        PageKind.BIRTH_CERTIFICATE, "出生医学证明",
        ("新生儿姓名", "出生时间", "出生孕周", "母亲姓名", "父亲姓名", "医疗机构名称", "签发机构"), 4,
    ),
    _Signature(
        PageKind.ID_EMBLEM, _CARD, _EMBLEM_LABELS, 2, ("户主", "新生儿"),
        ("姓名", "性别", "住址", "签发日期", "证件号"), exact=True,
    ),
    _Signature(
        PageKind.ID_PORTRAIT, "公民身份号码", ("姓名", "性别", "民族", "出生", "住址"), 4,
        ("户主", "登记卡", "新生儿", "曾用名", "籍贯", "签发机关"),
        ("国籍", "出生日期", "出生年月", "年龄", "职业", "电话"),
    ),
)  # fmt: skip


def classify_page(lines: Sequence[Line]) -> PageKind:
    """Classify a page by its lines.

    Returns:
        The kind whose words the page holds best. OTHER for an empty page, another document, a strange form, and much
        text that reads; UNREADABLE for text without the words of any kind, which may be what is left of a page of ours.
    """
    whole = _text(line.text for line in lines)
    plain = _text(_without_mention(line) for line in lines if not is_running(line))
    alone = _text(
        _NUMBER.sub(_BETWEEN, _PART.sub("", _without_mention(line))) for line in lines if not is_running(line)
    )
    said = {PageKind.HUKOU_NOTICE: whole, PageKind.ID_PORTRAIT: alone}
    shares = {one.kind: one.share(said.get(one.kind, plain)) for one in _SIGNATURES}
    kind = max(shares, key=lambda one: shares[one])
    ours = shares[kind] > 0
    if ours and _surely(kind, plain) and (_has_title(kind, plain) or not _is_strange(kind, lines, shares[kind])):
        return kind
    if _TEMPORARY in plain and not any(label in plain for label in _EMBLEM_LABELS):
        return PageKind.ID_PORTRAIT  # the side with the title; all values of a temporary card stand on the other one
    if titled(lines) or labelled(lines) or vetoed(lines):
        return PageKind.OTHER
    if marked(lines) and (not ours or kind is PageKind.ID_PORTRAIT):
        return PageKind.OTHER
    if ours:
        return kind if _has_title(kind, plain) or not _is_strange(kind, lines, shares[kind]) else PageKind.OTHER
    sure = sum(len(line.text) for line in lines if line.confidence >= _SURE)
    strange = strangeness(lines, certificate=True) >= STRANGE
    return PageKind.OTHER if not lines or sure >= _MUCH or strange else PageKind.UNREADABLE


def is_piece(lines: Sequence[Line]) -> bool:
    """Whether a page of no known kind may be one of ours, of which the rest was lost.

    It has a title or a label of ours, or a person's number beside the birth date or the sex, and nothing strange.
    """
    said = [_text([line.text]) for line in lines]
    numbers = [number for line in lines if (number := parse_id_number(line.text))]
    days = {f"{born.year}{born.month}{born.day}" for born in (number.birth_date for number in numbers)}
    described = days & {"".join(filter(str.isdigit, line.text)) for line in lines} or {"男", "女"} & set(said)
    labelled = any(text.startswith(word) for one in _SIGNATURES for word in (one.title, *one.labels) for text in said)
    return not strangeness(lines, certificate=True) and (labelled or bool(numbers and described))


def _has_title(kind: PageKind, text: str) -> bool:
    """Whether the title of a kind stands there without a fault; the portrait side has none."""
    return kind is not PageKind.ID_PORTRAIT and any(one.kind is kind and one.title in text for one in _SIGNATURES)


def _is_strange(kind: PageKind, lines: Sequence[Line], share: float) -> bool:
    """Whether a page without the title of its kind has words of no page of ours; with few of its own one is enough."""
    least = STRANGE if share >= _FEW else 1
    return strangeness(lines, certificate=kind is PageKind.BIRTH_CERTIFICATE) >= least


def _surely(kind: PageKind, text: str) -> bool:
    """Whether a card of the register or a certificate is one beyond doubt: these print names of other documents."""
    own = next(one for one in _SIGNATURES if one.kind is kind)
    labels = sum(label in text for label in own.labels)
    has_title = own.title in text or kind is PageKind.BIRTH_CERTIFICATE
    return kind in _NAMING_OTHERS and has_title and labels >= _LOST_TITLE


def _without_mention(line: Line) -> str:
    """A line's text; a line that says more than the title of the ID card mentions the card, and is not its title."""
    text = line.text.replace(" ", "")
    return line.text if _CARD_TITLE.fullmatch(text) else text.replace(_CARD, "")


def _text(texts: Iterable[str]) -> str:
    read = folded("".join(texts))
    return "".join(char for char in read if is_han(char) or char in _BETWEEN)


def _says(text: str, words: str) -> bool:
    return words in text or (
        len(words) >= _FUZZY_FROM and len(text) >= len(words) and fuzz.partial_ratio(words, text) >= _ALIKE
    )
