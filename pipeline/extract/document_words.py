"""The words of documents that parents send and that are none of ours: titles, labels, words of their own."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from models.documents import OtherDocument


class Words(NamedTuple):
    """The words on a document.

    Attributes:
        titles: Each is enough, alone in a line; also behind other words in a line that is taller than the rest.
        labels: `least` of them are enough; so many never stand on a page of ours.
        never: Each keeps a page from being taken for one of ours, and names the document where nothing else does.
        mark: A pattern in one line that is enough.
    """

    titles: tuple[str, ...]
    labels: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    least: int = 2
    mark: str | None = None


DOCUMENTS: Final[Mapping[OtherDocument, Words]] = MappingProxyType(
    {
        OtherDocument.DRIVING_LICENCE: Words(
            ("机动车驾驶证", "驾驶证"), ("初次领证日期", "准驾车型", "档案编号"), ("驾驶证", "准驾车型")
        ),
        OtherDocument.VEHICLE_LICENCE: Words(
            ("机动车行驶证", "行驶证"),
            ("号牌号码", "车辆类型", "使用性质", "品牌型号", "车辆识别代号", "发动机号码"),
            ("行驶证", "号牌号码"),
        ),
        OtherDocument.SOCIAL_SECURITY_CARD: Words(
            ("社会保障卡", "社会保障", "医疗保障卡", "医保卡"),
            ("社会保障号码", "社会保障卡号", "发卡日期"),
            ("社会保障号", "社会保障卡"),
        ),
        OtherDocument.MARRIAGE_CERTIFICATE: Words(
            ("结婚证",), ("持证人", "结婚证字号", "婚姻登记专用章", "婚姻登记员"), ("结婚证",)
        ),
        OtherDocument.DIVORCE_CERTIFICATE: Words(
            ("离婚证", "离婚协议书"), ("离婚证字号", "持证人", "婚姻登记专用章", "婚姻登记员"), ("离婚证",)
        ),
        OtherDocument.HOUSEHOLD_PROOF: Words(
            ("户籍证明", "户口证明", "户籍信息证明"), ("特此证明", "户口专用章"), ("户籍证明",)
        ),
        OtherDocument.REGISTRATION_FORM: Words(
            ("常住人口登记表", "暂住人口登记表"),
            ("监护关系", "居民身份证签发日期", "何时何因由何地迁来"),
            ("常住人口登记表",),
        ),
        OtherDocument.MIGRATION_CERTIFICATE: Words(
            ("户口迁移证", "迁移证"), ("迁移原因", "原住址", "迁往地址"), ("户口迁移证", "迁移原因")
        ),
        OtherDocument.PERMIT_TO_MOVE: Words(
            ("户口准迁证", "准迁证", "准予迁入证明"),
            ("与迁移人关系", "现住地址", "迁移人"),
            ("户口准迁证", "与迁移人关系"),
        ),
        OtherDocument.MEDICAL_RECORD: Words(
            ("住院病案首页", "病案首页", "住院病历", "门诊病历", "病历", "病历本", "门诊病历本"),
            (
                "医疗付费方式",
                "健康卡号",
                "病案号",
                "新生儿出生体重",
                "新生儿入院体重",
                "入院途径",
                "出院诊断",
                "联系人姓名",
            ),
            ("病案号", "病案首页"),
        ),
        OtherDocument.DISCHARGE_SUMMARY: Words(
            ("出院小结", "出院记录", "出院证明", "出院证明书"),
            ("入院诊断", "诊疗经过", "出院医嘱", "入院日期", "出院日期"),
            ("出院医嘱",),
        ),
        OtherDocument.SCREENING: Words(
            ("新生儿疾病筛查单", "新生儿疾病筛查"),
            ("采血日期", "采血单位", "苯丙酮尿症", "先天性甲状腺功能减低症"),
            ("采血日期",),
        ),
        OtherDocument.SCHOOL_RECORD: Words(
            ("学生学籍表", "学籍表", "学籍卡", "学生基本信息表"),
            ("学校标识码", "港澳台侨外", "政治面貌", "学籍辅号", "入学年月", "就读方式", "是否留守儿童"),
            ("学籍",),
        ),
        OtherDocument.MILITARY_ID: Words(
            ("军官证", "警官证", "士兵证", "文职干部证", "义务兵证", "士官证", "文职人员证"),
            ("部别", "军衔", "衔级", "军字第"),
            ("军官证", "军衔"),
        ),
        OtherDocument.HMT_RESIDENCE_PERMIT: Words(
            ("港澳居民居住证", "台湾居民居住证", "港澳台居民居住证"),
            ("通行证号码", "签发次数"),
            ("居民居住证", "通行证号码"),
            mark=r"(?<!\d)8[123]0000(?:19|20)\d{9}[\dX](?!\d)",
        ),
        OtherDocument.RESIDENCE_PERMIT: Words(
            ("居住证", "暂住证", "临时居住证"),
            ("公民身份号码", "居住地址", "户籍地址"),
            ("居住证", "暂住证"),
        ),
        OtherDocument.HK_MACAU_PERMIT: Words(
            ("港澳居民来往内地通行证", "来往内地通行证"),
            ("换证次数", "证件号码", "香港身份证号码", "澳门身份证号码", "永久性居民身份证号码", "停留期限"),
            ("来往内地通行证",),
        ),
        OtherDocument.TAIWAN_PERMIT: Words(
            ("台湾居民来往大陆通行证", "来往大陆通行证"),
            ("签发地点", "签发次数", "证件号码"),
            ("来往大陆通行证",),
            least=3,
        ),
        OtherDocument.EXIT_ENTRY_PERMIT: Words(
            ("往来港澳通行证", "往来台湾通行证", "前往港澳通行证"), (), ("往来港澳通行证", "往来台湾通行证", "前往港澳")
        ),
        OtherDocument.PERMANENT_RESIDENT: Words(
            ("外国人永久居留身份证", "外国人永久居留证", "永久居留身份证"), (), ("永久居留",)
        ),
        OtherDocument.PASSPORT: Words(
            ("护照",),
            ("国家码", "护照号", "签发地点", "有效期至"),
            ("护照号",),
            mark=r"^P[A-Z0-9<]{4}.*<{4}|[A-Z0-9<]{9}\w[A-Z0-9<]{3}\w{7}[MFX<]\w{7}.*<{3}",
        ),
        OtherDocument.VACCINATION_BOOKLET: Words(
            ("预防接种证", "儿童预防接种证", "预防接种记录"),
            ("接种证号", "接种禁忌", "传染病史", "疫苗名称", "接种单位"),
            ("接种证", "预防接种"),
        ),
        OtherDocument.CHILD_HEALTH_HANDBOOK: Words(
            ("母子健康手册", "儿童保健手册", "孕产妇保健手册", "母子保健手册"),
            ("胎次", "建册单位", "建册日期", "出生医学证明号"),
            ("建册",),
        ),
        OtherDocument.BANK_CARD: Words(("借记卡", "信用卡", "银行卡", "储蓄卡"), mark=r"VALID\s*THRU"),
        OtherDocument.ENTRUSTMENT: Words(
            ("委托书", "授权委托书", "监护委托书", "委托监护书", "儿童监护委托书", "未成年人监护委托书"),
            ("委托人", "受托人", "被委托人", "委托事项", "委托期限"),
            ("受托人",),
        ),
        OtherDocument.NOTARY: Words(
            ("公证书", "亲属关系公证书", "委托公证书", "监护公证书", "监护权公证书", "收养公证书", "委托监护公证书"),
            ("公证事项", "兹证明", "公证处", "公证员"),
            ("公证事项",),
            mark=r"\d{4}[）)〕\]].{0,8}证.{0,6}字第?\d+号",
        ),
        OtherDocument.GUARDIANSHIP_PROOF: Words(
            ("监护关系证明", "监护关系证明书", "监护人证明", "监护证明", "监护人资格证明"),
            ("监护人姓名", "被监护人", "监护关系"),
            ("被监护人",),
        ),
        OtherDocument.KINSHIP_PROOF: Words(("亲属关系证明", "亲属关系证明书", "关系证明", "亲子关系证明")),
        OtherDocument.CARE_AGREEMENT: Words(
            tuple(
                f"{whose}委托{what}{paper}"
                for whose in ("", "留守儿童", "农村留守儿童")
                for what in ("监护", "照护", "监护责任", "照护责任")
                for paper in ("协议", "协议书", "确认书")
            ),
            ("委托监护人", "受委托人", "受委托监护人", "委托监护期限"),
            ("委托监护", "委托照护"),
        ),
        OtherDocument.GUARDIAN_DECISION: Words(
            ("指定监护决定书", "指定监护人决定书", "指定监护人证明", "指定监护人通知书", "监护人指定书"),
            never=("指定监护人",),
        ),
        OtherDocument.COURT_RULING: Words(
            ("民事判决书", "民事裁定书", "民事调解书"),
            ("人民陪审员", "审判员", "书记员"),
            mark=r"\d{4}[）)〕\]].{1,6}民\S{1,4}\d+号",
        ),
        OtherDocument.ADOPTION_CERTIFICATE: Words(
            ("收养登记证", "收养证"), ("收养人", "被收养人", "收养登记证字号", "送养人"), ("被收养人",)
        ),
        OtherDocument.BUSINESS_LICENCE: Words(
            ("营业执照",), ("统一社会信用代码", "法定代表人", "经营范围", "注册资本"), ("营业执照",)
        ),
        OtherDocument.PROPERTY_CERTIFICATE: Words(
            ("不动产权证书", "不动产权证", "房屋所有权证", "房产证"),
            ("权利人", "共有情况", "不动产单元号", "权利类型"),
            ("不动产",),
        ),
        OtherDocument.STUDENT_CARD: Words(("学生证",)),
        OtherDocument.TEST_REPORT: Words(
            ("检验报告单", "检验报告", "检查报告单"), ("送检医师", "参考范围", "检验者"), ("送检",)
        ),
        OtherDocument.RECEIPT: Words(
            ("医疗收费票据", "门诊收费票据", "住院收费票据", "收费票据"),
            ("票据代码", "票据号码", "交款人"),
            ("收费票据",),
        ),
        OtherDocument.DISABILITY_CERTIFICATE: Words(
            ("残疾人证",), ("残疾类别", "残疾等级", "残疾人证号", "批准残联"), ("残疾人证", "残疾类别", "残疾等级")
        ),
        OtherDocument.ONE_CHILD_CERTIFICATE: Words(
            ("独生子女父母光荣证", "独生子女光荣证", "独生子女证"), ("子女姓名",), ("光荣证", "独生子女父母"), least=1
        ),
        OtherDocument.BIRTH_REGISTRATION: Words(
            (
                "生育登记服务单",
                "生育登记服务证",
                "生育服务单",
                "生育服务证",
                "生育登记证明",
                "生育登记表",
                "准生证",
                "生育证",
            ),
            ("女方姓名", "男方姓名", "孩次", "预产期", "生育登记"),
            ("女方姓名", "男方姓名", "预产期"),
        ),
        OtherDocument.INSURANCE_CODE: Words(
            ("医保电子凭证", "医保码"),
            ("国家医疗保障局", "亲情账户", "参保地", "医保码"),
            ("医保电子凭证", "亲情账户"),
        ),
        OtherDocument.PATIENT_CARD: Words(
            ("就诊卡", "诊疗卡", "居民健康卡", "电子健康卡", "健康卡"),
            ("就诊卡号", "门诊号", "办卡日期", "诊疗卡号"),
            ("就诊卡", "诊疗卡"),
        ),
        OtherDocument.DIAGNOSIS: Words(
            ("疾病诊断证明书", "诊断证明书", "诊断证明", "疾病证明书"),
            ("临床诊断", "处理意见", "诊断医师"),
            ("诊断证明",),
        ),
        OtherDocument.CARD_RECEIPT: Words(
            ("居民身份证领取凭证", "身份证领取凭证", "领取凭证", "居民身份证申领登记表", "居民身份证受理回执"),
            ("申领原因", "受理日期", "领取日期", "受理单位"),
            ("领取凭证", "申领原因"),
        ),
        OtherDocument.CARE_ELSEWHERE: Words(
            ("异地就医登记备案表", "异地就医备案表", "异地就医备案登记证", "异地就医备案登记表"),
            ("参保地", "备案类型", "就医地", "人员类别"),
            ("异地就医", "备案类型"),
        ),
        OtherDocument.GRADUATION_CERTIFICATE: Words(
            ("毕业证书", "毕业证", "结业证书", "学位证书", "学位证"), (), ("毕业证", "学位证")
        ),
        OtherDocument.SENIOR_CARD: Words(("老年人优待证", "老年优待证", "老年证"), (), ("老年人优待", "老年优待")),
    }
)
