"""Documents that parents send and that are none of ours: their titles and labels, and which of them a page shows.

Titles count where they stand alone in a line that was read with certainty: text that mentions a document is not the
document. Sentences and notes on copies (仅供办理居住证使用) count for nothing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from models.documents import OtherDocument
from models.names import is_han
from models.reading import Line
from pipeline.extract.simplified_script import folded

_SURE: Final = 0.85  # least confidence of a line that counts
_SENTENCE: Final = 12  # characters of Han from which a line with a comma or a full stop is a sentence
_NOTE: Final = re.compile("仅供|仅用|使用|办理|复印|再次|无效")  # words of a note on a copy
_STOPS: Final = re.compile("[，。；,;]")
_BEFORE: Final = re.compile("^(?:中华人民共和国|中国人民解放军|样本)+")
_BEHIND: Final = re.compile("(?:样本|正页|副页|正本|副本)+$")


class _Words(NamedTuple):
    """The words on a document.

    Attributes:
        titles: Each is enough.
        labels: `least` of them are enough; so many never stand on a page of ours.
        never: Each keeps a page from being taken for one of ours, and names the document where nothing else does.
        mark: A pattern in one line that is enough.
    """

    titles: tuple[str, ...]
    labels: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    least: int = 2
    mark: str | None = None


_DOCUMENTS: Final[Mapping[OtherDocument, _Words]] = MappingProxyType(
    {
        OtherDocument.DRIVING_LICENCE: _Words(
            ("机动车驾驶证", "驾驶证"), ("初次领证日期", "准驾车型", "档案编号"), ("驾驶证", "准驾车型")
        ),
        OtherDocument.VEHICLE_LICENCE: _Words(
            ("机动车行驶证", "行驶证"),
            ("号牌号码", "车辆类型", "使用性质", "品牌型号", "车辆识别代号", "发动机号码"),
            ("行驶证", "号牌号码"),
        ),
        OtherDocument.SOCIAL_SECURITY_CARD: _Words(
            ("社会保障卡", "社会保障", "医疗保障卡", "医保卡"),
            ("社会保障号码", "社会保障卡号", "发卡日期"),
            ("社会保障号", "社会保障卡"),
        ),
        OtherDocument.MARRIAGE_CERTIFICATE: _Words(
            ("结婚证",), ("持证人", "结婚证字号", "婚姻登记专用章", "婚姻登记员"), ("结婚证",)
        ),
        OtherDocument.DIVORCE_CERTIFICATE: _Words(("离婚证", "离婚协议书"), ("离婚证字号",), ("离婚证",), least=1),
        OtherDocument.HOUSEHOLD_PROOF: _Words(
            ("户籍证明", "户口证明", "户籍信息证明"), ("特此证明", "户口专用章"), ("户籍证明",)
        ),
        OtherDocument.REGISTRATION_FORM: _Words(
            ("常住人口登记表", "暂住人口登记表"),
            ("监护关系", "居民身份证签发日期", "何时何因由何地迁来"),
            ("常住人口登记表",),
        ),
        OtherDocument.MIGRATION_CERTIFICATE: _Words(
            ("户口迁移证", "迁移证"), ("迁移原因", "原住址", "迁往地址"), ("户口迁移证", "迁移原因")
        ),
        OtherDocument.PERMIT_TO_MOVE: _Words(
            ("户口准迁证", "准迁证", "准予迁入证明"),
            ("与迁移人关系", "现住地址", "迁移人"),
            ("户口准迁证", "与迁移人关系"),
        ),
        OtherDocument.MEDICAL_RECORD: _Words(
            ("住院病案首页", "病案首页", "住院病历", "门诊病历", "病历", "病历本", "门诊病历本"),
            (
                "医疗付费方式",
                "健康卡号",
                "病案号",
                "新生儿出生体重",
                "新生儿入院体重",
                "入院途径",
                "出院诊断",
                "联系人姓名",
            ),
            ("病案号", "病案首页"),
        ),
        OtherDocument.DISCHARGE_SUMMARY: _Words(
            ("出院小结", "出院记录", "出院证明", "出院证明书"),
            ("入院诊断", "诊疗经过", "出院医嘱", "入院日期", "出院日期"),
            ("出院医嘱",),
        ),
        OtherDocument.SCREENING: _Words(
            ("新生儿疾病筛查单", "新生儿疾病筛查"),
            ("采血日期", "采血单位", "苯丙酮尿症", "先天性甲状腺功能减低症"),
            ("采血日期",),
        ),
        OtherDocument.SCHOOL_RECORD: _Words(
            ("学生学籍表", "学籍表", "学籍卡", "学生基本信息表"),
            ("学校标识码", "港澳台侨外", "政治面貌", "学籍辅号", "入学年月", "就读方式", "是否留守儿童"),
            ("学籍",),
        ),
        OtherDocument.MILITARY_ID: _Words(
            ("军官证", "警官证", "士兵证", "文职干部证", "义务兵证", "士官证", "文职人员证"),
            ("部别", "军衔", "衔级", "军字第"),
            ("军官证", "军衔"),
        ),
        OtherDocument.HMT_RESIDENCE_PERMIT: _Words(
            ("港澳居民居住证", "台湾居民居住证", "港澳台居民居住证"),
            ("通行证号码", "签发次数"),
            ("居民居住证", "通行证号码"),
            mark=r"(?<!\d)8[123]0000(?:19|20)\d{9}[\dX](?!\d)",
        ),
        OtherDocument.RESIDENCE_PERMIT: _Words(
            ("居住证", "暂住证", "临时居住证"),
            ("公民身份号码", "居住地址", "户籍地址"),
            ("居住证", "暂住证"),
        ),
        OtherDocument.HK_MACAU_PERMIT: _Words(
            ("港澳居民来往内地通行证", "来往内地通行证"),
            ("换证次数", "证件号码", "香港身份证号码", "澳门身份证号码", "永久性居民身份证号码", "停留期限"),
            ("来往内地通行证",),
        ),
        OtherDocument.TAIWAN_PERMIT: _Words(
            ("台湾居民来往大陆通行证", "来往大陆通行证"),
            ("签发地点", "签发次数", "证件号码"),
            ("来往大陆通行证",),
            least=3,
        ),
        OtherDocument.EXIT_ENTRY_PERMIT: _Words(
            ("往来港澳通行证", "往来台湾通行证"), (), ("往来港澳通行证", "往来台湾通行证")
        ),
        OtherDocument.PERMANENT_RESIDENT: _Words(
            ("外国人永久居留身份证", "外国人永久居留证", "永久居留身份证"), (), ("永久居留",)
        ),
        OtherDocument.PASSPORT: _Words(
            ("护照",),
            ("国家码", "护照号", "签发地点", "有效期至"),
            ("护照号",),
            mark=r"^P[A-Z0-9<]{4}.*<{4}|[A-Z0-9<]{9}\w[A-Z0-9<]{3}\w{7}[MFX<]\w{7}.*<{3}",
        ),
        OtherDocument.VACCINATION_BOOKLET: _Words(
            ("预防接种证", "儿童预防接种证", "预防接种记录"),
            ("接种证号", "接种禁忌", "传染病史", "疫苗名称", "接种单位"),
            ("接种证", "预防接种"),
        ),
        OtherDocument.CHILD_HEALTH_HANDBOOK: _Words(
            ("母子健康手册", "儿童保健手册", "孕产妇保健手册", "母子保健手册"),
            ("胎次", "建册单位", "建册日期", "出生医学证明号"),
            ("建册",),
        ),
        OtherDocument.BANK_CARD: _Words(("借记卡", "信用卡", "银行卡", "储蓄卡"), mark=r"VALID\s*THRU"),
        OtherDocument.ENTRUSTMENT: _Words(
            ("委托书", "授权委托书", "监护委托书", "委托监护书", "儿童监护委托书", "未成年人监护委托书"),
            ("委托人", "受托人", "被委托人", "委托事项", "委托期限"),
            ("受托人",),
        ),
        OtherDocument.NOTARY: _Words(
            ("公证书", "亲属关系公证书", "委托公证书", "监护公证书", "监护权公证书", "收养公证书", "委托监护公证书"),
            ("公证事项", "兹证明", "公证处", "公证员"),
            ("公证事项",),
            mark=r"\d{4}[）)〕\]].{0,8}证.{0,6}字第?\d+号",
        ),
        OtherDocument.GUARDIANSHIP_PROOF: _Words(
            ("监护关系证明", "监护关系证明书", "监护人证明", "监护证明", "监护人资格证明"),
            ("监护人姓名", "被监护人", "监护关系"),
            ("被监护人",),
        ),
        OtherDocument.KINSHIP_PROOF: _Words(("亲属关系证明", "亲属关系证明书", "关系证明", "亲子关系证明")),
        OtherDocument.CARE_AGREEMENT: _Words(
            tuple(
                f"{whose}委托{what}{paper}"
                for whose in ("", "留守儿童", "农村留守儿童")
                for what in ("监护", "照护", "监护责任", "照护责任")
                for paper in ("协议", "协议书", "确认书")
            ),
            ("委托监护人", "受委托人", "受委托监护人", "委托监护期限"),
            ("委托监护", "委托照护"),
        ),
        OtherDocument.GUARDIAN_DECISION: _Words(
            ("指定监护决定书", "指定监护人决定书", "指定监护人证明", "指定监护人通知书", "监护人指定书"),
            never=("指定监护人",),
        ),
        OtherDocument.COURT_RULING: _Words(
            ("民事判决书", "民事裁定书", "民事调解书"),
            ("人民陪审员", "审判员", "书记员"),
            mark=r"\d{4}[）)〕\]].{1,6}民\S{1,4}\d+号",
        ),
        OtherDocument.ADOPTION_CERTIFICATE: _Words(
            ("收养登记证", "收养证"), ("收养人", "被收养人", "收养登记证字号", "送养人"), ("被收养人",)
        ),
        OtherDocument.BUSINESS_LICENCE: _Words(
            ("营业执照",), ("统一社会信用代码", "法定代表人", "经营范围", "注册资本"), ("营业执照",)
        ),
        OtherDocument.PROPERTY_CERTIFICATE: _Words(
            ("不动产权证书", "不动产权证", "房屋所有权证", "房产证"),
            ("权利人", "共有情况", "不动产单元号", "权利类型"),
            ("不动产",),
        ),
        OtherDocument.STUDENT_CARD: _Words(("学生证",)),
        OtherDocument.TEST_REPORT: _Words(
            ("检验报告单", "检验报告", "检查报告单"), ("送检医师", "参考范围", "检验者"), ("送检",)
        ),
        OtherDocument.RECEIPT: _Words(
            ("医疗收费票据", "门诊收费票据", "住院收费票据", "收费票据"),
            ("票据代码", "票据号码", "交款人"),
            ("收费票据",),
        ),
    }
)

# Employers (社会保障局) and reasons for moves (户口迁移) are printed on pages of ours, so longer words stand for those.
NEVER_OURS: Final = (
    "登记表", "病案", "学籍", "居住地址", "户籍地址", *(word for words in _DOCUMENTS.values() for word in words.never),
)  # fmt: skip
_OF_TITLE: Final[Mapping[str, OtherDocument]] = MappingProxyType(
    {title: document for document, words in _DOCUMENTS.items() for title in words.titles}
)


def name_document(lines: Sequence[Line]) -> OtherDocument | None:
    """Which other document a page that is none of ours shows; None where its words do not tell."""
    return titled(lines) or marked(lines) or labelled(lines) or _worded(lines)


def titled(lines: Sequence[Line]) -> OtherDocument | None:
    """The document whose title stands alone in a line; of several titles the one in the tallest line."""
    said = ((line.measures.height, _OF_TITLE.get(_bare(line))) for line in lines if line.confidence >= _SURE)
    found = [(height, document) for height, document in said if document]
    return max(found, key=lambda one: one[0])[1] if found else None


def labelled(lines: Sequence[Line]) -> OtherDocument | None:
    """The document of which most labels stand on the page, if they are enough."""
    said = tuple(map(han, telling(lines)))
    counts = {document: _count(words.labels, said) for document, words in _DOCUMENTS.items()}
    enough = [document for document, count in counts.items() if count >= _DOCUMENTS[document].least]
    return max(enough, key=lambda document: counts[document], default=None)


def vetoed(lines: Sequence[Line]) -> bool:
    """Whether a page has a word that never stands on ours."""
    return any(word in han(line) for line in telling(lines) for word in NEVER_OURS)


def marked(lines: Sequence[Line]) -> OtherDocument | None:
    """The document of which a line has the mark: a machine-readable zone, or a number that only it has."""
    said = tuple(line.text.replace(" ", "") for line in lines if line.confidence >= _SURE)
    marks = ((document, words.mark) for document, words in _DOCUMENTS.items() if words.mark)
    return next((document for document, mark in marks if any(re.search(mark, text) for text in said)), None)


def telling(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines whose words count: read with certainty, and neither a sentence nor a note on a copy."""
    return (line for line in lines if line.confidence >= _SURE and not is_running(line))


def is_running(line: Line) -> bool:
    """Whether a line is a sentence or a note on a copy, which may mention any document."""
    text = han(line)
    return bool(_NOTE.search(text)) or (len(text) >= _SENTENCE and bool(_STOPS.search(line.text)))


def han(line: Line) -> str:
    """The Han characters of a line, in simplified forms."""
    return "".join(filter(is_han, folded(line.text)))


def _worded(lines: Sequence[Line]) -> OtherDocument | None:
    """The document that has a word of the page which stands on no other."""
    said = tuple(map(han, telling(lines)))
    return next((one for one, words in _DOCUMENTS.items() if _count(words.never, said)), None)


def _bare(line: Line) -> str:
    return _BEHIND.sub("", _BEFORE.sub("", han(line)))


def _count(words: Iterable[str], said: Sequence[str]) -> int:
    return sum(any(word in text for text in said) for word in words)
