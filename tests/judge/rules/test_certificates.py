"""A birth certificate against itself."""

from collections.abc import Mapping
from typing import Any

import pytest

from models.findings import Code, Reason, Severity
from models.policy import Policy
from pipeline.judge.rules.certificates import certificates
from tests.support.cards import certificate, id_number
from tests.support.dossiers import dossier
from tests.support.lines import Ink, Words

EDITION = (Code.CONTRADICTION, Reason.EDITION_DATE)
AGE = (Code.CONTRADICTION, Reason.AGE)


@pytest.mark.parametrize(
    ("cells", "look", "told"),
    [
        pytest.param({"签发日期": "2019年12月1日"}, {}, [], id="issued in the letter's year"),
        pytest.param({}, {}, [], id="no date of issue that reads"),
        pytest.param({"签发日期": "2020年1月2日"}, {}, [], id="a year after the letter's"),
        pytest.param({"签发日期": "2021年1月2日"}, {}, [EDITION] * 2, id="two years after the letter's"),
        pytest.param({"签发日期": Ink("2021年1月2日", sure=0.9)}, {}, [], id="two years after, as far as one can read"),
        pytest.param({"签发日期": "2022年12月1日"}, {}, [EDITION] * 2, id="three years after the letter's"),
        pytest.param(
            {"出生医学证明编号": "W110000000", "签发日期": "2019年12月1日"}, {}, [EDITION] * 2, id="three years before"
        ),
        pytest.param(
            {"出生医学证明编号": "Y110000000", "签发日期": "2024年6月1日"},
            {"barcodes": ("Y110000000",)},
            [],
            id="issued, or issued again, years after the birth: letter and barcode follow the issue",
        ),
        pytest.param(
            {"出生医学证明编号": "V110000000", "签发日期": "2019年12月1日"}, {}, [EDITION] * 2, id="two years before"
        ),
        pytest.param(
            {"出生医学证明编号": "C110000000", "签发日期": "2026年3月1日"}, {}, [], id="after Z any letter may be"
        ),
        pytest.param({"签发日期": "2019年11月22日"}, {}, [EDITION] * 2, id="issued before the birth"),
        pytest.param({"出生时间": "1995年12月31日08时30分"}, {}, [EDITION], id="a birth before there were any"),
        pytest.param({"出生时间": "1996年1月1日08时30分"}, {}, [], id="a birth on the first day that there were"),
        pytest.param(
            {"出生医学证明编号": "X110000000", "签发日期": "2023年3月31日"},
            {"barcodes": ("X110000000",)},
            [EDITION] * 2,
            id="a barcode before the seventh edition",
        ),
        pytest.param(
            {"出生医学证明编号": "X110000000", "签发日期": "2023年4月1日"},
            {"barcodes": ("X110000000",)},
            [],
            id="a barcode on the seventh edition",
        ),
        pytest.param(
            {"出生医学证明编号": "T990000000", "签发日期": "2019年12月1日"}, {}, [EDITION], id="of no province"
        ),
        pytest.param({"出生医学证明编号": Ink("T990000000", sure=0.9)}, {}, [], id="of no province that surely reads"),
    ],
)
def test_a_certificate_agrees_with_itself(
    cells: Mapping[str, Words], look: Mapping[str, Any], told: list[tuple[Code, Reason]]
) -> None:
    findings = list(certificates(dossier(certificate(cells, **look)), Policy()))
    assert [(finding.code, finding.reason) for finding in findings] == told
    assert all(finding.severity is Severity.REVIEW for finding in findings)


@pytest.mark.parametrize(
    ("cells", "severity"),
    [
        pytest.param({"签发日期": "2013年12月31日"}, Severity.WARNING, id="while some offices numbered by postcode"),
        pytest.param({"签发日期": "2014年1月1日"}, Severity.REVIEW, id="since all number by province"),
        pytest.param({}, Severity.WARNING, id="nobody knows when"),
    ],
)
def test_a_number_of_no_province(cells: Mapping[str, Words], severity: Severity) -> None:
    changed = {"出生医学证明编号": "N990000000", "出生时间": "2013年11月23日08时30分", **cells}
    findings = list(certificates(dossier(certificate(changed)), Policy()))
    assert [(finding.code, finding.reason, finding.severity) for finding in findings] == [(*EDITION, severity)]


@pytest.mark.parametrize(
    ("age", "told"),
    [
        pytest.param("29", [], id="as the number says"),
        pytest.param("30", [], id="a year more"),
        pytest.param("31", [AGE] * 2, id="two years more"),
        pytest.param("31+2", [], id="no age at all"),
        pytest.param(Ink("31", sure=0.6), [], id="two years more, as far as one can read"),
    ],
)
def test_a_printed_age_is_that_of_the_number(age: Words, told: list[tuple[Code, Reason]]) -> None:
    page = certificate(mother={"有效身份证件号码": id_number("19900202", 4), "年龄": age})
    findings = list(certificates(dossier(page), Policy()))
    assert [(finding.code, finding.reason) for finding in findings] == told
