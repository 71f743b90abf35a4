"""Documents, their pages and fields, and the people on them, with the titles that parents and staff see."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Self


class Titled(StrEnum):
    """A stable slug with a Chinese title."""

    chinese: str

    def __new__(cls, slug: str, chinese: str = "") -> Self:  # mypy takes `Field("name")` for a call of this
        """Make the member whose value is the slug."""
        member = str.__new__(cls, slug)
        member._value_ = slug
        member.chinese = chinese
        return member


class DocumentKind(Titled):
    """A document that an application needs: those of every family, and those of guardians who have no ID card."""

    ID_CARD = "id_card", "身份证"
    HOUSEHOLD_REGISTER = "household_register", "户口本"
    BIRTH_CERTIFICATE = "birth_certificate", "出生医学证明"
    PASSPORT = "passport", "护照"
    HK_MACAU_PERMIT = "hk_macau_permit", "港澳居民来往内地通行证"
    TAIWAN_PERMIT = "taiwan_permit", "台湾居民来往大陆通行证"
    HMT_RESIDENCE_PERMIT = "hmt_residence_permit", "港澳台居民居住证"
    PERMANENT_RESIDENT = "permanent_resident", "外国人永久居留身份证"
    MILITARY_ID = "military_id", "军官证"


class PageKind(Titled):
    """The kind of a page, found from its content."""

    ID_PORTRAIT = "id_portrait", "身份证人像面"
    ID_EMBLEM = "id_emblem", "身份证国徽面"
    HUKOU_COVER = "hukou_cover", "户口本封面"
    HUKOU_HOME = "hukou_home", "户口本首页"
    HUKOU_MEMBER = "hukou_member", "常住人口登记卡"
    HUKOU_CHANGES = "hukou_changes", "户口本变更记载页"
    HUKOU_NOTICE = "hukou_notice", "户口本注意事项页"
    HUKOU_BLANK = "hukou_blank", "户口本空白页"
    BIRTH_CERTIFICATE = "birth_certificate", "出生医学证明"
    PASSPORT = "passport", "护照资料页"
    PERMIT = "permit", "通行证或永久居留身份证"
    RESIDENCE_PERMIT = "residence_permit", "居住证"
    GUARDIANSHIP = "guardianship", "监护证明材料"
    OTHER = "other", "无法归类的页面"
    UNREADABLE = "unreadable", "看不清的页面"


class OtherDocument(Titled):
    """A document that a page shows whose kind does not say it; clients meet new ones as the list grows."""

    DRIVING_LICENCE = "driving_licence", "驾驶证"
    VEHICLE_LICENCE = "vehicle_licence", "行驶证"
    SOCIAL_SECURITY_CARD = "social_security_card", "社会保障卡"
    MARRIAGE_CERTIFICATE = "marriage_certificate", "结婚证"
    DIVORCE_CERTIFICATE = "divorce_certificate", "离婚证"
    HOUSEHOLD_PROOF = "household_proof", "户籍证明"
    REGISTRATION_FORM = "registration_form", "常住人口登记表"
    MIGRATION_CERTIFICATE = "migration_certificate", "户口迁移证"
    PERMIT_TO_MOVE = "permit_to_move", "户口准迁证"
    MEDICAL_RECORD = "medical_record", "病历"
    DISCHARGE_SUMMARY = "discharge_summary", "出院小结"
    SCREENING = "screening", "新生儿疾病筛查单"
    SCHOOL_RECORD = "school_record", "学籍表"
    MILITARY_ID = "military_id", "军官证"
    RESIDENCE_PERMIT = "residence_permit", "居住证"
    HMT_RESIDENCE_PERMIT = "hmt_residence_permit", "港澳台居民居住证"
    HK_MACAU_PERMIT = "hk_macau_permit", "港澳居民来往内地通行证"
    TAIWAN_PERMIT = "taiwan_permit", "台湾居民来往大陆通行证"
    EXIT_ENTRY_PERMIT = "exit_entry_permit", "往来港澳台通行证"
    PERMANENT_RESIDENT = "permanent_resident", "外国人永久居留身份证"
    PASSPORT = "passport", "护照"
    VACCINATION_BOOKLET = "vaccination_booklet", "预防接种证"
    CHILD_HEALTH_HANDBOOK = "child_health_handbook", "母子健康手册"
    BANK_CARD = "bank_card", "银行卡"
    ENTRUSTMENT = "entrustment", "委托书"
    NOTARY = "notary", "公证书"
    GUARDIANSHIP_PROOF = "guardianship_proof", "监护关系证明"
    KINSHIP_PROOF = "kinship_proof", "亲属关系证明"
    CARE_AGREEMENT = "care_agreement", "委托监护协议"
    GUARDIAN_DECISION = "guardian_decision", "指定监护决定书"
    COURT_RULING = "court_ruling", "法院裁判文书"
    ADOPTION_CERTIFICATE = "adoption_certificate", "收养登记证"
    BUSINESS_LICENCE = "business_licence", "营业执照"
    PROPERTY_CERTIFICATE = "property_certificate", "不动产权证书"
    STUDENT_CARD = "student_card", "学生证"
    TEST_REPORT = "test_report", "检验报告单"
    RECEIPT = "receipt", "收费票据"
    DISABILITY_CERTIFICATE = "disability_certificate", "残疾人证"
    ONE_CHILD_CERTIFICATE = "one_child_certificate", "独生子女证"
    BIRTH_REGISTRATION = "birth_registration", "生育登记证明"
    INSURANCE_CODE = "insurance_code", "医保电子凭证"
    PATIENT_CARD = "patient_card", "就诊卡"
    DIAGNOSIS = "diagnosis", "诊断证明书"
    CARD_RECEIPT = "card_receipt", "身份证领取凭证"
    CARE_ELSEWHERE = "care_elsewhere", "异地就医备案表"
    GRADUATION_CERTIFICATE = "graduation_certificate", "毕业证书"
    SENIOR_CARD = "senior_card", "老年人优待证"


class Edition(StrEnum):
    """The edition of a document, where it matters."""

    ELECTRONIC = "electronic"  # 电子证照, or a screenshot of one


class Person(StrEnum):
    """The person that a field is about."""

    CHILD = "child"
    FATHER = "father"
    MOTHER = "mother"
    HEAD = "head"  # 户主
    OTHER = "other"


class Field(Titled):
    """A field's name, as in the result."""

    NAME = "name", "姓名"
    SEX = "sex", "性别"
    ETHNICITY = "ethnicity", "民族"
    BIRTH_DATE = "birth_date", "出生日期"
    ADDRESS = "address", "住址"
    ID_NUMBER = "id_number", "公民身份号码"
    ISSUING_AUTHORITY = "issuing_authority", "签发机关"
    VALID_FROM = "valid_from", "有效期起始日期"
    VALID_UNTIL = "valid_until", "有效期截止日期"
    HOUSEHOLD_TYPE = "household_type", "户别"
    HEAD_NAME = "head_name", "户主姓名"
    HOUSEHOLD_NUMBER = "household_number", "户号"
    ISSUE_DATE = "issue_date", "签发日期"
    RELATION = "relation", "户主或与户主关系"
    FORMER_NAME = "former_name", "曾用名"
    BIRTH_PLACE = "birth_place", "出生地"
    NATIVE_PLACE = "native_place", "籍贯"
    OTHER_ADDRESS = "other_address", "本市（县）其他住址"
    RELIGION = "religion", "宗教信仰"
    HEIGHT = "height", "身高"
    BLOOD_TYPE = "blood_type", "血型"
    EDUCATION = "education", "文化程度"
    MARITAL_STATUS = "marital_status", "婚姻状况"
    MILITARY_SERVICE = "military_service", "兵役状况"
    EMPLOYER = "employer", "服务处所"
    OCCUPATION = "occupation", "职业"
    MOVED_TO_CITY = "moved_to_city", "何时由何地迁来本市（县）"
    MOVED_TO_ADDRESS = "moved_to_address", "何时由何地迁来本址"
    REGISTRATION_DATE = "registration_date", "登记日期"
    BIRTH_TIME = "birth_time", "出生时间"
    GESTATION_WEEKS = "gestation_weeks", "出生孕周"
    WEIGHT_G = "weight_g", "出生体重"
    LENGTH_CM = "length_cm", "出生身长"
    INSTITUTION = "institution", "医疗机构名称"
    CERTIFICATE_NUMBER = "certificate_number", "出生医学证明编号"
    ISSUER = "issuer", "签发机构"
    AGE = "age", "年龄"
    NATIONALITY = "nationality", "国籍"
    ID_TYPE = "id_type", "有效身份证件类别"
    LATIN_NAME = "latin_name", "拼音或外文姓名"


