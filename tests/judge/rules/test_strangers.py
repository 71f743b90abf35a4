"""Another family's papers: a review beside a complete application, a return in place of a page that is needed.

A wrong accusation sends a family home: relatives of every kind stay free, and so does everything that is hard to read.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pytest

from models.documents import Person
from models.findings import Code, Finding, Reason, Severity
from models.reading import PageReading
from models.result import Decision, Judgement
from models.submission import Guardian, GuardianIdType, GuardianRelation, IdType
from pipeline.judge.case import judge
from pipeline.judge.pages import Tie
from tests.support.cards import (
    CERTIFICATE_NUMBER,
    CHILD_NUMBER,
    MOTHER_NUMBER,
    certificate,
    emblem,
    father,
    home,
    id_number,
    member,
    mother,
    portrait,
)
from tests.support.dossiers import FAMILY, GUARDIAN, READER, dossier
from tests.support.guardian_documents import hk_macau_permit, military_id, passport, permanent_resident, td3
from tests.support.lines import Cells, Ink, Words

APART_BORN: Final = "2017年5月6日08时30分"
CHILDS_BORN: Final = "2019年11月23日08时30分"
WRONG: Final = (Code.WRONG_DOCUMENT, Reason.WRONG_MEMBER)
MISSING: Final = (Code.PAGE_MISSING, Reason.PARENT_PAGE)
HIS_NUMBER: Final = id_number("19790909", 9)
HER_NUMBER: Final = id_number("19810808", 8)
THERE: Final = "上海市样本区樱花路9号"
PLACE: Final = {"出生地": "上海市样本区", "籍贯": "上海市样本区"}
# Another family: 赵大海, 钱芳 and their son.
CARD: Final = portrait({"姓名": "赵大海", "出生": "1979年9月9日", "住址": THERE, "公民身份号码": HIS_NUMBER})
HOME: Final = home({"户主姓名": "赵大海", "户号": "310199000999", "住址": THERE})
HE: Final = father({**PLACE, "姓名": "赵大海", "出生日期": "1979年9月9日", "公民身份证件编号": HIS_NUMBER})
SHES: Final[Cells] = {**PLACE, "姓名": "钱芳", "出生日期": "1981年8月8日", "公民身份证件编号": HER_NUMBER}
SHE: Final = mother(SHES)
SON: Final[Cells] = {
    **PLACE,
    "姓名": "赵小海",
    "户主或与户主关系": "子",
    "性别": "男",
    "出生日期": "2012年3月4日",
    "公民身份证件编号": id_number("20120304", 3),
}
PAPER: Final = certificate(
    {
        "新生儿姓名": "赵小海",
        "性别": "男",
        "出生时间": "2012年3月4日08时30分",
        "出生医学证明编号": "M310000000",
        "母亲姓名": "钱芳",
    },
    father={"父亲姓名": "赵大海", "有效身份证件号码": HIS_NUMBER},
    mother={"有效身份证件号码": HER_NUMBER},
)
# What leaves a doubt about the wife's card in place of the mother's.
NOT_SURELY_ANOTHER: Final[Sequence[Cells]] = (
    {"户主或与户主关系": "儿媳"},
    {"户主或与户主关系": Ink("妻", sure=0.9)},
    {"姓名": Ink("钱芳", sure=0.9)},
    {"姓名": "林芳"},
)
MOTHERS: Final = portrait({"姓名": "林静", "性别": "女", "出生": "1990年2月2日", "公民身份号码": MOTHER_NUMBER})
HER_GUARDIAN: Final = Guardian(name="林静", relation=GuardianRelation.MOTHER, id_number=MOTHER_NUMBER)
# A woman with a booklet of her own and a boy, of another province by their numbers as well.
FAR: Final[Cells] = {**SHES, "户主或与户主关系": "户主", "公民身份证件编号": id_number("19810808", 8, "310199")}
FAR_SON: Final[Cells] = {**SON, "公民身份证件编号": id_number("20120304", 3, "310199")}
OLD: Final = {"出生日期": "1958年1月1日", "公民身份证件编号": id_number("19580101", 7)}
GRANDFATHER: Final = father({**OLD, "姓名": "欧阳大山"})
GRANDMOTHER: Final = mother(
    {"姓名": "周桂香", "出生日期": "1960年6月6日", "公民身份证件编号": id_number("19600606", 6)}
)
UNCLE: Final = father(
    {
        "姓名": "欧阳亮",
        "户主或与户主关系": "次子",
        "出生日期": "1992年2月3日",
        "公民身份证件编号": id_number("19920203", 5),
    }
)
AUNT: Final = mother({**PLACE, "姓名": "孙红", "户主或与户主关系": "儿媳", "公民身份证件编号": None})
# The child in the booklet of a grandfather.
BELOW: Final = (
    portrait(),
    emblem(),
    home({"户主姓名": "欧阳大山"}),
    father({"户主或与户主关系": "长子"}),
    member({"户主或与户主关系": "孙女"}),
)
COLLECTIVE: Final = (
    portrait(),
    emblem(),
    home({"户别": "非农业集体户", "户主姓名": None}),
    father({"户主或与户主关系": None}),
    member({"户主或与户主关系": None}),
)
# A mother in a booklet of her own.
APART: Final = (
    portrait({"姓名": "林静", "性别": "女", "出生": "1990年2月2日", "住址": "样本", "公民身份号码": MOTHER_NUMBER}),
    emblem(),
    mother({"户主或与户主关系": "户主"}),
    member(),
)
# A mother and her child, who has her surname.
SINGLE: Final = (
    MOTHERS,
    emblem(),
    home({"户主姓名": "林静"}),
    mother({"户主或与户主关系": "户主"}),
    member({"姓名": "林靖萱"}),
)
NEWBORN: Final = {"id_type": IdType.BIRTH_CERTIFICATE, "id_number": None}
AT_HOSPITAL: Final = {**NEWBORN, "birth_certificate_number": CERTIFICATE_NUMBER}


def sibling(change: Cells) -> PageReading:
    """A brother of seven."""
    born: Cells = {"姓名": "欧阳子涵", "性别": "男", "户主或与户主关系": "子", "出生日期": "2017年5月6日"}
    return member({**born, "公民身份证件编号": id_number("20170506", 5), **change})


def judged(*pages: PageReading, **typed: Any) -> Judgement:
    return judge(dossier(*pages, **typed), (), READER)


def told(findings: Sequence[Finding]) -> list[tuple[Code, Reason]]:
    return [(finding.code, finding.reason) for finding in findings]


def named(judgement: Judgement) -> set[str | None]:
    """The files that are called strangers' for a person to look at."""
    found = [one for one in judgement.findings if (one.code, one.reason) == WRONG]
    assert all(one.severity is Severity.REVIEW for one in found)
    assert all("可能不是孩子或其家人的，需要人工审核" in one.message for one in found)
    return {one.file for one in found}


