"""The terms and the typography that Chinese for staff keeps: one thing has one word."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

# What must not be said, and what is said instead.
NOT_SAID: Final[Mapping[str, str]] = MappingProxyType(
    {
        "案件|份件|[0-9}]件": "申请",
        "它|该儿童|患儿": "孩子",
        "申请人|所需人员": "监护人、家长",
        "驳回|拒绝": "退回家长",
        "人工(核对|处理|决定)|由人决定": "人工审核",
        "盲审": "独立抽查",
        "补拍": "补传、重拍",
        "重传|再交": "重新上传、重新提交",
        "户籍本|(?<!居民)户口簿": "户口本",
        "户主页": "户口本首页、户主登记卡",
        "儿童页": "孩子本人页",
        "出生证(?!明)": "出生医学证明",
        "正面|反面": "人像面、国徽面",
        "身份证号(?!码)": "身份证号码、公民身份号码",
        "录入": "家长填写",
        "读出|读不准": "系统识别",
        "把握|测得|界限|置信度|测量值": "识别可信度",
        "影像|扫描图": "图片",
        "机器|引擎|程序": "系统",
        "登记册|案底": "已登记的孩子、登记信息",
        "注销": "撤销登记",
        "上级": "主管",
        "运维": "系统管理员、信息科",
        "重跑": "重新处理",
        "没有记录": "未保存",
    }
)
_HAN: Final = r"[\u3007\u4e00-\u9fff，。；：（）“”、！？]"
_WRONG_TYPE: Final[Mapping[str, str]] = MappingProxyType(
    {
        rf"{_HAN} +[0-9A-Za-z]|[0-9A-Za-z%°] +{_HAN}": "a space between Chinese and digits or Latin",
        r"[\u4e00-\u9fff][,;:()!?]|[,;:()!?][\u4e00-\u9fff]": "half-width punctuation beside Chinese",
        "！": "an exclamation mark",
    }
)


def faults(text: str) -> Iterator[str]:
    """What is wrong with a Chinese text: words of another thing, and typography; placeholders count as digits."""
    filled = re.sub(r"{\w+}", "7", text)
    for form, instead in NOT_SAID.items():
        yield from (f"{found[0]}: {instead}" for found in re.finditer(form, filled))
    for form, why in _WRONG_TYPE.items():
        yield from (f"{found[0]}: {why}" for found in re.finditer(form, filled))