DOCUMENT_OF_PAGE: Mapping[PageKind, DocumentKind] = MappingProxyType(
    {
        PageKind.ID_PORTRAIT: DocumentKind.ID_CARD,
        PageKind.ID_EMBLEM: DocumentKind.ID_CARD,
        PageKind.HUKOU_COVER: DocumentKind.HOUSEHOLD_REGISTER,
        PageKind.HUKOU_HOME: DocumentKind.HOUSEHOLD_REGISTER,
        PageKind.HUKOU_MEMBER: DocumentKind.HOUSEHOLD_REGISTER,
        PageKind.HUKOU_CHANGES: DocumentKind.HOUSEHOLD_REGISTER,
        PageKind.HUKOU_NOTICE: DocumentKind.HOUSEHOLD_REGISTER,
        PageKind.HUKOU_BLANK: DocumentKind.HOUSEHOLD_REGISTER,
        PageKind.BIRTH_CERTIFICATE: DocumentKind.BIRTH_CERTIFICATE,
    }
)

# Documents that an application needs of everybody; a file may be declared as one of them.
DECLARED: Final = (DocumentKind.ID_CARD, DocumentKind.HOUSEHOLD_REGISTER, DocumentKind.BIRTH_CERTIFICATE)
# Documents that stand for the ID card of a guardian who has none; each is also an OtherDocument of the same slug.
INSTEAD_OF_ID_CARD: Final[Mapping[OtherDocument, DocumentKind]] = MappingProxyType(
    {OtherDocument(kind.value): kind for kind in DocumentKind if kind not in DECLARED}
)
# Papers about guardianship, whose pages have a kind of their own.
ABOUT_GUARDIANSHIP: Final = frozenset(
    {
        OtherDocument.ENTRUSTMENT,
        OtherDocument.NOTARY,
        OtherDocument.GUARDIANSHIP_PROOF,
        OtherDocument.KINSHIP_PROOF,
        OtherDocument.CARE_AGREEMENT,
        OtherDocument.GUARDIAN_DECISION,
        OtherDocument.COURT_RULING,
        OtherDocument.ADOPTION_CERTIFICATE,
    }
)

DOCUMENT_TITLES: Mapping[DocumentKind, str] = MappingProxyType({kind: kind.chinese for kind in DocumentKind})
OTHER_TITLES: Mapping[OtherDocument, str] = MappingProxyType({one: one.chinese for one in OtherDocument})
PAGE_TITLES: Mapping[PageKind, str] = MappingProxyType({kind: kind.chinese for kind in PageKind})
FIELD_TITLES: Mapping[Field, str] = MappingProxyType({field: field.chinese for field in Field})


def document_shown(kind: PageKind, document: OtherDocument | None) -> DocumentKind | None:
    """The document of ours that a page of this kind shows, or that stands for an ID card; None for any other."""
    return DOCUMENT_OF_PAGE.get(kind) or (INSTEAD_OF_ID_CARD.get(document) if document else None)
