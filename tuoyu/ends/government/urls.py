"""监管端的路由。"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tuoyu.ends.government.views import (
    admissions,
    attendance,
    audit,
    billing,
    checks,
    children,
    complaints,
    funds,
    grant_batch,
    grant_papers,
    grant_records,
    grants,
    groups,
    home,
    imports,
    incidents,
    indicators,
    institutions,
    insurance,
    maps,
    outbox,
    payment_accounts,
    payment_bank,
    payments,
    plaques,
    policy,
    protection,
    publicity,
    publicity_export,
    quality,
    quality_panel,
    sandbox,
    sandbox_results,
    settlement,
    special,
    vouchers,
)

app_name = "government"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("institutions/", institutions.listing, name="institutions"),
    path("institutions/export/", institutions.export, name="institutions_export"),
    path("institutions/<int:institution_id>/", institutions.detail, name="institution"),
    path("institutions/imports/", imports.imports, name="imports"),
    path("institutions/imports/template/<str:code>/", imports.blank, name="import_template"),
    path("institutions/imports/upload/<str:code>/", imports.upload, name="import_upload"),
    path("institutions/imports/<int:batch_id>/", imports.batch, name="import_batch"),
    path("institutions/imports/<int:batch_id>/errors/", imports.faults, name="import_errors"),
    path("institutions/imports/<int:batch_id>/run/", imports.run, name="import_run"),
    path("institutions/imports/<int:batch_id>/undo/", imports.undo, name="import_undo"),
    path("admissions/", admissions.listing, name="admissions"),
    path("admissions/<int:institution_id>/", admissions.queue, name="admissions_of"),
    path("map/", maps.city_map, name="map"),
    path("attendance/", attendance.today, name="attendance"),
    path("attendance/<int:institution_id>/", attendance.one, name="attendance_of"),
    path("indicators/", indicators.listing, name="indicators"),
    path("indicators/<slug:indicator_id>/", indicators.detail, name="indicator"),
    path("indicators/<slug:indicator_id>/<slug:part>/", indicators.behind, name="indicator_rows"),
    path("policy/", policy.policy, name="policy"),
    path("audit/", audit.listing, name="audit"),
    path("audit/verify/", audit.verify, name="audit_verify"),
    path("audit/export/", audit.export, name="audit_export"),
    path("children/<int:child_id>/reveal/", children.reveal, name="child_reveal"),
]

# ── 补助结算与拨付的路由：begin (views/settlement.py, views/payments.py) ──
urlpatterns += [
    path("settlements/", settlement.listing, name="settlements"),
    path("settlements/make/", settlement.settle, name="settle"),
    path("settlements/approve/", settlement.approve_all, name="settlements_approve"),
    path("settlements/runs/<int:run_id>/", settlement.run, name="settlement_run"),
    path("settlements/runs/<int:run_id>/replay/", settlement.replay, name="settlement_replay"),
    path("settlements/<int:statement_id>/", settlement.detail, name="settlement"),
    path(
        "settlements/<int:statement_id>/lines/<int:line_id>/",
        settlement.line,
        name="settlement_line",
    ),
    path("settlements/<int:statement_id>/review/", settlement.review, name="settlement_review"),
    path("settlements/<int:statement_id>/approve/", settlement.approve, name="settlement_approve"),
    path(
        "settlements/<int:statement_id>/return/",
        settlement.return_to_institution,
        name="settlement_return",
    ),
    path(
        "settlements/<int:statement_id>/return-county/",
        settlement.return_to_county,
        name="settlement_return_county",
    ),
    path("payments/", payments.listing, name="payments"),
    path("payments/prepare/", payments.prepare, name="payment_prepare"),
    path("payments/batches/", payments.batches, name="payment_batches"),
    path("payments/<int:batch_id>/", payments.detail, name="payment"),
    path("payments/<int:batch_id>/release/", payments.release, name="payment_release"),
    path("payments/<int:batch_id>/withdraw/", payments.withdraw, name="payment_withdraw"),
    path("payments/<int:batch_id>/file/", payment_bank.bank_file, name="payment_bank_file"),
    path("payments/<int:batch_id>/export/", payment_bank.export, name="payment_export"),
    path(
        "payments/<int:batch_id>/template/",
        payment_bank.return_template,
        name="payment_return_template",
    ),
    path("payments/<int:batch_id>/upload/", payment_bank.upload, name="payment_upload"),
    path(
        "payments/<int:batch_id>/returns/<int:return_id>/",
        payment_bank.bank_return,
        name="payment_return",
    ),
    path("payments/orders/<int:order_id>/", payments.order, name="payment_order"),
    path("payments/orders/<int:order_id>/redo/", payments.redo, name="payment_redo"),
    path("payments/receivables/", payment_accounts.receivables, name="payment_receivables"),
    path(
        "payments/receivables/<int:receivable_id>/",
        payment_accounts.receivable,
        name="payment_receivable",
    ),
    path(
        "payments/receivables/<int:receivable_id>/repaid/",
        payment_accounts.repaid,
        name="payment_repaid",
    ),
    path("payments/accounts/", payment_accounts.accounts, name="payment_accounts"),
    path("payments/accounts/propose/", payment_accounts.propose, name="payment_account_propose"),
    path(
        "payments/accounts/<int:account_id>/confirm/",
        payment_accounts.confirm,
        name="payment_account_confirm",
    ),
    path(
        "payments/accounts/<int:account_id>/refuse/",
        payment_accounts.refuse,
        name="payment_account_refuse",
    ),
]
# ── 补助结算与拨付的路由：end ──

# ── 投诉的路由：begin (views/complaints.py) ──
urlpatterns += [
    path("complaints/", complaints.listing, name="complaints"),
    path("complaints/term/", complaints.term, name="complaint_term"),
    path("complaints/<int:complaint_id>/", complaints.detail, name="complaint"),
    path("complaints/<int:complaint_id>/answer/", complaints.answer, name="complaint_answer"),
    path("complaints/<int:complaint_id>/share/", complaints.share, name="complaint_share"),
]
# ── 投诉的路由：end ──

# ── 养育活动的路由：begin (views/groups.py) ──
urlpatterns += [
    path("groups/", groups.listing, name="groups"),
    path("groups/new/", groups.new, name="group_new"),
    path("groups/<int:session_id>/", groups.detail, name="group"),
    path("groups/<int:session_id>/code/", groups.code, name="group_code"),
    path("groups/<int:session_id>/cancel/", groups.cancel, name="group_cancel"),
    path("groups/signups/<int:signup_id>/", groups.by_hand, name="group_by_hand"),
]
# ── 养育活动的路由：end ──

# ── 公示与异议的路由：begin (views/publicity.py) ──
urlpatterns += [
    path("publicity/", publicity.listing, name="publicity"),
    path("publicity/issuer/", publicity.issuer, name="publicity_issuer"),
    path("publicity/export/", publicity_export.listing, name="publicity_export"),
    path("publicity/<int:notice_id>/export/", publicity_export.notice, name="notice_export"),
    path("publicity/<int:notice_id>/", publicity.notice, name="notice"),
    path("publicity/objections/<int:objection_id>/", publicity.objection, name="objection"),
    path(
        "publicity/objections/<int:objection_id>/answer/",
        publicity.answer,
        name="objection_answer",
    ),
]
# ── 公示与异议的路由：end ──

# ── 政策沙盘的路由：begin (views/sandbox.py, sandbox_results.py) ──
urlpatterns += [
    path("sandbox/", sandbox.listing, name="sandbox"),
    path("sandbox/compare/", sandbox_results.compare, name="sandbox_compare"),
    path("sandbox/new/<slug:rule_id>/", sandbox.new, name="sandbox_new"),
    path("sandbox/sweep/<slug:rule_id>/", sandbox.sweep, name="sandbox_sweep"),
    path("sandbox/<int:scenario_id>/", sandbox_results.scenario, name="sandbox_scenario"),
    path("sandbox/<int:scenario_id>/progress/", sandbox_results.progress, name="sandbox_progress"),
    path(
        "sandbox/<int:scenario_id>/institutions/",
        sandbox_results.institutions,
        name="sandbox_institutions",
    ),
    path("sandbox/<int:scenario_id>/replay/", sandbox_results.replay, name="sandbox_replay"),
    path("sandbox/<int:scenario_id>/export/", sandbox_results.export, name="sandbox_export"),
]
# ── 政策沙盘的路由：end ──

# ── 收费监测的路由：begin (views/billing.py) ──
urlpatterns += [
    path("fees/", billing.watch, name="fees"),
    path("fees/export/", billing.export, name="fees_export"),
    path("fees/<int:institution_id>/", billing.one, name="fees_of"),
    path("fees/filings/<int:filing_id>/", billing.filing, name="fee_filing"),
    path("fees/filings/<int:filing_id>/evidence/", billing.evidence, name="fee_filing_evidence"),
    path("fees/filings/<int:filing_id>/<slug:move>/", billing.decide, name="fee_decide"),
]
# ── 收费监测的路由：end ──

# ── 奖补申请与特殊家庭核验的路由：begin (views/grants.py, grant_records.py, special.py) ──
urlpatterns += [
    path("grants/", grants.listing, name="grants"),
    path("grants/approve/", grants.approve_all, name="grants_approve"),
    path("grants/together/", grant_batch.together, name="grants_together"),
    path("grants/export/", grant_batch.export, name="grants_export"),
    path("grants/schools/", grant_records.schools, name="schools"),
    path("grants/schools/<int:school_id>/apply/", grant_records.school_apply, name="school_apply"),
    path("grants/feature/", grant_records.feature, name="feature_parks"),
    path("grants/<int:grant_id>/", grants.detail, name="grant"),
    path("grants/<int:grant_id>/print/", grant_papers.printed, name="grant_print"),
    path("grants/<int:grant_id>/assess/", grants.assess, name="grant_assess"),
    path("grants/<int:grant_id>/accept/", grants.accept, name="grant_accept"),
    path("grants/<int:grant_id>/approve/", grants.approve, name="grant_approve"),
    path("grants/<int:grant_id>/check/", grants.check, name="grant_check"),
    path("grants/<int:grant_id>/refuse/", grants.refuse, name="grant_refuse"),
    path("grants/<int:grant_id>/return/", grants.send_back, name="grant_return"),
    path("grants/<int:grant_id>/claw-back/", grants.claw_back, name="grant_claw_back"),
    path("grants/<int:grant_id>/resubmit/", grant_records.school_resubmit, name="grant_resubmit"),
    path(
        "grants/<int:grant_id>/evidence/<int:grant_evidence_id>/",
        grant_papers.evidence,
        name="grant_evidence",
    ),
    path(
        "grants/<int:grant_id>/evidence/<int:grant_evidence_id>/file/",
        grant_papers.evidence_file,
        name="grant_evidence_file",
    ),
    path("grants/<int:grant_id>/items/<int:grant_item_id>/", grants.item, name="grant_item"),
    path("special/", special.listing, name="special"),
    path("special/<int:status_id>/evidence/", special.evidence, name="special_evidence"),
    path("special/<int:status_id>/verify/", special.verify, name="special_verify"),
]
# ── 奖补申请与特殊家庭核验的路由：end ──

# ── 资金的路由：begin (views/funds.py) ──
urlpatterns += [
    path("funds/", funds.overview, name="funds"),
    path("funds/export/", funds.export, name="funds_export"),
    path("funds/budget/", funds.budget, name="funds_budget"),
    path("funds/performance/", funds.scores, name="funds_performance"),
    path("funds/performance/export/", funds.scores_export, name="funds_performance_export"),
    path("funds/lines/<int:budget_line_id>/", funds.line, name="funds_line"),
    path("funds/items/<str:subject>/", funds.item, name="funds_item"),
]
# ── 资金的路由：end ──

# ── 托育券的路由：begin (views/vouchers.py) ──
urlpatterns += [
    path("vouchers/", vouchers.listing, name="vouchers"),
    path("vouchers/new/", vouchers.new, name="voucher_new"),
    path("vouchers/settlements/", vouchers.settled, name="voucher_settlements"),
    path("vouchers/settlements/make/", vouchers.settle, name="voucher_settle"),
    path(
        "vouchers/settlements/<int:settlement_id>/",
        vouchers.settlement,
        name="voucher_settlement",
    ),
    path(
        "vouchers/settlements/<int:settlement_id>/approve/",
        vouchers.approve,
        name="voucher_settlement_approve",
    ),
    path("vouchers/<int:campaign_id>/", vouchers.detail, name="voucher"),
    path("vouchers/<int:campaign_id>/start/", vouchers.start, name="voucher_start"),
    path("vouchers/<int:campaign_id>/close/", vouchers.close, name="voucher_close"),
    path("vouchers/<int:campaign_id>/draw/", vouchers.draw, name="voucher_draw"),
    path("vouchers/<int:campaign_id>/units/", vouchers.units, name="voucher_units"),
    path("vouchers/unit/<int:voucher_id>/revoke/", vouchers.revoke, name="voucher_revoke"),
    path("vouchers/unit/<int:voucher_id>/reverse/", vouchers.undo, name="voucher_reverse"),
]
# ── 托育券的路由：end ──

# ── 奖补核验的路由：begin (views/checks.py) ──
urlpatterns += [
    path("checks/", checks.listing, name="checks"),
    path("checks/run/", checks.run, name="checks_run"),
    path("checks/rules/", checks.rules, name="check_rules"),
    path("checks/rules/<slug:check_rule>/", checks.rule, name="check_rule"),
    path("checks/rules/<slug:check_rule>/tune/", checks.tune, name="check_tune"),
    path("checks/<int:finding_id>/", checks.detail, name="check"),
    path("checks/<int:finding_id>/ask/", checks.ask, name="check_ask"),
    path("checks/<int:finding_id>/follow/", checks.follow, name="check_follow"),
    path("checks/<int:finding_id>/evidence/", checks.evidence, name="check_evidence"),
    path("checks/<int:finding_id>/decide/<slug:conclusion>/", checks.decide, name="check_decide"),
]
# ── 奖补核验的路由：end ──

# ── 认定评定与牌照的路由：begin (views/quality.py, quality_panel.py, plaques.py) ──
urlpatterns += [
    path("quality/", quality.listing, name="quality"),
    path("quality/schemes/", quality_panel.schemes, name="quality_schemes"),
    path("quality/experts/", quality_panel.experts, name="quality_experts"),
    path("quality/experts/<int:expert_id>/", quality_panel.toggle, name="quality_expert"),
    path("quality/sheets/<int:member_id>/", quality_panel.sheet, name="quality_sheet"),
    path("quality/sheets/<int:member_id>/recuse/", quality_panel.recuse, name="quality_recuse"),
    path("quality/plaques/", plaques.listing, name="plaques"),
    path("quality/plaques/<int:award_id>/", plaques.detail, name="plaque"),
    path("quality/plaques/<int:award_id>/tell/", plaques.tell, name="plaque_tell"),
    path("quality/withdrawals/<int:withdrawal_id>/", plaques.withdrawal, name="withdrawal"),
    path("quality/withdrawals/<int:withdrawal_id>/lapse/", plaques.lapse, name="withdrawal_lapse"),
    path("quality/withdrawals/<int:withdrawal_id>/judge/", plaques.judge, name="withdrawal_judge"),
    path("quality/<int:quality_id>/", quality.detail, name="quality_of"),
    path("quality/<int:quality_id>/accept/", quality.accept, name="quality_accept"),
    path("quality/<int:quality_id>/return/", quality.send_back, name="quality_return"),
    path("quality/<int:quality_id>/refuse/", quality.refuse, name="quality_refuse"),
    path("quality/<int:quality_id>/decide/", quality.decide, name="quality_decide"),
    path("quality/<int:quality_id>/commit/", quality_panel.commit, name="quality_commit"),
    path("quality/<int:quality_id>/draw/", quality_panel.draw, name="quality_draw"),
    path("quality/<int:quality_id>/finish/", quality_panel.finish, name="quality_finish"),
    path("quality/<int:quality_id>/files/<slug:dimension>/", quality.evidence, name="quality_file"),
]
# ── 认定评定与牌照的路由：end ──

# ── 统一保险的路由：begin (views/insurance.py) ──
urlpatterns += [
    path("insurance/", insurance.overview, name="insurance"),
    path("insurance/award/", insurance.award, name="insurance_award"),
    path("insurance/sign/", insurance.sign, name="insurance_sign"),
    path("insurance/export/", insurance.export, name="insurance_export"),
    path(
        "insurance/contracts/<int:contract_id>/compute/",
        insurance.compute,
        name="insurance_compute",
    ),
    path("insurance/premiums/<int:premium_id>/", insurance.premium, name="premium"),
    path("insurance/premiums/<int:premium_id>/review/", insurance.review, name="premium_review"),
    path("insurance/premiums/<int:premium_id>/approve/", insurance.approve, name="premium_approve"),
    path("insurance/premiums/<int:premium_id>/return/", insurance.send_back, name="premium_return"),
]
# ── 统一保险的路由：end ──

# ── 送达记录的路由：begin (views/outbox.py) ──
urlpatterns += [
    path("outbox/", outbox.outbox, name="outbox"),
]
# ── 送达记录的路由：end ──

# ── 严重伤害与强制报告的路由：begin (views/incidents.py, views/protection.py) ──
urlpatterns += [
    path("incidents/", incidents.listing, name="incidents"),
    path("incidents/clock/", incidents.set_clock, name="incident_clock"),
    path("incidents/<int:incident_id>/", incidents.detail, name="incident"),
    path("incidents/<int:incident_id>/act/", incidents.act, name="incident_act"),
    path("protection/", protection.listing, name="protection"),
    path("protection/<int:protection_id>/", protection.detail, name="protection_of"),
    path("protection/<int:protection_id>/steps/", protection.step, name="protection_step"),
]
# ── 严重伤害与强制报告的路由：end ──