@pytest.mark.parametrize("whole", [FAMILY, (*FAMILY, mother()), (*FAMILY, mother(), certificate()), BELOW, COLLECTIVE])
@pytest.mark.parametrize(
    "papers",
    [
        pytest.param([CARD], id="an ID card"),
        pytest.param([HOME], id="a 首页"),
        pytest.param([HE], id="the card of a head"),
        pytest.param([member(SON)], id="a child's card"),
        pytest.param([PAPER], id="a certificate"),
        pytest.param([CARD, HOME, HE, member(SON), PAPER], id="all of them"),
    ],
)
def test_a_strangers_page_beside_a_complete_application_asks_a_person(
    whole: Sequence[PageReading], papers: Sequence[PageReading]
) -> None:
    judgement = judged(*whole, *papers)
    assert judgement.decision is Decision.REVIEW
    assert set(told(judgement.findings)) == {WRONG}
    assert named(judgement) == {f"{len(whole) + at}.jpg" for at in range(1, len(papers) + 1)}


@pytest.mark.parametrize(
    ("whole", "papers", "typed", "strangers"),
    [
        pytest.param((*FAMILY, mother()), [SHE], {}, {7}, id="a second wife of one head, who is not the mother"),
        pytest.param(
            (*FAMILY, mother(), certificate()),
            [HOME, HE, SHE, member(SON)],
            {},
            {8, 9, 10, 11},
            id="a booklet",
        ),
        pytest.param(FAMILY, [HOME, HE, SHE, member(SON)], {}, {6, 7, 9}, id="a wife who may be the mother"),
        pytest.param(
            (MOTHERS, emblem(), home(), mother(), member()),
            [HOME, HE, SHE, member(SON)],
            {"guardian": HER_GUARDIAN},
            {6, 7, 8, 9},
            id="the mother applies, and the father is not named",
        ),
        pytest.param(FAMILY, [GRANDFATHER], {}, {6}, id="the card of a grandfather from a booklet of his own"),
        pytest.param(
            FAMILY,
            [portrait({"姓名": "周桂香", "住址": THERE, "公民身份号码": id_number("19600606", 6)})],
            {},
            {6},
            id="the ID card of a grandmother outside of the household, or of a nanny",
        ),
        pytest.param(
            FAMILY,
            [portrait({"姓名": Ink("赵大海", sure=0.9), "住址": THERE, "公民身份号码": HIS_NUMBER})],
            {},
            {6},
            id="a name that is hard to read beside a number that is another",
        ),
        pytest.param(
            BELOW,
            [home({"户主姓名": "欧阳大海", "住址": THERE}), GRANDFATHER],
            {},
            {6},
            id="a second grandfather",
        ),
        pytest.param(
            (*BELOW[:2], *BELOW[3:], home({"户主姓名": "赵大海", "住址": THERE})),
            [home({"户主姓名": "孙大河", "住址": "样本路"})],
            {},
            {5, 6},
            id="two 首页 of which neither fits better",
        ),
        pytest.param(
            FAMILY, [sibling({"姓名": "欧阳子涵", **PLACE})], {}, {6}, id="the same surname, from another province"
        ),
        pytest.param(
            COLLECTIVE,
            [HE, father({**OLD, "姓名": "孙大河", "户主或与户主关系": None})],
            {},
            {6, 7},
            id="people of a 集体户",
        ),
        pytest.param(
            FAMILY,
            [HOME, AUNT],
            {},
            {6, 7},
            id="a relative of no head in particular beside another booklet",
        ),
        pytest.param(BELOW, [mother({"户主或与户主关系": "儿媳"}), AUNT], {}, {7}, id="two wives of one son"),
        pytest.param(BELOW, [SHE], {}, {6}, id="a wife of the head who is no grandmother by her age"),
        pytest.param(
            (MOTHERS, emblem(), home({"户主姓名": "林静"}), mother({"户主或与户主关系": "户主"}), member()),
            [SHE],
            {"guardian": HER_GUARDIAN},
            {6},
            id="a wife where the head is a woman",
        ),
        pytest.param(COLLECTIVE, [SHE], {}, {6}, id="a wife where there is no head"),
        pytest.param(
            (*BELOW, GRANDFATHER),
            [father({**PLACE, **OLD, "姓名": "赵大海", "户主或与户主关系": "夫"})],
            {},
            {7},
            id="a husband where the grandparent who is the head is a man",
        ),
        pytest.param(
            FAMILY,
            [home({"户别": "非农业集体户", "户主姓名": None, "住址": THERE})],
            {},
            {6},
            id="the 首页 of a 集体户",
        ),
        pytest.param(
            COLLECTIVE,
            [home({"户别": "非农业集体户", "户主姓名": None, "住址": THERE})],
            {},
            {6},
            id="of another one",
        ),
        pytest.param(FAMILY, [member({**SON, "户主或与户主关系": None})], {}, {6}, id="a child of a 集体户"),
        pytest.param(
            (*FAMILY[:4], member({"姓名": "靖萱"})),
            [member({**SON, "户主或与户主关系": None})],
            {"child": {"name": "靖萱"}},
            {6},
            id="the same, where surnames do not tell",
        ),
        pytest.param(
            (*APART, home({"户主姓名": "林静", "住址": THERE})),
            [home({"户主姓名": f"欧阳{one}", "住址": f"样本路11号之{one}"}) for one in "大小"],
            {"guardian": HER_GUARDIAN},
            {6, 7},
            id="two men of the child's surname, either of whom may be the father",
        ),
        pytest.param(FAMILY, [HE, CARD], {"guardian": None}, {6, 7}, id="nobody is named"),
        pytest.param(
            FAMILY,
            [
                passport(td3("E76543210"), name="赵大海"),
                hk_macau_permit({"姓名": "赵大海"}),
                military_id({"姓名": "赵大海"}),
            ],
            {},
            {6, 7, 8},
            id="what stands for another's ID card",
        ),
        pytest.param(
            (passport(), *FAMILY[2:]),
            [passport(td3("E76543210"), name="赵大海")],
            {"guardian": Guardian(name="欧阳明", relation=GuardianRelation.FATHER, id_type=GuardianIdType.PASSPORT)},
            {5},
            id="another's passport beside the guardian's",
        ),
        pytest.param(
            FAMILY,
            [sibling({"出生日期": "1996年5月6日", "公民身份证件编号": id_number("19960506", 5)})],
            {},
            {6},
            id="a son whom the head had at eight",
        ),
        pytest.param(
            (*FAMILY[:4], member({"户主或与户主关系": "长女"})),
            [sibling({"户主或与户主关系": "长女", "性别": "女"})],
            {},
            {6},
            id="a second eldest daughter of one head",
        ),
        pytest.param((*FAMILY, sibling({})), [AUNT], {}, {7}, id="the wife of a son who is a boy"),
        pytest.param((*FAMILY, certificate()), [SHE], {}, {7}, id="a lone wife beside a certificate of the mother's"),
        pytest.param((*BELOW, certificate()), [AUNT], {}, {7}, id="a lone wife of a son, beside the same"),
        pytest.param(
            (*FAMILY[:4], member({"户主或与户主关系": "子", "性别": "男"})), [AUNT], {}, {6}, id="a child's wife"
        ),
        pytest.param(
            (*FAMILY[:4], member({"姓名": "古丽·欧阳明"})),
            [sibling({"姓名": "阿迪力·艾山"})],
            {"child": {"name": "古丽·欧阳明"}},
            {6},
            id="a name in parts that has nothing of the father's",
        ),
        pytest.param(
            SINGLE,
            [father({**PLACE, "姓名": "赵大海", "公民身份证件编号": HIS_NUMBER})],
            {"guardian": HER_GUARDIAN, "child": {"name": "林靖萱"}},
            {6},
            id="a head of another province beside a single mother",
        ),
    ],
)
def test_which_pages_are_strangers(
    whole: Sequence[PageReading], papers: Sequence[PageReading], typed: Mapping[str, Any], strangers: set[int]
) -> None:
    assert named(judged(*whole, *papers, **typed)) == {f"{at}.jpg" for at in strangers}


