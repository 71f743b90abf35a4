"""Pages of documents that stand for a guardian's ID card; all people are synthetic."""

from typing import Final

from models.id_number import check_digit as check_11_2
from models.mrz import check_digit
from models.reading import PageReading
from tests.support.lines import Cells, Words, line, page, rows

HK_NUMBER: Final = "H01234567"
TAIWAN_NUMBER: Final = "01234567"
MILITARY_NUMBER: Final = "军0123456"
PASSPORT_NUMBER: Final = "E01234567"
RESIDENCE_NUMBER: Final = "81000019880101001" + check_11_2("81000019880101001")
FOREIGN_NUMBER: Final = "91112419880101001" + check_11_2("91112419880101001")
FOREIGN_NUMBER_OF_2017: Final = "CAN11018801011" + check_digit("CAN11018801011")
_NAME: Final = "欧阳明"


def td3(
    number: str = PASSPORT_NUMBER,
    *,
    state: str = "CHN",
    names: str = "OUYANG<<MING",
    born: str = "880101",
    until: str = "300101",
    sex: str = "M",
    optional: str = "",
) -> tuple[str, str]:
    """Both lines of a zone, with their check digits."""
    number, optional = number.ljust(9, "<"), optional.ljust(14, "<")
    checked = [f"{part}{check_digit(part)}" for part in (number, born, until, optional)]
    whole = check_digit("".join(checked))
    upper = f"P<{state}{names}".ljust(44, "<")[:44]
    return upper, f"{checked[0]}{state.ljust(3, '<')}{checked[1]}{sex}{checked[2]}{checked[3]}{whole}"


def passport(
    zone: tuple[Words | None, Words | None] | None = None, *, name: Words | None = _NAME, number: str | None = None
) -> PageReading:
    """A data page: the name in Han and the number as printed, and both lines of the zone."""
    said = [f"护照号/Passport No. {number}"] if number else []
    lines = [line("中华人民共和国护照", 100, 20), *(line(text, 100, 80 + 60 * at) for at, text in enumerate(said))]
    if name is not None:
        lines += [line("姓名", 100, 200), line(name, 220, 200)]
    lines += [line(text, 20, 1000 + 60 * at) for at, text in enumerate(zone or td3()) if text is not None]
    return page(lines)


def hk_macau_permit(change: Cells | None = None) -> PageReading:
    """The front of a 港澳居民来往内地通行证."""
    return _card("港澳居民来往内地通行证", {"证件号码": HK_NUMBER, "换证次数": "01"}, change)


def taiwan_permit(change: Cells | None = None) -> PageReading:
    """The front of a 台湾居民来往大陆通行证."""
    return _card("台湾居民来往大陆通行证", {"证件号码": TAIWAN_NUMBER, "签发次数": "01", "签发地点": "福建"}, change)


def permanent_resident(change: Cells | None = None) -> PageReading:
    """The front of a 外国人永久居留身份证."""
    return _card("外国人永久居留身份证", {"国籍": "加拿大/CAN", "证件号码": FOREIGN_NUMBER}, change)


def hmt_residence_permit(change: Cells | None = None) -> PageReading:
    """The front of a 港澳居民居住证."""
    cells: Cells = {
        "姓名": _NAME, "性别": "男", "出生": "1988年1月1日", "住址": "北京市样本区梧桐路18号",
        "公民身份号码": RESIDENCE_NUMBER,
    }  # fmt: skip
    return page(rows({**cells, **(change or {})}, title="港澳居民居住证"))


def military_id(change: Cells | None = None) -> PageReading:
    """The inner page of a 军官证."""
    cells: Cells = {
        "姓名": _NAME, "出生年月": "1988年1月", "性别": "男", "籍贯": "北京市样本区", "民族": "汉族",
        "部别": "样本部队", "军衔": "上尉", "编号": "军字第0123456号", "有效期至": "2030.01.01",
    }  # fmt: skip
    return page(rows({**cells, **(change or {})}, title="中国人民解放军军官证"))


def back(title: str, change: Cells | None = None) -> PageReading:
    """The other side of a card: its title, the authority and what else it prints."""
    return page(rows({"签发机关": "样本出入境管理局", **(change or {})}, title=title))


def _card(title: str, own: Cells, change: Cells | None) -> PageReading:
    cells: Cells = {
        "姓名": _NAME, "性别": "男", "出生日期": "1988.01.01", "有效期限": "2020.01.01-2030.01.01", **own,
        "签发机关": "国家移民管理局",
    }  # fmt: skip
    return page(rows({**cells, **(change or {})}, title=title))
