"""Closed lists: what a cell can say and nothing else, as it is printed (domain.md, section 1.2)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from models.documents import Field
from models.submission import Sex
from pipeline.extract.simplified_script import folded

# GB/T 3304-1991: the 56 nationalities, and what else a register may carry.
ETHNICITIES: Final = frozenset(
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 "
    "柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 "
    "塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺 其他 外国血统 穿青人 革家人".split()
)
# GB/T 4761-2008, and what offices print beside it.
RELATIONS: Final = frozenset(
    "本人 户主 小集体户户主 配偶 夫 妻 子 独生子 长子 次子 二子 三子 四子 五子 养子 继子 女婿 女 独生女 长女 "
    "次女 二女 三女 四女 五女 养女 继女 儿媳 之子 之女 孙子 孙女 外孙子 外孙 外孙女 孙媳妇 外孙媳妇 孙女婿 "
    "外孙女婿 曾孙子 曾孙女 曾外孙子 曾外孙女 父亲 母亲 父 母 公公 婆婆 岳父 岳母 继父 养父 继母 养母 祖父 "
    "祖母 外祖父 外祖母 兄 嫂 弟 弟媳 姐 姐姐 姐夫 妹 妹妹 妹夫 伯父 伯母 叔父 婶母 舅父 舅母 姨父 姨母 姑父 "
    "姑母 侄子 侄女 外甥 外甥女 其他亲属 非亲属".split()
)
_NOT_A_NATIONALITY: Final = frozenset("其他 外国血统 穿青人 革家人".split())
LEXICON: Final[Mapping[Field, frozenset[str]]] = MappingProxyType(
    {
        Field.SEX: frozenset(sex.value for sex in Sex),
        Field.ETHNICITY: ETHNICITIES | {f"{name}族" for name in ETHNICITIES - _NOT_A_NATIONALITY},
        Field.RELATION: RELATIONS,
        Field.MARITAL_STATUS: frozenset("未婚 已婚 初婚 再婚 复婚 有配偶 丧偶 离婚".split()),
        Field.BLOOD_TYPE: frozenset("A B O AB A型 B型 O型 AB型 不明".split()),
        Field.EDUCATION: frozenset(
            "研究生 大学本科 本科 大学专科 大专 中专 中技 技工学校 高中 初中 小学 文盲 半文盲 学龄前儿童 幼儿园".split()
        ),
        Field.MILITARY_SERVICE: frozenset("未服兵役 服现役 退出现役 服预备役 退伍 已服兵役".split()),
        Field.HOUSEHOLD_TYPE: frozenset(
            "家庭户 集体户 居民家庭户口 居民户口家庭户 非农业家庭户口 农业家庭户口 非农业集体户口 农业集体户口 "
            "居民集体户口".split()
        ),
        Field.ID_TYPE: frozenset("居民身份证 护照 军官证 士兵证 港澳居民来往内地通行证 台湾居民来往大陆通行证".split()),
    }
)


def of_list(field: Field, text: str) -> str:
    """A text as the field's list would write it; of fields without a list, the text itself."""
    return folded(text) if field in LEXICON else text