@pytest.mark.parametrize(
    ("whole", "papers", "typed"),
    [
        pytest.param(FAMILY, [mother()], {}, id="the mother, whom nobody names"),
        pytest.param(FAMILY, [mother(), MOTHERS], {}, id="her ID card"),
        pytest.param((*FAMILY, certificate()), [MOTHERS], {}, id="her ID card by the certificate alone"),
        pytest.param(FAMILY, [sibling({})], {}, id="a brother"),
        pytest.param(
            (*FAMILY, mother()),
            [sibling({"姓名": "林子涵"})],
            {},
            id="a brother with the mother's surname",
        ),
        pytest.param(
            (*FAMILY, certificate()),
            [sibling({"姓名": "林子涵"})],
            {},
            id="her surname, from the certificate",
        ),
        pytest.param(
            FAMILY,
            [sibling({"籍贯": Ink("上海市样本区", sure=0.9)})],
            {},
            id="a brother, 籍贯 hard to read",
        ),
        pytest.param(
            FAMILY,
            [member({**SON, "姓名": Ink("赵小海", sure=0.9)})],
            {},
            id="a name that is hard to read",
        ),
        pytest.param(
            FAMILY,
            [portrait({"姓名": Ink("赵大海", sure=0.9), "住址": THERE, "公民身份号码": Ink(HIS_NUMBER, sure=0.9)})],
            {},
            id="an ID card that is",
        ),
        pytest.param(FAMILY, [home()], {}, id="the 首页 twice"),
        pytest.param(
            (*FAMILY, certificate({"母亲姓名": "陈伟"})),
            [mother({"姓名": "陳偉", "公民身份证件编号": None})],
            {},
            id="a mother whose card has another form of each of her characters",
        ),
        pytest.param(
            (*FAMILY, certificate({"母亲姓名": "陈伟"})),
            [sibling({"姓名": "陳子涵"})],
            {},
            id="a brother with her surname in another form",
        ),
        pytest.param(
            (*FAMILY, certificate({"母亲姓名": "陈伟"})),
            [home({"户主姓名": "陳偉", "住址": THERE}), mother({"姓名": "陈伟", "户主或与户主关系": "户主"})],
            {},
            id="a booklet of hers with another form of her name",
        ),
        pytest.param(
            (*FAMILY, certificate({"母亲姓名": "陈伟"}, mother={"有效身份证件号码": None})),
            [
                certificate(
                    {"新生儿姓名": "欧阳子涵", "出生时间": "2017年5月6日08时30分", "母亲姓名": "陳偉"}, father={}
                )
            ],
            {},
            id="a brother's certificate with another form of her name",
        ),
        pytest.param(
            (*FAMILY, certificate()),
            [passport()],
            {},
            id="the father's passport",
        ),
        pytest.param(
            (*FAMILY, certificate()),
            [passport(td3(state="CAN", names="SMITH<<JOHN"), name=None), permanent_resident({"姓名": "约翰"})],
            {},
            id="papers of foreigners, who may be the parents by their names in Latin letters",
        ),
        pytest.param(FAMILY, [home({"户主姓名": "赵大海"})], {}, id="a 首页 of the same address"),
        pytest.param(
            FAMILY,
            [portrait({"姓名": "周桂香", "公民身份号码": id_number("19600606", 6)})],
            {},
            id="the ID card of a grandmother who lives there",
        ),
        pytest.param(
            FAMILY,
            [portrait({"姓名": "欧阳靖萱", "性别": "女", "住址": THERE, "公民身份号码": CHILD_NUMBER})],
            {},
            id="the child's own ID card",
        ),
        pytest.param(
            FAMILY,
            [portrait({"姓名": "欧阳朋", "住址": THERE, "公民身份号码": None})],
            {},
            id="a single character is little",
        ),
        pytest.param(BELOW, [GRANDFATHER, GRANDMOTHER, UNCLE], {}, id="grandparents and an uncle"),
        pytest.param(
            BELOW,
            [mother({"户主或与户主关系": "儿媳"}), sibling({"户主或与户主关系": "孙子"})],
            {},
            id="the child's own",
        ),
        pytest.param((*BELOW[:2], *BELOW[3:]), [home({"户主姓名": "赵大海"})], {}, id="any head of the same address"),
        pytest.param(
            (*FAMILY, home({"户主姓名": "林建国", "住址": THERE})),
            [mother({"户主或与户主关系": "女"})],
            {},
            id="the mother in her father's booklet",
        ),
        pytest.param(
            FAMILY,
            [home({"户主姓名": "林静", "住址": THERE}), mother({"户主或与户主关系": "户主"})],
            {},
            id="the mother in a booklet of her own",
        ),
        pytest.param(
            (MOTHERS, emblem(), home(), father(), mother({"户主或与户主关系": "女"}), member()),
            [home({"户主姓名": "林建国", "住址": THERE}), father({**OLD, "姓名": "林建国"})],
            {"guardian": HER_GUARDIAN},
            id="the mother, who applies, in her father's booklet",
        ),
        pytest.param(
            (
                *(MOTHERS, emblem(), home({"户主姓名": "木呷·吉克"}), father({"姓名": "木呷·吉克"})),
                *(mother({"户主或与户主关系": "女"}), member({"姓名": "曲比·石一"})),
            ),
            [home({"户主姓名": "林建国", "住址": THERE})],
            {"guardian": HER_GUARDIAN, "child": {"name": "曲比·石一"}},
            id="the same, of a father and a child without surnames",
        ),
        pytest.param(
            (*FAMILY, mother(), certificate()),
            [certificate({"新生儿姓名": "欧阳靖瑶", "出生医学证明编号": "T110000001"})],
            {"child": {"birth_certificate_number": CERTIFICATE_NUMBER}},
            id="a twin's certificate",
        ),
        pytest.param(
            FAMILY,
            [
                certificate(
                    {
                        "新生儿姓名": "欧阳子涵",
                        "出生时间": "2017年5月6日08时30分",
                        "母亲姓名": Ink("林静", sure=0.8),
                    }
                )
            ],
            {},
            id="a brother's certificate alone",
        ),
        pytest.param(
            FAMILY,
            [
                certificate(
                    {"新生儿姓名": "赵小海", "出生时间": "2012年3月4日08时30分", "母亲姓名": Ink("钱芳", sure=0.8)},
                    father={"父亲姓名": Ink("赵大海", sure=0.8)},
                    mother={},
                )
            ],
            {},
            id="a certificate whose parents are hard to read",
        ),
        pytest.param(BELOW, [mother({"户主或与户主关系": "儿媳"}), UNCLE, AUNT], {}, id="an uncle with his wife"),
        pytest.param(
            (portrait({"住址": "样本路"}), *COLLECTIVE[1:]), [COLLECTIVE[2]], {}, id="the 首页 of a 集体户 twice"
        ),
        pytest.param(
            (portrait({"住址": "样本路"}), *COLLECTIVE[1:4], member({"姓名": "靖萱", "户主或与户主关系": None})),
            [sibling({"姓名": "赵小海", "户主或与户主关系": None})],
            {"child": {"name": "靖萱"}},
            id="a 集体户 of people without surnames",
        ),
        pytest.param(
            (*APART, home({"户主姓名": "欧阳明", "住址": "样本路11号之一"})),
            [home({"户主姓名": "林静", "住址": THERE})],
            {"guardian": HER_GUARDIAN},
            id="a mother in a booklet of her own, the child in the father's, whom nobody names",
        ),
        pytest.param(
            COLLECTIVE[:2],
            [
                home({"户别": "非农业集体户", "户主姓名": "样本公司"}),
                father({"户主或与户主关系": "非亲属"}),
                member({"户主或与户主关系": "非亲属"}),
            ],
            {},
            id="a 集体户 that has a head, who is kin of nobody",
        ),
        pytest.param(
            FAMILY,
            [member({**SON, "户主或与户主关系": Ink("口木", sure=0.02)})],
            {},
            id="a relation that cannot be read",
        ),
        pytest.param(COLLECTIVE, [mother({"户主或与户主关系": None})], {}, id="the mother in a 集体户"),
        pytest.param(
            FAMILY, [sibling({"姓名": None, "公民身份证件编号": None})], {}, id="a card without a name and a number"
        ),
        pytest.param(COLLECTIVE, [sibling({"户主或与户主关系": None})], {}, id="a brother in a 集体户"),
        pytest.param(
            FAMILY,
            [father({"姓名": "孙大河", "户主或与户主关系": "非亲属", "公民身份证件编号": HIS_NUMBER})],
            {},
            id="a lodger in the register",
        ),
        pytest.param(
            (*FAMILY[:4], member({"姓名": "古丽·欧阳明"})),
            [sibling({"姓名": "赵小海"})],
            {"child": {"name": "古丽·欧阳明"}},
            id="names without surnames",
        ),
        pytest.param(
            (*FAMILY[:4], member({"姓名": "古丽·欧阳明"})),
            [sibling({"姓名": "阿迪力·阳明"})],
            {"child": {"name": "古丽·欧阳明"}},
            id="a part that is spelt in two ways",
        ),
        pytest.param(
            (*BELOW[:3], father({"姓名": "欧阳明·大山", "户主或与户主关系": "长子"}), member({"姓名": "古丽·欧阳明"})),
            [sibling({"姓名": "阿迪力·艾力", "户主或与户主关系": "孙子"})],
            {"child": {"name": "古丽·欧阳明"}},
            id="a cousin with a part of an uncle's name",
        ),
        pytest.param(
            SINGLE,
            [father({"姓名": "赵大海", "公民身份证件编号": HIS_NUMBER})],
            {"guardian": HER_GUARDIAN, "child": {"name": "林靖萱"}},
            id="a head beside a single mother, who may be the father by his 籍贯",
        ),
        pytest.param(FAMILY, [mother(FAR)], {}, id="a mother of elsewhere in a booklet of her own"),
        pytest.param(
            (*FAMILY[:4], member({"姓名": "靖萱"})),
            [sibling({"姓名": "赵小海"})],
            {"child": {"name": "靖萱"}},
            id="a child with the surname of nobody",
        ),
        pytest.param((CARD, *FAMILY[1:4]), [member()], {"guardian": None}, id="nobody is named, and one card came"),
    ],
)
def test_relatives_and_doubts_are_no_strangers(
    whole: Sequence[PageReading], papers: Sequence[PageReading], typed: Mapping[str, Any]
) -> None:
    assert WRONG not in told(judged(*whole, *papers, **typed).findings)


