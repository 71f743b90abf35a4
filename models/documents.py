"""What families bring: documents, their pages, the fields on them, the people they speak of."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class DocumentKind(StrEnum):
    """A document that a parent uploads."""

    ID_CARD = "id_card"  # 居民身份证
    HOUSEHOLD_REGISTER = "household_register"  # 居民户口簿
    BIRTH_CERTIFICATE = "birth_certificate"  # 出生医学证明


class PageKind(StrEnum):
    """What one page is, told from its content."""

    ID_PORTRAIT = "id_portrait"  # 人像面
    ID_EMBLEM = "id_emblem"  # 国徽面
    HUKOU_COVER = "hukou_cover"  # 封面
    HUKOU_HOME = "hukou_home"  # 首页
    HUKOU_MEMBER = "hukou_member"  # 常住人口登记卡
    HUKOU_CHANGES = "hukou_changes"  # 登记事项变更和更正记载
    HUKOU_NOTICE = "hukou_notice"  # 注意事项
    HUKOU_BLANK = "hukou_blank"  # 空白登记卡
    BIRTH_CERTIFICATE = "birth_certificate"  # 出生医学证明
    OTHER = "other"
    UNREADABLE = "unreadable"


class Person(StrEnum):
    """Whom a field speaks of."""

    CHILD = "child"
    FATHER = "father"
    MOTHER = "mother"
    HEAD = "head"  # 户主
    OTHER = "other"


class Field(StrEnum):
    """The name of a field, as in the result."""

    NAME = "name"
    SEX = "sex"
    ETHNICITY = "ethnicity"
    BIRTH_DATE = "birth_date"
    ADDRESS = "address"
    ID_NUMBER = "id_number"
    ISSUING_AUTHORITY = "issuing_authority"
    VALID_FROM = "valid_from"
    VALID_UNTIL = "valid_until"
    HOUSEHOLD_TYPE = "household_type"
    HEAD_NAME = "head_name"
    HOUSEHOLD_NUMBER = "household_number"
    ISSUE_DATE = "issue_date"
    RELATION = "relation"
    FORMER_NAME = "former_name"
    BIRTH_PLACE = "birth_place"
    NATIVE_PLACE = "native_place"
    OTHER_ADDRESS = "other_address"
    RELIGION = "religion"
    HEIGHT = "height"
    BLOOD_TYPE = "blood_type"
    EDUCATION = "education"
    MARITAL_STATUS = "marital_status"
    MILITARY_SERVICE = "military_service"
    EMPLOYER = "employer"
    OCCUPATION = "occupation"
    MOVED_TO_CITY = "moved_to_city"
    MOVED_TO_ADDRESS = "moved_to_address"
    REGISTRATION_DATE = "registration_date"
    BIRTH_TIME = "birth_time"
    GESTATION_WEEKS = "gestation_weeks"
    WEIGHT_G = "weight_g"
    LENGTH_CM = "length_cm"
    INSTITUTION = "institution"
    CERTIFICATE_NUMBER = "certificate_number"
    ISSUER = "issuer"
    AGE = "age"
    NATIONALITY = "nationality"
    ID_TYPE = "id_type"


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

DOCUMENT_TITLES: Mapping[DocumentKind, str] = MappingProxyType(
    {
        DocumentKind.ID_CARD: "身份证",
        DocumentKind.HOUSEHOLD_REGISTER: "户口本",
        DocumentKind.BIRTH_CERTIFICATE: "出生医学证明",
    }
)

PAGE_TITLES: Mapping[PageKind, str] = MappingProxyType(
    {
        PageKind.ID_PORTRAIT: "身份证人像面",
        PageKind.ID_EMBLEM: "身份证国徽面",
        PageKind.HUKOU_COVER: "户口本封面",
        PageKind.HUKOU_HOME: "户口本首页",
        PageKind.HUKOU_MEMBER: "常住人口登记卡",
        PageKind.HUKOU_CHANGES: "登记事项变更和更正记载页",
        PageKind.HUKOU_NOTICE: "户口本注意事项页",
        PageKind.HUKOU_BLANK: "户口本空白页",
        PageKind.BIRTH_CERTIFICATE: "出生医学证明",
        PageKind.OTHER: "无法归类的页面",
        PageKind.UNREADABLE: "看不清的页面",
    }
)

FIELD_TITLES: Mapping[Field, str] = MappingProxyType(
    {
        Field.NAME: "姓名",
        Field.SEX: "性别",
        Field.ETHNICITY: "民族",
        Field.BIRTH_DATE: "出生日期",
        Field.ADDRESS: "住址",
        Field.ID_NUMBER: "公民身份号码",
        Field.ISSUING_AUTHORITY: "签发机关",
        Field.VALID_FROM: "有效期起始日期",
        Field.VALID_UNTIL: "有效期截止日期",
        Field.HOUSEHOLD_TYPE: "户别",
        Field.HEAD_NAME: "户主姓名",
        Field.HOUSEHOLD_NUMBER: "户号",
        Field.ISSUE_DATE: "签发日期",
        Field.RELATION: "户主或与户主关系",
        Field.FORMER_NAME: "曾用名",
        Field.BIRTH_PLACE: "出生地",
        Field.NATIVE_PLACE: "籍贯",
        Field.OTHER_ADDRESS: "本市（县）其他住址",
        Field.RELIGION: "宗教信仰",
        Field.HEIGHT: "身高",
        Field.BLOOD_TYPE: "血型",
        Field.EDUCATION: "文化程度",
        Field.MARITAL_STATUS: "婚姻状况",
        Field.MILITARY_SERVICE: "兵役状况",
        Field.EMPLOYER: "服务处所",
        Field.OCCUPATION: "职业",
        Field.MOVED_TO_CITY: "何时由何地迁来本市（县）",
        Field.MOVED_TO_ADDRESS: "何时由何地迁来本址",
        Field.REGISTRATION_DATE: "登记日期",
        Field.BIRTH_TIME: "出生时间",
        Field.GESTATION_WEEKS: "出生孕周",
        Field.WEIGHT_G: "出生体重",
        Field.LENGTH_CM: "出生身长",
        Field.INSTITUTION: "医疗机构名称",
        Field.CERTIFICATE_NUMBER: "出生医学证明编号",
        Field.ISSUER: "签发机构",
        Field.AGE: "年龄",
        Field.NATIONALITY: "国籍",
        Field.ID_TYPE: "有效身份证件类别",
    }
)
