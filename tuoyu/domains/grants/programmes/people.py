"""人员与学校：职业培训补贴、托育相关专业学校补助；由市级落实（二(四)12、13）。"""

from __future__ import annotations

from tuoyu.domains.grants.declaration import Paper, Programme, Subject
from tuoyu.domains.grants.facts import CERTIFICATES, Facts
from tuoyu.domains.grants.programmes.monthly import masked
from tuoyu.domains.workforce.models import CertificateKind


def _certificates(facts: Facts) -> list[Subject]:
    """One line a person and certificate; paid once."""
    out = []
    for one in facts.certificates:
        code = CERTIFICATES[CertificateKind(one.kind)]
        once = f"training:{one.staff_id}:{code}"
        if once not in facts.held:
            label = f"{masked(one.staff.name)} {CertificateKind(one.kind).label}"
            out.append(Subject("certificate", label, once, one.pk, key=code))
    return out


def _schools(facts: Facts) -> list[Subject]:
    school = facts.school
    if school is None or (once := f"school:{school.pk}:{facts.month.year}") in facts.held:
        return []
    return [Subject("school", school.name, once, school.pk)]


PEOPLE = (
    Programme(
        rule="training_subsidy",
        who="取得证书且符合条件的从业人员，由机构代为申报",
        subjects=_certificates,
        unit="每人每证",
        papers=(
            Paper(
                "certificate",
                "证书登记",
                known=lambda f: f"平台在册证书 {len(f.certificates)} 本",
            ),
            Paper("scan", "证书照片", hint="证书正面的照片或 PDF"),
        ),
        path="city",
        payee="person",
        picks=True,
        reviewer=("eligible",),
    ),
    Programme(
        rule="school_grant",
        who="设有托育相关专业的学校，由市级代办录入",
        subjects=_schools,
        unit="每所学校",
        papers=(
            Paper(
                "major",
                "专业设置依据",
                known=lambda f: (
                    f"{f.school.major}，{f.school.basis}"
                    if f.school and f.school.major and f.school.basis
                    else ""
                ),
            ),
        ),
        path="city",
        applicant="school",
        payee="school",
    ),
)