@pytest.mark.parametrize(
    ("pages", "typed", "codes", "file"),
    [
        pytest.param([CARD, *FAMILY[1:]], {}, [WRONG], "1.jpg", id="an ID card"),
        pytest.param(
            [*FAMILY[:2], HOME, *FAMILY[3:], mother()], {}, [WRONG], "3.jpg", id="a 首页 instead of the couple's"
        ),
        pytest.param([*FAMILY[:3], HE, *FAMILY[4:]], {}, [WRONG], "4.jpg", id="the card of a head"),
        pytest.param([*FAMILY[:4], member(SON)], {}, [WRONG], "5.jpg", id="a child's card"),
        pytest.param(
            [*FAMILY[:4], mother(), PAPER], {"child": NEWBORN}, [WRONG], "6.jpg", id="a stranger's certificate"
        ),
        pytest.param(
            [*FAMILY[:4], mother(), certificate({"新生儿姓名": "欧阳靖瑶", "出生医学证明编号": "T110000001"})],
            {"child": AT_HOSPITAL},
            [WRONG],
            "6.jpg",
            id="a twin's certificate",
        ),
        pytest.param(
            [*FAMILY[:4], HE, certificate()],
            {"child": AT_HOSPITAL},
            [WRONG],
            "5.jpg",
            id="instead of the mother's card",
        ),
        pytest.param(
            [MOTHERS, *FAMILY[1:3], SHE, *FAMILY[4:]],
            {"guardian": HER_GUARDIAN},
            [WRONG],
            "4.jpg",
            id="a wife of the father's, who is not the mother",
        ),
        pytest.param(
            [*FAMILY, SHE, certificate()], {"child": AT_HOSPITAL}, [WRONG], "6.jpg", id="the same beside his card"
        ),
        *(
            pytest.param(
                [MOTHERS, *FAMILY[1:3], mother({**SHES, **change}), *FAMILY[4:]],
                {"guardian": HER_GUARDIAN},
                [MISSING],
                None,
                id=f"a wife who may be the mother, or is of another couple: {change}",
            )
            for change in NOT_SURELY_ANOTHER
        ),
    ],
)
def test_a_strangers_page_in_place_of_ours_returns(
    pages: Sequence[PageReading], typed: Mapping[str, Any], codes: list[tuple[Code, Reason]], file: str | None
) -> None:
    judgement = judged(*pages, **typed)
    rejected = [one for one in judgement.findings if one.severity is Severity.REJECT]
    assert (judgement.decision, told(rejected)) == (Decision.RETURNED, codes)
    assert rejected[0].file == file


