"""Names in normal form: nothing that could tell two names apart is folded (domain.md, section 4.4)."""

import re
import unicodedata

from models.id_number import half_width

SEPARATOR = "·"  # U+00B7, the one that 民委发〔2016〕33 号 prescribes
_DOTS = "\u2022\u2027\u30fb\uff65\u2219\u22c5\uff0e\u002e\u0387\u2e31\u00b7"
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN_CHAR = re.compile(rf"[{_HAN}]")
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])[{re.escape(_DOTS)}](?=[{_HAN}])")
_IGNORED = re.compile(r"[\ufe00-\ufe0f\U000e0100-\U000e01ef\u200b-\u200f\u202a-\u202e\u2060\ufeff\x00-\x1f\x7f]")

# Radicals that OCR and PDF text emit for the characters they look like; NFC leaves them alone.
_RADICALS = str.maketrans(
    {
        "⼀": "一", "⼁": "丨", "⼆": "二", "⼈": "人", "⼉": "儿", "⼊": "入", "⼋": "八", "⼏": "几", "⼑": "刀",
        "⼒": "力", "⼗": "十", "⼘": "卜", "⼜": "又", "⼝": "口", "⼟": "土", "⼠": "士", "⼤": "大", "⼥": "女",
        "⼦": "子", "⼨": "寸", "⼩": "小", "⼭": "山", "⼯": "工", "⼰": "己", "⼲": "干", "⼴": "广", "⼸": "弓",
        "⼼": "心", "⼿": "手", "⽀": "支", "⽂": "文", "⽃": "斗", "⽅": "方", "⽇": "日", "⽉": "月", "⽊": "木",
        "⽌": "止", "⽐": "比", "⽑": "毛", "⽒": "氏", "⽔": "水", "⽕": "火", "⽗": "父", "⽚": "片", "⽜": "牛",
        "⽟": "玉", "⽠": "瓜", "⽣": "生", "⽤": "用", "⽥": "田", "⽩": "白", "⽪": "皮", "⽬": "目", "⽯": "石",
        "⽰": "示", "⽲": "禾", "⽳": "穴", "⽴": "立", "⽵": "竹", "⽶": "米", "⽺": "羊", "⽻": "羽", "⽼": "老",
        "⽿": "耳", "⾁": "肉", "⾂": "臣", "⾃": "自", "⾄": "至", "⾈": "舟", "⾉": "艮", "⾊": "色", "⾎": "血",
        "⾏": "行", "⾐": "衣", "⾔": "言", "⾕": "谷", "⾖": "豆", "⾚": "赤", "⾛": "走", "⾜": "足", "⾝": "身",
        "⾞": "车", "⾟": "辛", "⾢": "邑", "⾥": "里", "⾦": "金", "⾨": "门", "⾬": "雨", "⾮": "非", "⾯": "面",
        "⾳": "音", "⾸": "首", "⾹": "香", "⾼": "高", "⻄": "西", "⻅": "见", "⻉": "贝", "⻋": "车", "⻓": "长",
        "⻔": "门", "⻘": "青", "⻚": "页", "⻛": "风", "⻜": "飞", "⻢": "马", "⻥": "鱼", "⻦": "鸟", "⻩": "黄",
        "⻬": "齐", "⻰": "龙",
    }
)  # fmt: skip


def normal_name(text: str) -> str:
    """A name without spaces and invisible characters, in NFC, dots between Han characters as U+00B7.

    Deliberately not NFKC and no folding of variants: 昇 and 升 are two names until a person says otherwise.
    """
    visible = _IGNORED.sub("", half_width(text))
    composed = unicodedata.normalize("NFC", visible.translate(_RADICALS))
    unspaced = re.sub(r"\s", "", composed)
    return _BETWEEN_HAN.sub(SEPARATOR, unspaced)


def is_han(char: str) -> bool:
    """Whether a character is a Han ideograph, of any extension."""
    return _HAN_CHAR.match(char) is not None


def is_private_use(char: str) -> bool:
    """Whether a character means something only in the font that it came with, or stands for an unknown one."""
    return unicodedata.category(char) == "Co" or char in "\ufffd□?？"
