"""Problems of a manifest in Chinese, for whoever runs the system that uploads; the English original stays beside it."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from models.errors import ManifestProblem

# By the beginning or the whole of what the parser says; `\1` is what it quotes from the schema, never a value.
_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        r"Field required": "缺少此项",
        r"Extra inputs are not permitted": "清单中不应有此项",
        r"is not JSON in UTF-8": "清单不是UTF-8编码的JSON",
        r"is larger than (\d+) bytes": r"清单太大，最多\1字节",
        r"was not there any more.*": "清单已不存在，请重新上传",
        r"(?:Value error, )?must be a day, for example (.+)": r"日期格式应为\1",
        r"(?:Value error, )?must be a moment, for example (.+)": r"时间格式应为\1",
        r"(?:Value error, )?must carry a time zone, for example (.+)": r"时间须带时区，例如\1",
        r"(?:Value error, )?must name at least one file": "至少要有一个文件",
        r"(?:Value error, )?must not name the same path twice": "同一文件不能列两次",
        r"(?:Value error, )?must be a relative path inside the folder": "文件路径须是本文件夹内的相对路径",
        r"(?:Value error, )?must not end in (\S+?),.*": r"文件名不能以\1结尾",
        r"(?:Value error, )?must have at most (\d+) bytes between two slashes": r"文件名每一段最多\1字节",
        r"(?:Value error, )?must not hold a NUL character": "含有不允许的字符",
        r"(?:Value error, )?must not hold control, format or bidirectional characters": "含有看不见的控制字符",
        r"(?:Value error, )?must not be blank": "不能为空白",
        r"(?:Value error, )?must not consist of dots alone": "不能全是点",
        r"(?:Value error, )?must be a text in quotes: .*": "号码须写在引号内，写成数字会丢失末几位",
        r"(?:Value error, )?must be the whole number as a text: .*": "号码已被表格软件改坏，请填写完整号码",
        r"Input should be ('.+)": r"只能是\1",
        r"(?:Value error, )?must be (\w+(?:, \w+)* or \w+)": r"只能是\1",
        r"Input should be a valid (?:date|datetime).*": "没有这个日期或时间",
        r"Input should be a valid .*": "内容的类型不正确",
        r"String should have at least (\d+) characters?": r"至少\1个字符",
        r"String should have at most (\d+) characters?": r"最多\1个字符",
        r"String should match pattern .*": "格式不正确",
        r"Tuple should have at most (\d+) items.*": r"最多\1项",
    }
)
_UNKNOWN: Final = "不能识别"


def problem_words(problem: ManifestProblem) -> str:
    """What is wrong with a key of a manifest, in Chinese, with the English in brackets."""
    said = problem.problem
    found = next((match.expand(words) for form, words in _WORDS.items() if (match := re.fullmatch(form, said))), "")
    return f"{found.replace(' or ', '或').replace(', ', '、') or _UNKNOWN}（{said}）"