@pytest.mark.parametrize(
    ("pages", "missing", "files"),
    [
        pytest.param([*BELOW[:3], mother(FAR), BELOW[4]], MISSING, {"4.jpg"}, id="a head, who may be the mother"),
        pytest.param(
            [*BELOW[:3], mother({**FAR, "姓名": Ink("钱芳", sure=0.9)}), BELOW[4]],
            MISSING,
            {"4.jpg"},
            id="a name that is hard to read",
        ),
        pytest.param(
            [*BELOW[:3], mother({**FAR, "户主或与户主关系": Ink("口木", sure=0.02)}), BELOW[4]],
            MISSING,
            {"4.jpg"},
            id="a relation that cannot be read",
        ),
        pytest.param(
            [*FAMILY[:4], member({**FAR_SON, "姓名": Ink("赵小海", sure=0.9)})],
            (Code.PAGE_MISSING, Reason.CHILD_PAGE),
            {"5.jpg"},
            id="a child whose name is hard to read",
        ),
        pytest.param(
            [*BELOW[:3], mother({**FAR, "公民身份证件编号": HER_NUMBER}), BELOW[4]],
            MISSING,
            set(),
            id="of the same county",
        ),
        pytest.param(
            [*BELOW[:3], mother({**FAR, "公民身份证件编号": None}), BELOW[4]], MISSING, set(), id="without a number"
        ),
        pytest.param(
            [*BELOW[:3], father({**OLD, **FAR, "姓名": "欧阳大山"}), BELOW[4]],
            MISSING,
            set(),
            id="the grandfather whom the 首页 names",
        ),
        pytest.param([*FAMILY[:3], *FAMILY[4:]], MISSING, set(), id="nothing came"),
    ],
)
def test_a_page_that_perhaps_came_in_place_of_ours_is_named(
    pages: Sequence[PageReading], missing: tuple[Code, Reason], files: set[str]
) -> None:
    judgement = judged(*pages)
    rejected = [one for one in judgement.findings if one.severity is Severity.REJECT]
    remarked = [one for one in judgement.findings if one.severity is Severity.WARNING]
    assert (judgement.decision, told(rejected)) == (Decision.RETURNED, [missing])
    assert (set(told(remarked)), {one.file for one in remarked}) == ({WRONG} if files else set(), files)


