"""The catalogue: the severities of every code and reason. Their words, in every language, stand in models/wordings."""

from collections.abc import Mapping
from types import MappingProxyType

from models.codes import Code, Reason, Severity

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

_PICTURE = dict.fromkeys(
    (
        Reason.BLUR, Reason.GLARE, Reason.TOO_SMALL, Reason.TOO_DARK, Reason.TOO_BRIGHT, Reason.CUT_OFF,
        Reason.OCCLUDED, Reason.LOW_CONTRAST,
    ),
    _REJECT,
)  # fmt: skip

_SEVERITIES: Mapping[Code, Mapping[Reason, tuple[Severity, ...]]] = {
    Code.REGISTER_ILLEGIBLE: _PICTURE,
    Code.ILLEGIBLE: _PICTURE,
    Code.CHILD_EXISTS: {Reason.ID_NUMBER: _REJECT, Reason.BIRTH_CERTIFICATE_NUMBER: _REJECT},
    Code.MAYBE_DUPLICATE: {
        Reason.SAME_NAME_BIRTH_MOTHER: _REVIEW,
        Reason.NUMBER_CONFLICT: _REVIEW,
        Reason.EXISTING_WITHDRAWN: _REVIEW,
    },
    Code.NAME_DIFFERS: {Reason.DIFFERENT: _REJECT, Reason.FORMER_NAME: _REJECT, Reason.LENGTH: _REJECT},
    Code.NAME_IN_DOUBT: {
        Reason.UNCERTAIN: _REVIEW,
        Reason.VARIANT: _REVIEW,
        Reason.OUT_OF_CHARSET: _REVIEW,
        Reason.PRIVATE_USE: _REVIEW,
        Reason.PLACEHOLDER: _REVIEW,
        Reason.NAME_CHANGED: _REVIEW,
        Reason.SEPARATOR: _REVIEW,
    },
    Code.SEX_DIFFERS: {Reason.ENTERED: _EITHER, Reason.CROSS_DOCUMENT: _EITHER},
    Code.BIRTH_DATE_DIFFERS: {Reason.ENTERED: _EITHER, Reason.CROSS_DOCUMENT: _EITHER},
    Code.NUMBER_DIFFERS: {Reason.ENTERED: _EITHER, Reason.CROSS_DOCUMENT: _EITHER, Reason.CHECKSUM: _EITHER},
    Code.PAGE_MISSING: {
        Reason.HOME: _REJECT,
        Reason.CHILD_PAGE: _REJECT,
        Reason.PARENT_PAGE: _REJECT,
        Reason.BOTH_PARENTS: _REJECT,
        Reason.ID_PORTRAIT: _REJECT,
        Reason.ID_EMBLEM: _REJECT,
        Reason.BIRTH_CERTIFICATE: _REJECT,
    },
    Code.WRONG_DOCUMENT: {
        Reason.DECLARED: (Severity.REJECT, Severity.WARNING),
        Reason.WRONG_SIDE: _REJECT,
        Reason.WRONG_MEMBER: (Severity.REJECT, *_REVIEW),
        Reason.WRONG_DOCUMENT: _REJECT,
    },
    Code.EXPIRED: {Reason.EXPIRED: _EITHER, Reason.TEMPORARY: _EITHER},
    Code.CONTRADICTION: {
        Reason.HOUSEHOLD_CONFLICT: _REVIEW,
        Reason.PARENT_CONFLICT: _REVIEW,
        Reason.AMENDED: _REVIEW,
        Reason.BARCODE: _REVIEW,
        Reason.EDITION_DATE: _REVIEW,
        Reason.AGE: _REVIEW,
        Reason.VALIDITY_LENGTH: _REVIEW,
    },
    Code.GUARDIANSHIP: {Reason.PARENT_WITHOUT_PAGE: _REVIEW, Reason.UNPROVEN: _REVIEW},
    Code.COPY: {Reason.PHOTOCOPY: _REVIEW, Reason.SCREEN: _REVIEW, Reason.WATERMARK: (Severity.REVIEW,)},
    Code.ELECTRONIC: {Reason.UNVERIFIED: _REVIEW},
    Code.BAD_FILE: {
        Reason.EMPTY: _REJECT,
        Reason.TYPE: _REJECT,
        Reason.TRUNCATED: (Severity.REJECT, Severity.WARNING),
        Reason.PASSWORD: _REJECT,
        Reason.TOO_LARGE: _REJECT,
        Reason.TOO_MANY_PAGES: _REJECT,
        Reason.HEIC: _REJECT,
        Reason.AVIF: _REJECT,
        Reason.JXL: _REJECT,
        Reason.OFD: _REJECT,
        Reason.PORTFOLIO: _REJECT,
        Reason.XFA: _REJECT,
        Reason.FONT: _REJECT,
        Reason.DAMAGED: (Severity.REJECT, Severity.WARNING),
    },
    Code.UPLOAD_BROKEN: {Reason.UPLOAD_INCOMPLETE: _REJECT},
    Code.OUR_FAULT: {Reason.ENGINE_CRASH: _REVIEW, Reason.ENGINE_TIMEOUT: _REVIEW, Reason.STORE: _REVIEW},
}

# The severities that a finding of a code and reason may have; the first one is the default.
CATALOGUE: Mapping[tuple[Code, Reason], tuple[Severity, ...]] = MappingProxyType(
    {(code, reason): severities for code, reasons in _SEVERITIES.items() for reason, severities in reasons.items()}
)
