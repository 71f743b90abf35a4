"""The catalogue: for every code and reason its severities, its message to the parent, and the next step."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from models.codes import Code, Reason, Severity


class CatalogueEntry(NamedTuple):
    """A row of the catalogue. In a message `{where}` is the page, `{field}` the field, `{detail}` the difference."""

    severities: tuple[Severity, ...]  # the first one is the default
    message: str
    next_step: str


TITLES: Mapping[Code, str] = MappingProxyType(
    {
        Code.REGISTER_ILLEGIBLE: "户口本信息模糊",
        Code.CHILD_EXISTS: "儿童信息已存在",
        Code.UPLOAD_BROKEN: "网络中断",
    }
)

SEVERITY_TITLES: Mapping[Severity, str] = MappingProxyType(
    {Severity.REJECT: "退回", Severity.REVIEW: "待审核", Severity.WARNING: "提示"}
)

_REJECT = (Severity.REJECT,)
_REVIEW = (Severity.REVIEW, Severity.WARNING)
_EITHER = (Severity.REJECT, Severity.REVIEW)
_WAIT = "无需操作，医院工作人员会人工核对，请等待审核结果。"
NOTED = "无需操作，这一项不影响审核结果。"  # the next step of every warning

_BAD_PICTURES: Mapping[Reason, tuple[str, str]] = MappingProxyType(
    {
        Reason.BLUR: ("看不清", "请放稳手机、对准焦点，只重拍这一页；或使用医院的指定扫描仪。"),
        Reason.GLARE: ("有反光，看不清", "请避开灯光和塑料膜的反光，只重拍这一页。"),
        Reason.TOO_SMALL: ("文字太小，看不清", "请把手机靠近一些，让这一页占满画面后重拍。"),
        Reason.TOO_DARK: ("光线太暗，看不清", "请在明亮、均匀的光线下只重拍这一页。"),
        Reason.TOO_BRIGHT: ("过亮，看不清", "请避开强光，降低亮度后只重拍这一页。"),
        Reason.CUT_OFF: ("没有拍全", "请让这一页的四个角都在画面内后重拍。"),
        Reason.OCCLUDED: ("被遮挡，看不清", "请移开手指或其他遮挡物后只重拍这一页。"),
        Reason.LOW_CONTRAST: ("字迹太淡，看不清", "请使用医院的指定扫描仪扫描这一页；原件字迹太淡时请联系工作人员。"),
    }
)

_MISSING: Mapping[Reason, tuple[str, str]] = MappingProxyType(
    {
        Reason.HOME: ("户口本首页（户别、户主姓名、户号所在页）", "请补拍户口本首页。"),
        Reason.CHILD_PAGE: ("户口本中孩子本人的常住人口登记卡", "请补拍户口本中孩子本人的那一页。"),
        Reason.PARENT_PAGE: ("户口本中父亲或母亲的常住人口登记卡", "请补拍户口本中父亲或母亲的那一页。"),
        Reason.BOTH_PARENTS: ("出生医学证明上父母双方的常住人口登记卡", "请补拍父母双方在户口本中的本人页。"),
        Reason.ID_PORTRAIT: ("监护人身份证人像面", "请补拍监护人身份证有照片的一面。"),
        Reason.ID_EMBLEM: ("监护人身份证国徽面", "请补拍监护人身份证有国徽的一面。"),
        Reason.BIRTH_CERTIFICATE: ("出生医学证明", "请补拍孩子的出生医学证明。"),
    }
)

_BAD_FILES: Mapping[Reason, tuple[str, str]] = MappingProxyType(
    {
        Reason.EMPTY: ("是空的", "请重新选择文件并上传。"),
        Reason.TYPE: ("不是可以识别的图片或PDF", "请上传JPEG、PNG、WebP、TIFF图片或PDF文件。"),
        Reason.TRUNCATED: ("不完整", "请在网络良好时重新上传这个文件。"),
        Reason.PASSWORD: ("设有打开密码", "请去除密码后重新上传。"),
        Reason.TOO_LARGE: ("太大", "请降低分辨率或分开上传。"),
        Reason.TOO_MANY_PAGES: ("页数太多", "请只上传需要的页面。"),
        Reason.HEIC: (
            "是HEIC格式，暂不支持",
            "请在苹果手机“设置-相机-格式”中选择“兼容性最佳”后重拍，或另存为JPEG后上传。",
        ),
        Reason.DAMAGED: ("已损坏，无法打开", "请重新拍摄或重新导出后上传。"),
    }
)


def _illegible(code: Code) -> dict[tuple[Code, Reason], CatalogueEntry]:
    return {
        (code, reason): CatalogueEntry(_REJECT, f"{{where}}{{field}}{words}。", step)
        for reason, (words, step) in _BAD_PICTURES.items()
    }


CATALOGUE: Mapping[tuple[Code, Reason], CatalogueEntry] = MappingProxyType(
    {
        **_illegible(Code.REGISTER_ILLEGIBLE),
        **_illegible(Code.ILLEGIBLE),
        (Code.CHILD_EXISTS, Reason.ID_NUMBER): CatalogueEntry(
            _REJECT,
            "该儿童可能已登记。",
            "如需更新资料，请联系医院更新已有档案；如是双胞胎或兄弟姐妹，请核对填写的证件号码。",
        ),
        (Code.CHILD_EXISTS, Reason.BIRTH_CERTIFICATE_NUMBER): CatalogueEntry(
            _REJECT,
            "该儿童可能已登记。",
            "如需更新资料，请联系医院更新已有档案；如是双胞胎或兄弟姐妹，请核对填写的出生医学证明编号。",
        ),
        (Code.MAYBE_DUPLICATE, Reason.SAME_NAME_BIRTH_MOTHER): CatalogueEntry(
            _REVIEW, "孩子的信息需要人工核对。", _WAIT
        ),
        (Code.MAYBE_DUPLICATE, Reason.NUMBER_CONFLICT): CatalogueEntry(_REVIEW, "孩子的信息需要人工核对。", _WAIT),
        (Code.MAYBE_DUPLICATE, Reason.EXISTING_WITHDRAWN): CatalogueEntry(_REVIEW, "孩子的信息需要人工核对。", _WAIT),
        (Code.NAME_DIFFERS, Reason.DIFFERENT): CatalogueEntry(
            _REJECT, "您填写的姓名与{where}不一致：{detail}。", "填写有误请改正；已改名或证件有误，请联系工作人员说明。"
        ),
        (Code.NAME_DIFFERS, Reason.FORMER_NAME): CatalogueEntry(
            _REJECT, "您填写的姓名是{where}上的曾用名。", "请填写户口本上现在的姓名。"
        ),
        (Code.NAME_DIFFERS, Reason.LENGTH): CatalogueEntry(
            _REJECT,
            "您填写的姓名与{where}的字数不同：{detail}。",
            "填写有误请改正；已改名或证件有误，请联系工作人员说明。",
        ),
        (Code.NAME_IN_DOUBT, Reason.UNCERTAIN): CatalogueEntry(_REVIEW, "{where}的姓名需要人工核对。", _WAIT),
        (Code.NAME_IN_DOUBT, Reason.VARIANT): CatalogueEntry(
            _REVIEW, "{where}的姓名用字与填写的是异体字，需要人工核对。", _WAIT
        ),
        (Code.NAME_IN_DOUBT, Reason.OUT_OF_CHARSET): CatalogueEntry(
            _REVIEW, "姓名中有识别系统未收录的生僻字，须按字形核对。", _WAIT
        ),
        (Code.NAME_IN_DOUBT, Reason.PRIVATE_USE): CatalogueEntry(
            _REVIEW, "姓名中有无法通用的造字，需要人工核对。", _WAIT
        ),
        (Code.NAME_IN_DOUBT, Reason.PLACEHOLDER): CatalogueEntry(
            _REVIEW, "姓名似为待更名的临时姓名，需要人工核对。", _WAIT
        ),
        (Code.NAME_IN_DOUBT, Reason.NAME_CHANGED): CatalogueEntry(
            _REVIEW, "证件之间姓名不同，可能已改名，需要人工核对。", _WAIT
        ),
        (Code.NAME_IN_DOUBT, Reason.SEPARATOR): CatalogueEntry(_REVIEW, "姓名的间隔点不同，需要人工核对。", _WAIT),
        (Code.SEX_DIFFERS, Reason.ENTERED): CatalogueEntry(
            _EITHER, "您填写的性别与{where}不一致。", "填写有误请改正；证件有误请联系工作人员说明。"
        ),
        (Code.SEX_DIFFERS, Reason.CROSS_DOCUMENT): CatalogueEntry(_EITHER, "{where}的性别与其他证件不一致。", _WAIT),
        (Code.BIRTH_DATE_DIFFERS, Reason.ENTERED): CatalogueEntry(
            _EITHER, "您填写的出生日期与{where}不一致。", "填写有误请改正；证件有误请联系工作人员说明。"
        ),
        (Code.BIRTH_DATE_DIFFERS, Reason.CROSS_DOCUMENT): CatalogueEntry(
            _EITHER, "{where}的出生日期与其他证件不一致。", _WAIT
        ),
        (Code.NUMBER_DIFFERS, Reason.ENTERED): CatalogueEntry(
            _EITHER, "您填写的证件号码与{where}不一致。", "请对照证件逐位核对后改正。"
        ),
        (Code.NUMBER_DIFFERS, Reason.CROSS_DOCUMENT): CatalogueEntry(
            _EITHER, "{where}的证件号码与其他证件不一致。", _WAIT
        ),
        (Code.NUMBER_DIFFERS, Reason.CHECKSUM): CatalogueEntry(
            _EITHER, "{where}的证件号码不符合编码规则。", "请对照证件逐位核对后改正。"
        ),
        **{
            (Code.PAGE_MISSING, reason): CatalogueEntry(_REJECT, f"缺少{words}。", step)
            for reason, (words, step) in _MISSING.items()
        },
        (Code.WRONG_DOCUMENT, Reason.DECLARED): CatalogueEntry(
            (Severity.REJECT, Severity.WARNING),
            "{where}与所选的证件类型不符。",
            "请选择正确的证件类型，或上传所选类型的证件。",
        ),
        (Code.WRONG_DOCUMENT, Reason.WRONG_SIDE): CatalogueEntry(
            _REJECT, "{where}与另一张是证件的同一面。", "请上传证件的另一面。"
        ),
        (Code.WRONG_DOCUMENT, Reason.WRONG_MEMBER): CatalogueEntry(
            _REJECT, "{where}不是所需人员的证件。", "请上传孩子本人、父母或监护人的对应页面。"
        ),
        (Code.WRONG_DOCUMENT, Reason.WRONG_DOCUMENT): CatalogueEntry(
            _REJECT, "{where}不是所需的证件。", "请上传身份证、户口本或出生医学证明。"
        ),
        (Code.EXPIRED, Reason.EXPIRED): CatalogueEntry(_EITHER, "{where}已过有效期。", "请上传有效期内的身份证。"),
        (Code.EXPIRED, Reason.TEMPORARY): CatalogueEntry(_EITHER, "{where}是临时身份证。", "请上传正式的居民身份证。"),
        (Code.CONTRADICTION, Reason.HOUSEHOLD_CONFLICT): CatalogueEntry(
            _REVIEW, "户口本各页不属于同一户，需要人工核对。", _WAIT
        ),
        (Code.CONTRADICTION, Reason.PARENT_CONFLICT): CatalogueEntry(
            _REVIEW, "{where}的父母信息与其他证件不一致，需要人工核对。", _WAIT
        ),
        (Code.CONTRADICTION, Reason.AMENDED): CatalogueEntry(_REVIEW, "{where}有变更或更正记载，需要人工核对。", _WAIT),
        (Code.CONTRADICTION, Reason.BARCODE): CatalogueEntry(
            _REVIEW, "{where}的条形码与印刷编号不同，需要人工核对。", _WAIT
        ),
        (Code.CONTRADICTION, Reason.EDITION_DATE): CatalogueEntry(
            _REVIEW, "{where}的版式或编号与签发日期不符。", _WAIT
        ),
        (Code.CONTRADICTION, Reason.AGE): CatalogueEntry(_REVIEW, "{where}的年龄信息不合理，需要人工核对。", _WAIT),
        (Code.CONTRADICTION, Reason.VALIDITY_LENGTH): CatalogueEntry(
            _REVIEW, "{where}的有效期限不合规则，需要人工核对。", _WAIT
        ),
        (Code.COPY, Reason.PHOTOCOPY): CatalogueEntry(_REVIEW, "{where}疑似复印件，需要人工核对。", _WAIT),
        (Code.COPY, Reason.SCREEN): CatalogueEntry(_REVIEW, "{where}疑似翻拍屏幕，需要人工核对。", _WAIT),
        **{
            (Code.BAD_FILE, reason): CatalogueEntry(_REJECT, f"文件{{detail}}{words}。", step)
            for reason, (words, step) in _BAD_FILES.items()
        },
        (Code.UPLOAD_BROKEN, Reason.UPLOAD_INCOMPLETE): CatalogueEntry(
            _REJECT, "文件{detail}没有上传完成。", "请检查网络后重新提交。"
        ),
        (Code.OUR_FAULT, Reason.ENGINE_CRASH): CatalogueEntry(_REVIEW, "系统暂时无法识别这一页，已转人工处理。", _WAIT),
        (Code.OUR_FAULT, Reason.ENGINE_TIMEOUT): CatalogueEntry(_REVIEW, "系统识别这一页超时，已转人工处理。", _WAIT),
        (Code.OUR_FAULT, Reason.STORE): CatalogueEntry(_REVIEW, "系统暂时无法读取文件，已转人工处理。", _WAIT),
    }
)
