"""托育服务合同的文字：our own wording in the usual order of clauses of the published model texts.

Structure: parties, service, fees and refunds, duties of both, health and safety, information,
change and ending, disputes (see 北京市婴幼儿托育服务合同 BF—2023—2736 for the order; the duty of a
written agreement and of published fees: 托育机构管理规范（试行）). Amounts and refund rules are
those filed; a supplement may not lessen what the institution answers for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Facts:
    """合同里要写的事实；everything is already known, nothing is typed."""

    number: str
    version: int
    institution: str
    uscc: str
    record_no: str
    address: str
    guardian: str
    relation: str
    phone: str
    child: str
    sex: str
    born_on: date
    id_number: str
    class_name: str
    class_title: str
    form: str
    from_on: date
    to_on: date | None
    hours: str
    care: str
    fees: Sequence[tuple[str, str, bool]]
    refunds: Sequence[tuple[str, str]]
    filed_on: date
    extra: str = ""


def contract_text(f: Facts) -> str:
    """合同全文：the very text that is hashed, shown, signed and printed."""
    return "\n".join([*_head(f), *_service(f), *_money(f), *_duties(), *_rest(f)])


def _head(f: Facts) -> list[str]:
    return [
        "托育服务合同",
        f"合同编号 {f.number}　第 {f.version} 版",
        "",
        f"甲方（监护人）：{f.guardian}（{f.relation}），联系电话 {f.phone}",
        (
            f"乙方（托育机构）：{f.institution}，统一社会信用代码 {f.uscc}，备案号 {f.record_no}，"
            f"地址 {f.address}"
        ),
        f"婴幼儿：{f.child}，{f.sex}，{f.born_on} 出生，身份证号 {f.id_number}",
        "",
    ]


def _service(f: Facts) -> list[str]:
    end = f"至 {f.to_on}（不含）" if f.to_on else "至办理离托或满 3 周岁后的约定日止"
    return [
        "第一条　服务内容",
        f"1. {f.form}，{f.class_name}（{f.class_title}），自 {f.from_on} 起，{end}。",
        f"2. 接托时间 {f.hours}，法定节假日和调休安排按国家规定。",
        (
            "3. 乙方按《托育机构保育指导大纲（试行）》提供营养与喂养、睡眠、生活与卫生习惯、动作、"
            "语言、认知、情感与社会性方面的照护，每日户外活动按管理规范安排，班级人数和保育人员配比不得突破"
            "设置标准。"
        ),
        "",
    ]


def _money(f: Facts) -> list[str]:
    rows = [f"（{n}）{name}：{price}" + ("（家长自选，不选不收）" if elective else "")
            for n, (name, price, elective) in enumerate(f.fees, start=1)]  # fmt: skip
    back = [f"（{n}）{name}：{text}" for n, (name, text) in enumerate(f.refunds, start=1)]
    return [
        "第二条　费用与退费",
        (
            f"1. 保育费 {f.care}。以下各项均为乙方已备案并公示的价格（{f.filed_on} 有效），"
            "表中没有的项目乙方不得收取："
        ),
        *rows,
        "2. 备案价调低的，自执行之日起按低价收；调高的，须重新签订，未签订前仍按本合同。",
        "3. 退费按乙方备案的办法："
        + ("" if back else "乙方没有备案退费办法，退费由双方另行约定。"),
        *back,
        "4. 甲方享受的托育券、减免和补助，按政策规定从应缴额中扣除，乙方不得另行加价。",
        "",
    ]


def _duties() -> list[str]:
    return [
        "第三条　甲方的权利和义务",
        "1. 有权了解照护情况、查看公示信息、对收费和服务提出意见，直至向主管部门投诉。",
        "2. 如实提供健康、过敏与接种情况，按时接送；接送人以登记名单为准，临时代接须当日授权。",
        "3. 婴幼儿发热或患传染病时不送托，按规定凭证明返园。",
        "第四条　乙方的权利和义务",
        "1. 保障婴幼儿人身安全和身心健康，落实晨午检、全日观察、消毒、留样、监控和安全防护制度。",
        "2. 发生伤害、走失或疑似传染病时，立即救护并第一时间告知甲方，按规定报告主管部门。",
        "3. 发现婴幼儿遭受或疑似遭受侵害的，依法履行强制报告义务。",
        "4. 工作人员具备规定的资格与健康证明，禁止虐待、体罚和变相体罚。",
        "",
    ]


def _rest(f: Facts) -> list[str]:
    return [
        "第五条　个人信息",
        (
            "婴幼儿的信息属于敏感个人信息。乙方只在照护、安全和法定报告所必需的范围内处理；照片、与医生共享"
            "等用途须另行单独同意，甲方可随时撤回，撤回不影响照护。"
        ),
        "第六条　变更与解除",
        "1. 变更须双方签订补充协议；补充的内容不得减轻或免除乙方应承担的责任。",
        "2. 甲方可随时解除；乙方不能继续服务的，须提前书面告知，退还未提供服务的费用。",
        "第七条　违约与争议",
        "一方违约造成损失的依法赔偿；争议先协商，也可向托育主管部门、市场监管部门反映或依法起诉。",
        f"第八条　补充约定\n{f.extra or '无。'}",
        "第九条　签署",
        (
            "本合同以电子方式签署。双方所签为同一份全文的 SM3 散列；全文改动，已有的签名即作废，"
            "须双方重新签署。双方签完时成立，各执一份，可随时下载。"
        ),
    ]


def supplement_text(
    *, number: str, main_number: str, main_sm3: str, institution: str, guardian: str, child: str,
    extra: str,
) -> str:  # fmt: skip
    """补充协议：names the main contract by its hash."""
    return "\n".join(
        [
            "托育服务合同补充协议",
            f"协议编号 {number}",
            "",
            f"甲方（监护人）：{guardian}　　乙方（托育机构）：{institution}　　婴幼儿：{child}",
            f"本协议是托育服务合同 {main_number}（SM3 {main_sm3}）的补充，与其一并生效。",
            "",
            "补充内容",
            extra,
            "",
            (
                "补充的内容不得减轻或免除乙方应承担的责任，不得约定高于备案价的收费，与此抵触的部分无效；"
                "其余条款仍按原合同。"
            ),
        ]
    )
