"""Codes, reasons and severities of findings (docs/contract.md, section 4)."""

from enum import StrEnum
from typing import Final


class Severity(StrEnum):
    """The effect of a finding on the decision."""

    REJECT = "reject"  # the case is returned
    REVIEW = "review"  # a person decides
    WARNING = "warning"  # no effect


class Code(StrEnum):
    """The code of a finding, as in results and on the review desk."""

    REGISTER_ILLEGIBLE = "3002"  # 户口本信息模糊
    ILLEGIBLE = "影像不清"
    CHILD_EXISTS = "4005"  # 儿童信息已存在
    MAYBE_DUPLICATE = "疑似重复"
    NAME_DIFFERS = "姓名不一致"
    NAME_IN_DOUBT = "姓名待核"
    SEX_DIFFERS = "性别不一致"
    BIRTH_DATE_DIFFERS = "出生日期不一致"
    NUMBER_DIFFERS = "证件号码不一致"
    PAGE_MISSING = "缺页"
    WRONG_DOCUMENT = "证件类型不符"
    EXPIRED = "证件已过期"
    CONTRADICTION = "信息矛盾"
    GUARDIANSHIP = "监护待核"
    COPY = "疑似翻拍复印"
    ELECTRONIC = "电子证照"
    BAD_FILE = "文件无法处理"
    UPLOAD_BROKEN = "1001"  # 网络中断
    OUR_FAULT = "系统故障"


class Reason(StrEnum):
    """The reason of a finding, as a stable slug."""

    BLUR = "blur"
    GLARE = "glare"
    TOO_SMALL = "too_small"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    CUT_OFF = "cut_off"
    OCCLUDED = "occluded"
    LOW_CONTRAST = "low_contrast"
    ID_NUMBER = "id_number"
    BIRTH_CERTIFICATE_NUMBER = "birth_certificate_number"
    SAME_NAME_BIRTH_MOTHER = "same_name_birth_mother"
    NUMBER_CONFLICT = "number_conflict"
    EXISTING_WITHDRAWN = "existing_withdrawn"
    DIFFERENT = "different"
    FORMER_NAME = "former_name"
    LENGTH = "length"
    UNCERTAIN = "uncertain"
    VARIANT = "variant"
    OUT_OF_CHARSET = "out_of_charset"
    PRIVATE_USE = "private_use"
    PLACEHOLDER = "placeholder"
    NAME_CHANGED = "name_changed"
    SEPARATOR = "separator"
    ENTERED = "entered"
    CROSS_DOCUMENT = "cross_document"
    CHECKSUM = "checksum"
    HOME = "home"
    CHILD_PAGE = "child_page"
    PARENT_PAGE = "parent_page"
    BOTH_PARENTS = "both_parents"
    ID_PORTRAIT = "id_portrait"
    ID_EMBLEM = "id_emblem"
    BIRTH_CERTIFICATE = "birth_certificate"
    DECLARED = "declared"
    WRONG_SIDE = "wrong_side"
    WRONG_MEMBER = "wrong_member"
    WRONG_DOCUMENT = "wrong_document"
    EXPIRED = "expired"
    TEMPORARY = "temporary"
    HOUSEHOLD_CONFLICT = "household_conflict"
    PARENT_CONFLICT = "parent_conflict"
    AMENDED = "amended"
    BARCODE = "barcode"
    EDITION_DATE = "edition_date"
    AGE = "age"
    VALIDITY_LENGTH = "validity_length"
    PARENT_WITHOUT_PAGE = "parent_without_page"
    UNPROVEN = "unproven"
    PHOTOCOPY = "photocopy"
    SCREEN = "screen"
    WATERMARK = "watermark"
    UNVERIFIED = "unverified"
    EMPTY = "empty"
    TYPE = "type"
    TRUNCATED = "truncated"
    PASSWORD = "password"  # noqa: S105 - a reason, not a secret
    TOO_LARGE = "too_large"
    TOO_MANY_PAGES = "too_many_pages"
    HEIC = "heic"
    AVIF = "avif"
    JXL = "jxl"
    OFD = "ofd"
    PORTFOLIO = "portfolio"
    XFA = "xfa"
    FONT = "font"
    DAMAGED = "damaged"
    UPLOAD_INCOMPLETE = "upload_incomplete"
    ENGINE_CRASH = "engine_crash"
    ENGINE_TIMEOUT = "engine_timeout"
    STORE = "store"


# Codes about pictures and pages: quality and completeness. Every other code comes from comparing what the pages say.
PAGE_CODES: Final = frozenset(
    {
        Code.REGISTER_ILLEGIBLE,
        Code.ILLEGIBLE,
        Code.PAGE_MISSING,
        Code.WRONG_DOCUMENT,
        Code.COPY,
        Code.ELECTRONIC,
        Code.BAD_FILE,
        Code.UPLOAD_BROKEN,
        Code.OUR_FAULT,
    }
)
