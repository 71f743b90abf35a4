"""Names in normal form: nothing that could tell two names apart is folded (docs/reference/documents.md, Names)."""

import re
import unicodedata
from functools import lru_cache

from models.id_number import half_width

SEPARATOR = "·"  # U+00B7, the one that 民委发〔2016〕33 号 prescribes
_DOTS = "\u2022\u2027\u30fb\uff65\u2219\u22c5\uff0e\u002e\u0387\u2e31\u00b7"
# Signs that people type where a form has no key for the dot. They stay in a name: a person has to look.
_TYPED_DOTS = "。●○◦⚫⚪∘、,°˚•・*'’`_~+|-‐‑–—－"
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN_CHAR = re.compile(rf"[{_HAN}]")
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])[{re.escape(_DOTS)}](?=[{_HAN}])")
_TYPED = re.compile(rf"[{re.escape(_TYPED_DOTS)}]+")
_ANY_DOT = re.compile(rf"[{re.escape(_DOTS + _TYPED_DOTS)}]")
_IGNORED = re.compile(r"[\ufe00-\ufe0f\U000e0100-\U000e01ef\u200b-\u200f\u202a-\u202e\u2060\ufeff\x00-\x1f\x7f]")

# Radicals that OCR and PDF text emit for the characters they look like; NFC leaves them alone.
_RADICALS = str.maketrans(
    "⼀⼁⼆⼈⼉⼊⼋⼏⼑⼒⼗⼘⼜⼝⼟⼠⼤⼥⼦⼨⼩⼭⼯⼰⼲⼴⼸⼼⼿⽀⽂⽃⽅⽇⽉⽊⽌⽐⽑⽒⽔⽕⽗⽚⽜⽟⽠⽣⽤⽥⽩⽪⽬⽯"
    "⽰⽲⽳⽴⽵⽶⽺⽻⽼⽿⾁⾂⾃⾄⾈⾉⾊⾎⾏⾐⾔⾕⾖⾚⾛⾜⾝⾞⾟⾢⾥⾦⾨⾬⾮⾯⾳⾸⾹⾼⻄⻅⻉⻋⻓⻔⻘⻚⻛⻜⻢⻥⻦⻩"
    "⻬⻰",
    "一丨二人儿入八几刀力十卜又口土士大女子寸小山工己干广弓心手支文斗方日月木止比毛氏水火父片牛玉瓜生用田白皮目石"
    "示禾穴立竹米羊羽老耳肉臣自至舟艮色血行衣言谷豆赤走足身车辛邑里金门雨非面音首香高西见贝车长门青页风飞马鱼鸟黄"
    "齐龙",
)


def normal_name(text: str) -> str:
    """A name without spaces and invisible characters, in NFC, dots between Han characters as U+00B7.

    Deliberately not NFKC and no folding of variants: 昇 and 升 are two names until a person says otherwise.
    """
    visible = re.sub(r"\s", "", _IGNORED.sub("", half_width(text)))  # first: a space keeps marks apart that NFC orders
    return _BETWEEN_HAN.sub(SEPARATOR, unicodedata.normalize("NFC", visible.translate(_RADICALS)))


def with_separators(name: str) -> str:
    """A name in normal form with the separator for what people type instead of it (。 ●)."""
    return _TYPED.sub(SEPARATOR, name)


def letters(name: str) -> str:
    """A name without its separators, and without what people type or engines read instead of them."""
    return _ANY_DOT.sub("", name)


@lru_cache(maxsize=2**16)  # every reading of a page asks for each of its characters, many times
def is_han(char: str) -> bool:
    """Whether a character is a Han ideograph, of any extension."""
    return _HAN_CHAR.match(char) is not None


def is_private_use(char: str) -> bool:
    """Whether a character means something only in the font that it came with, or stands for an unknown one."""
    return unicodedata.category(char) == "Co" or char in "\ufffd□?？"