def test_a_head_whom_the_family_may_not_have_named_is_a_doubt_and_fills_the_place() -> None:
    judgement = judged(*FAMILY[:2], HOME, *FAMILY[3:])
    assert (judgement.decision, told(judgement.findings)) == (Decision.REVIEW, [WRONG])
    assert judgement.findings[0].message == "户口本首页可能不是孩子或其家人的，需要人工审核。"


def test_what_strangers_are_called_in_a_result() -> None:
    fields = judged(*FAMILY, HE, member(SON), PAPER).fields
    assert {one.person for one in fields if one.file in ("6.jpg", "7.jpg", "8.jpg")} == {Person.OTHER, None}
    sisters = certificate({"新生儿姓名": "欧阳子涵", "出生时间": "2017年5月6日08时30分"})
    fields = judged(*FAMILY, mother(), sisters).fields
    people = {one.person for one in fields if one.file == "7.jpg"}
    assert people == {Person.OTHER, Person.MOTHER, Person.FATHER, None}


@pytest.mark.parametrize(
    ("change", "typed", "tie"),
    [
        pytest.param({}, {}, Tie.FAMILY, id="the child's"),
        pytest.param({"新生儿姓名": "欧阳静怡"}, {}, Tie.FAMILY, id="another name alone may be mistyped"),
        pytest.param({"出生时间": "2017年5月6日08时30分"}, {}, Tie.FAMILY, id="another day alone may be"),
        pytest.param(
            {"新生儿姓名": "欧阳静萱", "出生时间": "2017年5月6日08时30分"},
            {},
            Tie.FAMILY,
            id="a single character is little",
        ),
        pytest.param(
            {"新生儿姓名": "欧阳静怡", "出生时间": "2017年5月6日08时30分"},
            {},
            Tie.ANOTHER_CHILD,
            id="another name and day",
        ),
        pytest.param(
            {"新生儿姓名": "欧阳静怡"},
            {"birth_certificate_number": "T110000009"},
            Tie.ANOTHER_CHILD,
            id="another name and number",
        ),
        pytest.param(
            {"新生儿姓名": Ink("欧阳静怡", sure=0.9)},
            {"birth_certificate_number": "T110000009"},
            Tie.FAMILY,
            id="a name that is hard to read",
        ),
        pytest.param(
            {"新生儿姓名": "林静之女"},
            {"birth_certificate_number": "T110000009"},
            Tie.FAMILY,
            id="a name that the hospital gave",
        ),
        pytest.param(
            {"新生儿姓名": "欧阳静怡"},
            {"name": "林静之女", "birth_certificate_number": "T110000009"},
            Tie.FAMILY,
            id="such a name in the form",
        ),
    ],
)
def test_another_childs_certificate(change: Cells, typed: Mapping[str, Any], tie: Tie) -> None:
    assert dossier(*FAMILY, mother(), certificate(change), child=typed).pages[-1].tie is tie


@pytest.mark.parametrize(
    ("block", "guardian", "tie"),
    [
        pytest.param(
            {"父亲姓名": "赵大海", "有效身份证件号码": HIS_NUMBER}, GUARDIAN, Tie.STRANGER, id="another father"
        ),
        pytest.param({"父亲姓名": "赵大海"}, GUARDIAN, Tie.FAMILY, id="the father's number, whatever the name"),
        pytest.param({"父亲姓名": "赵大海"}, Guardian(name="欧阳明"), Tie.FAMILY, id="a guardian who says nothing"),
        pytest.param({"父亲姓名": "赵大海"}, None, Tie.FAMILY, id="nobody is named"),
    ],
)
def test_a_certificate_with_another_name_and_another_father(block: Cells, guardian: Guardian | None, tie: Tie) -> None:
    number = {"有效身份证件号码": GUARDIAN.id_number, **block}
    paper = certificate(
        {"新生儿姓名": "赵小海", "母亲姓名": "钱芳"}, father=number, mother={"有效身份证件号码": HER_NUMBER}
    )
    assert dossier(*FAMILY, paper, guardian=guardian).pages[-1].tie is tie


@pytest.mark.parametrize(
    ("name", "born", "number", "tie"),
    [
        pytest.param("钱芳之子", APART_BORN, HIS_NUMBER, Tie.STRANGER, id="a name that the hospital gave"),
        pytest.param(Ink("赵小海", sure=0.9), APART_BORN, HIS_NUMBER, Tie.STRANGER, id="a name that is hard to read"),
        pytest.param(
            Ink("欧阳静怡", sure=0.9), APART_BORN, HIS_NUMBER, Tie.FAMILY, id="such a one, which may be the child's"
        ),
        pytest.param(Ink("口口", sure=0.02), APART_BORN, HIS_NUMBER, Tie.FAMILY, id="a name that cannot be read"),
        pytest.param("钱芳之子", CHILDS_BORN, HIS_NUMBER, Tie.FAMILY, id="the child's birth, and another father"),
        pytest.param(
            "钱芳之子", APART_BORN, GUARDIAN.id_number, Tie.FAMILY, id="another birth, and the father's number"
        ),
    ],
)
def test_a_certificate_whose_name_tells_little(name: Words, born: str, number: str, tie: Tie) -> None:
    paper = certificate(
        {"新生儿姓名": name, "出生时间": born, "母亲姓名": "钱芳"},
        father={"父亲姓名": Ink("赵大海", sure=0.9), "有效身份证件号码": number},
        mother={"有效身份证件号码": HER_NUMBER},
    )
    assert dossier(*FAMILY, paper).pages[-1].tie is tie


@pytest.mark.parametrize(
    ("pages", "guardian", "tie"),
    [
        pytest.param([*FAMILY, mother(FAR)], GUARDIAN, Tie.POSSIBLE, id="a mother of elsewhere, perhaps"),
        pytest.param([*FAMILY, member(SON)], GUARDIAN, Tie.DOUBTFUL, id="a surname and a province may be a stepson's"),
        pytest.param(
            [*FAMILY, home({"户主姓名": Ink("赵大海", sure=0.9), "住址": THERE})],
            GUARDIAN,
            Tie.DOUBTFUL,
            id="a 首页 of another address, whose head is hard to read and like nobody",
        ),
        pytest.param(
            [*FAMILY, home({"户主姓名": None, "住址": THERE})], GUARDIAN, Tie.DOUBTFUL, id="one whose head is not read"
        ),
        pytest.param([*FAMILY, home({"户主姓名": None})], GUARDIAN, Tie.FAMILY, id="one of the family's address"),
        pytest.param(
            [*FAMILY, mother(), certificate(), mother({**FAR, "姓名": "赵小花", "户主或与户主关系": "儿媳"})],
            GUARDIAN,
            Tie.DOUBTFUL,
            id="a son's wife of elsewhere, and the mother is another",
        ),
        pytest.param([*FAMILY, HE], GUARDIAN, Tie.STRANGER, id="the head of a booklet that is not the family's"),
        pytest.param(
            [*BELOW[:2], *BELOW[3:], GRANDFATHER, father({**OLD, "姓名": "欧阳大河"})],
            GUARDIAN,
            Tie.DOUBTFUL,
            id="one of two heads, either of whom may be the grandfather: their order tells nothing",
        ),
        pytest.param(
            [MOTHERS, *FAMILY[1:3], member(), SHE], HER_GUARDIAN, Tie.DOUBTFUL, id="no grandmother by her age"
        ),
        pytest.param(
            [MOTHERS, *FAMILY[1:3], member(), GRANDMOTHER],
            Guardian(name="林静", relation=GuardianRelation.MOTHER),
            Tie.FAMILY,
            id="one by the child's age, the mother's not being known",
        ),
        pytest.param(
            [MOTHERS, *FAMILY[1:3], member(), SHE],
            Guardian(name="林静", relation=GuardianRelation.MOTHER),
            Tie.FAMILY,
            id="who may be one by the child's age alone",
        ),
    ],
)
def test_what_is_certain_of_the_last_page(pages: Sequence[PageReading], guardian: Guardian, tie: Tie) -> None:
    assert dossier(*pages, guardian=guardian).pages[-1].tie is tie


@pytest.mark.parametrize(
    ("address", "tie"),
    [
        pytest.param(THERE, Tie.DOUBTFUL, id="of another address"),
        pytest.param("北京市样本区梧桐路18号", Tie.FAMILY, id="of the family's address"),
    ],
)
def test_an_id_card_whose_holder_is_hard_to_read_and_like_nobody(address: str, tie: Tie) -> None:
    card = portrait({"姓名": Ink("赵大海", sure=0.9999, weak={2: 0.95}), "公民身份号码": None, "住址": address})
    held = dossier(*FAMILY[:4], member({"姓名": "欧阳静"}), card, child={"name": "欧阳静"}, guardian=GUARDIAN)
    assert held.pages[-1].tie is tie
    assert (WRONG in told(judge(held, (), READER).findings)) is (tie is Tie.DOUBTFUL)
