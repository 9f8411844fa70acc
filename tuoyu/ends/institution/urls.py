"""机构端的路由。"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tuoyu.ends.institution.views import (
    admissions,
    agreements,
    billing,
    billing_choices,
    billing_filings,
    billing_late,
    book,
    bookings,
    checks,
    children,
    complaints,
    devices,
    enrol,
    exports,
    grant_records,
    grants,
    groups,
    home,
    imports,
    incident_acts,
    incidents,
    insurance,
    kitchen,
    kitchen_menu,
    leaves,
    medicine,
    month,
    notices,
    observations,
    outbox,
    photos,
    protection,
    quality,
    releases,
    reports,
    room,
    room_sheets,
    rota,
    safety,
    safety_things,
    sheets,
    sites,
    staff,
    subsidies,
    todo,
    vouchers,
    wall,
)

app_name = "institution"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("board/", home.board, name="board"),
    path("duty/", home.duty, name="duty"),
    path("shift/", home.shift, name="shift"),
    path("wall/", wall.wall, name="wall"),
    path("wall/act/", wall.act, name="act"),
    path("sheets/", sheets.sheets, name="sheets"),
    path("sheets/month/", sheets.months, name="sheets_month"),
    path("sheets/month/print/", sheets.printed, name="sheets_print"),
    path("sheets/month/export/", sheets.exported, name="sheets_export"),
    path("sheets/waiting/", sheets.waiting, name="waiting"),
    path("sheets/<int:child_id>/<str:day>/", sheets.trail, name="trail"),
    path("sheets/<int:child_id>/<str:day>/correct/", sheets.correct, name="correct"),
    path("month/", month.month, name="month"),
    path("month/disputes/", month.disputes, name="disputes"),
    path("month/disputes/<int:dispute_id>/", month.answer, name="dispute_answer"),
    path("month/<str:key>/", month.detail, name="month_detail"),
    path("month/<str:key>/close/", month.close, name="month_close"),
    path("children/", children.children, name="children"),
    path("children/new/", enrol.new, name="child_new"),
    path("children/<int:child_id>/", children.child, name="child"),
    path("children/<int:child_id>/call/", home.call, name="call"),
    path("children/<int:child_id>/leave/", enrol.leave, name="child_leave"),
    path("children/<int:child_id>/move/", enrol.move, name="child_move"),
    path("children/<int:child_id>/guardian/", children.guardian_add, name="guardian_add"),
    path("children/<int:child_id>/status/", children.status_add, name="status_add"),
    path("children/<int:child_id>/reveal/<str:field>/", children.reveal_form, name="reveal_form"),
    path("children/<int:child_id>/reveal/<str:field>/show/", children.reveal, name="reveal"),
    path("statuses/<int:status_id>/evidence/", children.status_evidence, name="status_evidence"),
    path("relations/<int:relation_id>/<str:what>/", children.relation, name="relation"),
    path("releases/", releases.releases, name="releases"),
    path("releases/new/", releases.grant, name="release"),
    path("staff/", staff.staff, name="staff"),
    path("imports/", imports.imports, name="imports"),
    path("imports/template/<str:code>/", imports.blank, name="import_template"),
    path("imports/upload/<str:code>/", imports.upload, name="import_upload"),
    path("imports/<int:batch_id>/", imports.batch, name="import_batch"),
    path("imports/<int:batch_id>/errors/", imports.faults, name="import_errors"),
    path("imports/<int:batch_id>/run/", imports.run, name="import_run"),
    path("imports/<int:batch_id>/undo/", imports.undo, name="import_undo"),
    path("devices/", devices.devices, name="devices"),
    path("devices/code/", devices.code, name="device_code"),
    path("devices/<uuid:device_id>/revoke/", devices.revoke, name="device_revoke"),
]

# ── 补助的路由：begin (views/subsidies.py) ──
urlpatterns += [
    path("subsidies/", subsidies.listing, name="subsidies"),
    path("subsidies/<int:statement_id>/", subsidies.detail, name="subsidy"),
    path("subsidies/<int:statement_id>/confirm/", subsidies.confirm, name="subsidy_confirm"),
    path("subsidies/<int:statement_id>/lines/<int:line_id>/", subsidies.line, name="subsidy_line"),
]
# ── 补助的路由：end ──

# ── 收费的路由：begin (views/billing.py, views/billing_filings.py) ──
urlpatterns += [
    path("fees/", billing.fees, name="fees"),
    path("fees/issue/", billing.issue, name="fee_issue"),
    path("fees/bills/", billing.listing, name="fee_bills"),
    path("fees/bills/<int:bill_id>/", billing.bill, name="fee_bill"),
    path("fees/bills/<int:bill_id>/pay/", billing.pay, name="fee_pay"),
    path("fees/bills/<int:bill_id>/remind/", billing.remind, name="fee_remind"),
    path("fees/bills/<int:bill_id>/correct/", billing.correct, name="fee_correct"),
    path("fees/payments/<int:payment_id>/", billing.receipt, name="fee_receipt"),
    path("fees/payments/<int:payment_id>/reverse/", billing.reverse_payment, name="fee_reverse"),
    path("fees/late/", billing_late.late, name="fee_late"),
    path("fees/late/decide/", billing_late.decide, name="fee_late_decide"),
    path("fees/filings/", billing_filings.listing, name="fee_filings"),
    path("fees/filings/new/", billing_filings.new, name="fee_filing_new"),
    path("fees/filings/<int:filing_id>/", billing_filings.filing, name="fee_filing"),
    path(
        "fees/filings/<int:filing_id>/withdraw/",
        billing_filings.withdraw,
        name="fee_filing_withdraw",
    ),
    path(
        "fees/filings/<int:filing_id>/evidence/",
        billing_filings.evidence,
        name="fee_filing_evidence",
    ),
    path("fees/choices/new/", billing_choices.choose, name="fee_choose"),
    path("fees/choices/<int:choice_id>/end/", billing_choices.unchoose, name="fee_unchoose"),
    path("fees/waivers/new/", billing_choices.waiver, name="fee_waiver"),
]
# ── 收费的路由：end ──

# ── 奖补申报的路由：begin (views/grants.py, views/grant_records.py) ──
urlpatterns += [
    path("grants/", grants.listing, name="grants"),
    path("grants/lease/", grant_records.lease, name="grant_lease"),
    path("grants/works/", grant_records.works, name="grant_works"),
    path("grants/new/<str:rule>/", grants.new, name="grant_new"),
    path("grants/<int:grant_id>/", grants.detail, name="grant"),
    path("grants/<int:grant_id>/print/", grants.printed, name="grant_print"),
    path("grants/<int:grant_id>/submit/", grants.submit, name="grant_submit"),
    path("grants/<int:grant_id>/withdraw/", grants.withdraw, name="grant_withdraw"),
    path("grants/<int:grant_id>/recompute/", grants.recompute, name="grant_recompute"),
    path("grants/<int:grant_id>/amounts/<str:what>/", grants.amounts, name="grant_amounts"),
    path("grants/<int:grant_id>/supplement/", grants.supplement, name="grant_supplement"),
    path("grants/<int:grant_id>/evidence/", grants.evidence_add, name="grant_evidence_add"),
    path(
        "grants/<int:grant_id>/evidence/<int:grant_evidence_id>/",
        grants.evidence,
        name="grant_evidence",
    ),
    path("grants/<int:grant_id>/items/<int:grant_item_id>/", grants.item, name="grant_item"),
]
# ── 奖补申报的路由：end ──

# ── 报名入托的路由：begin (views/admissions.py, views/agreements.py) ──
urlpatterns += [
    path("admissions/", admissions.board, name="admissions"),
    path("admissions/queue/", admissions.queue, name="admission_queue"),
    path("admissions/practice/", admissions.practice, name="admission_practice"),
    path("admissions/new/", admissions.new, name="admission_new"),
    path("admissions/<int:wish_id>/", admissions.wish, name="admission"),
    path(
        "admissions/<int:wish_id>/do/<slug:admission_step>/",
        admissions.step,
        name="admission_step",
    ),
    path(
        "admissions/<int:wish_id>/papers/<slug:paper_kind>/",
        admissions.paper,
        name="admission_paper",
    ),
    path("admissions/contracts/<int:agreement_id>/", agreements.agreement, name="agreement"),
    path("admissions/contracts/<int:agreement_id>/sign/", agreements.sign, name="agreement_sign"),
    path("admissions/contracts/<int:agreement_id>/pdf/", agreements.pdf, name="agreement_pdf"),
]
# ── 报名入托的路由：end ──

# ── 托育券的路由：begin (views/vouchers.py) ──
urlpatterns += [
    path("vouchers/", vouchers.desk, name="vouchers"),
    path("vouchers/<int:voucher_id>/", vouchers.voucher, name="voucher"),
    path("vouchers/<int:voucher_id>/release/", vouchers.release, name="voucher_release"),
    path("vouchers/<int:voucher_id>/reverse/", vouchers.undo, name="voucher_reverse"),
    path(
        "vouchers/settlements/<int:settlement_id>/",
        vouchers.settlement,
        name="voucher_settlement",
    ),
]
# ── 托育券的路由：end ──

# ── 核验问询的路由：begin (views/checks.py) ──
urlpatterns += [
    path("checks/", checks.listing, name="checks"),
    path("checks/<int:finding_id>/", checks.detail, name="check"),
    path("checks/<int:finding_id>/answer/", checks.answer, name="check_answer"),
    path("checks/<int:finding_id>/evidence/", checks.evidence, name="check_evidence"),
]
# ── 核验问询的路由：end ──

# ── 认定评定的路由：begin (views/quality.py) ──
urlpatterns += [
    path("quality/", quality.listing, name="quality"),
    path("quality/start/", quality.start, name="quality_start"),
    path("quality/<int:quality_id>/", quality.detail, name="quality_of"),
    path("quality/<int:quality_id>/retract/", quality.retract, name="quality_retract"),
    path("quality/<int:quality_id>/files/<slug:dimension>/", quality.evidence, name="quality_file"),
    path("quality/withdrawals/<int:withdrawal_id>/", quality.withdrawal, name="withdrawal"),
]
# ── 认定评定的路由：end ──

# ── 计时托的路由：begin (views/bookings.py) ──
urlpatterns += [
    path("bookings/", bookings.day, name="bookings"),
    path("bookings/open/", bookings.open_hours, name="booking_open"),
    path("bookings/terms/", bookings.terms, name="booking_terms"),
    path("bookings/openings/<int:opening_id>/close/", bookings.close, name="booking_close"),
    path("bookings/<int:booking_id>/cancel/", bookings.cancel, name="booking_cancel"),
]
# ── 计时托的路由：end ──

# ── 家长意见的路由：begin (views/complaints.py) ──
urlpatterns += [
    path("complaints/", complaints.listing, name="complaints"),
    path("complaints/<int:complaint_id>/", complaints.detail, name="complaint"),
]
# ── 家长意见的路由：end ──

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

# ── 保险的路由：begin (views/insurance.py) ──
urlpatterns += [
    path("insurance/", insurance.overview, name="insurance"),
    path("insurance/export/", insurance.export, name="insurance_export"),
    path("insurance/report/", insurance.report, name="claim_report"),
    path("insurance/claims/<int:claim_id>/", insurance.claim, name="claim"),
    path("insurance/claims/<int:claim_id>/hand-over/", insurance.hand_over, name="claim_hand_over"),
    path("insurance/claims/<int:claim_id>/conclude/", insurance.conclude, name="claim_conclude"),
]
# ── 保险的路由：end ──

# ── 照护的路由：begin (views/room.py, views/room_sheets.py) ──
urlpatterns += [
    path("room/", room.room, name="room"),
    path("room/tablet/", room.tablet, name="tablet"),
    path("room/state/", room.state, name="room_state"),
    path("room/events/", room.events, name="room_events"),
    path("room/worker.js", room.worker, name="room_worker"),
    path("room/manifest.webmanifest", room.manifest, name="room_manifest"),
    path("room/sheet/", room_sheets.sheet, name="room_sheets"),
    path("room/sleep/", room_sheets.sleep, name="room_sleep"),
    path("room/pin/", room_sheets.pin, name="room_pin"),
    path("room/intervals/", room_sheets.intervals, name="room_intervals"),
]
# ── 照护的路由：end ──

# ── 照片与观察的路由：begin (views/photos.py, views/observations.py) ──
urlpatterns += [
    path("photos/", photos.photos, name="photos"),
    path("photos/upload/", photos.upload, name="photo_upload"),
    path("photos/publish/", photos.publish, name="photo_publish"),
    path("photos/<uuid:photo_id>/", photos.photo, name="photo"),
    path("photos/<uuid:photo_id>/thumb/", photos.thumb, name="photo_thumb"),
    path("photos/<uuid:photo_id>/screen/", photos.screen, name="photo_screen"),
    path("observations/", observations.observations, name="observations"),
    path(
        "observations/<uuid:note_id>/withdraw/",
        observations.withdraw,
        name="observation_withdraw",
    ),
    path("children/<int:child_id>/observe/", observations.observe, name="observe"),
    path("children/<int:child_id>/album/", observations.album, name="child_album"),
]
# ── 照片与观察的路由：end ──

# ── 膳食的路由：begin (views/kitchen.py, views/kitchen_menu.py) ──
urlpatterns += [
    path("kitchen/", kitchen.overview, name="kitchen"),
    path("kitchen/print/", kitchen.printed, name="kitchen_print"),
    path("kitchen/serve/", kitchen.serve, name="kitchen_serve"),
    path("kitchen/samples/", kitchen.samples, name="kitchen_samples"),
    path("kitchen/samples/new/", kitchen.sample_new, name="kitchen_sample_new"),
    path("kitchen/samples/<int:sample_id>/", kitchen.sample_discard, name="kitchen_sample"),
    path("kitchen/purchases/", kitchen.purchases, name="kitchen_purchases"),
    path("kitchen/purchases/new/", kitchen.purchase_new, name="kitchen_purchase_new"),
    path("kitchen/menu/", kitchen_menu.menu, name="kitchen_menu"),
    path("kitchen/menu/draft/", kitchen_menu.menu_draft, name="kitchen_menu_draft"),
    path("kitchen/menu/<int:menu_id>/copy/", kitchen_menu.menu_copy, name="kitchen_menu_copy"),
    path("kitchen/menu/<int:menu_id>/dishes/", kitchen_menu.dish_add, name="kitchen_dish_add"),
    path(
        "kitchen/menu/<int:menu_id>/dishes/<int:menu_dish_id>/drop/",
        kitchen_menu.dish_drop,
        name="kitchen_dish_drop",
    ),
    path("kitchen/menu/<int:menu_id>/publish/", kitchen_menu.menu_publish, name="kitchen_publish"),
    path("kitchen/recipes/", kitchen_menu.recipe_list, name="kitchen_recipes"),
    path("kitchen/recipes/new/", kitchen_menu.recipe_new, name="kitchen_recipe_new"),
    path("kitchen/recipes/<int:recipe_id>/", kitchen_menu.recipe, name="kitchen_recipe"),
    path(
        "kitchen/recipes/<int:recipe_id>/end/", kitchen_menu.recipe_end, name="kitchen_recipe_end"
    ),
    path("kitchen/allergies/", kitchen_menu.allergy_list, name="kitchen_allergies"),
    path(
        "kitchen/allergies/<int:allergy_id>/", kitchen_menu.allergy_settle, name="kitchen_allergy"
    ),
    path("children/<int:child_id>/allergy/", kitchen_menu.allergy, name="child_allergy"),
]
# ── 膳食的路由：end ──

# ── 安全的路由：begin (views/safety.py, views/safety_things.py) ──
urlpatterns += [
    path("safety/", safety.overview, name="safety"),
    path("safety/at/<int:point_id>/", safety.at_point, name="safety_at"),
    path("safety/rounds/<uuid:patrol_id>/", safety.patrol, name="safety_round"),
    path("safety/rounds/<uuid:patrol_id>/photo/", safety.patrol_photo, name="safety_round_photo"),
    path("safety/hazards/new/", safety.hazard_new, name="safety_hazard_new"),
    path("safety/hazards/<int:hazard_id>/", safety.hazard, name="safety_hazard"),
    path("safety/hazards/<int:hazard_id>/fix/", safety.hazard_fix, name="safety_hazard_fix"),
    path("safety/hazards/<int:hazard_id>/close/", safety.hazard_close, name="safety_hazard_close"),
    path(
        "safety/hazards/<int:hazard_id>/photo/<slug:shot>/",
        safety.hazard_photo,
        name="safety_hazard_photo",
    ),
    path("safety/points/", safety.points, name="safety_points"),
    path("safety/points/new/", safety.point_new, name="safety_point_new"),
    path("safety/points/codes/", safety.codes, name="safety_codes"),
    path("safety/points/<int:point_id>/", safety.point, name="safety_point"),
    path("safety/points/<int:point_id>/end/", safety.point_end, name="safety_point_end"),
    path("safety/month/", safety.month, name="safety_month"),
    path("safety/month/print/", safety.month_printed, name="safety_month_print"),
    path("safety/drills/", safety_things.drills, name="safety_drills"),
    path("safety/drills/new/", safety_things.drill_new, name="safety_drill_new"),
    path("safety/drills/<int:drill_id>/", safety_things.drill, name="safety_drill"),
    path("safety/equipment/", safety_things.equipment, name="safety_equipment"),
    path("safety/equipment/new/", safety_things.equipment_new, name="safety_equipment_new"),
    path(
        "safety/equipment/<int:equipment_id>/check/",
        safety_things.equipment_check,
        name="safety_equipment_check",
    ),
    path(
        "safety/equipment/<int:equipment_id>/end/",
        safety_things.equipment_end,
        name="safety_equipment_end",
    ),
    path("safety/licences/", safety_things.licences, name="safety_licences"),
    path("safety/licences/new/", safety_things.licence_new, name="safety_licence_new"),
    path(
        "safety/licences/<int:licence_id>/file/",
        safety_things.licence_file,
        name="safety_licence_file",
    ),
]
# ── 安全的路由：end ──

# ── 消息的路由：begin (views/notices.py, views/book.py, views/outbox.py) ──
urlpatterns += [
    path("notices/", notices.listing, name="notices"),
    path("notices/new/", notices.new, name="notice_new"),
    path("notices/<int:notice_id>/", notices.detail, name="notice"),
    path("notices/<int:notice_id>/remind/", notices.remind, name="notice_remind"),
    path("book/", book.book, name="book"),
    path("book/<int:child_id>/reply/", book.reply, name="book_reply"),
    path("outbox/", outbox.outbox, name="outbox"),
]
# ── 消息的路由：end ──

# ── 办公室的路由：begin (views/rota, leaves, staff, todo, reports, exports, sites) ──
urlpatterns += [
    path("rota/", rota.rota, name="rota"),
    path("rota/new/", rota.new, name="rota_new"),
    path("rota/copy/", rota.copy, name="rota_copy"),
    path("rota/<int:rota_shift_id>/drop/", rota.drop, name="rota_drop"),
    path("leaves/", leaves.leaves, name="leaves"),
    path("leaves/new/", leaves.new, name="leave_new"),
    path("leaves/<int:staff_leave_id>/grant/", leaves.grant, name="leave_grant"),
    path("leaves/<int:staff_leave_id>/refuse/", leaves.refuse, name="leave_refuse"),
    path("leaves/<int:staff_leave_id>/withdraw/", leaves.withdraw, name="leave_withdraw"),
    path("staff/checks/", staff.checks, name="staff_checks"),
    path("staff/<int:staff_id>/certificate/", staff.certificate, name="staff_certificate"),
    path("staff/<int:staff_id>/check/", staff.check_new, name="staff_check_new"),
    path(
        "staff/checks/<int:background_check_id>/result/",
        staff.check_result,
        name="staff_check_result",
    ),
    path("expiring/", todo.expiring, name="expiring"),
    path("unsigned/", todo.unsigned, name="unsigned"),
    path("reports/", reports.listing, name="reports"),
    path("reports/start/", reports.start, name="report_start"),
    path("reports/<int:report_id>/", reports.report, name="report"),
    path("reports/<int:report_id>/submit/", reports.submit, name="report_submit"),
    path("reports/<int:report_id>/correct/", reports.correct, name="report_correct"),
    path("reports/<int:report_id>/xlsx/", reports.workbook, name="report_workbook"),
    path("reports/<int:report_id>/<slug:cell_code>/lines/", reports.cell, name="report_cell"),
    path("export/", exports.exports, name="exports"),
    path("export/new/", exports.new, name="export_new"),
    path("export/<int:export_id>/", exports.fetch, name="export"),
    path("sites/", sites.sites, name="sites"),
]
# ── 办公室的路由：end ──

# ── 喂药与伤害的路由：begin (views/medicine.py, incidents.py, incident_acts.py, protection.py) ──
urlpatterns += [
    path("medicine/", medicine.today, name="medicine"),
    path("medicine/due/", medicine.due, name="medicine_due"),
    path("medicine/settings/", medicine.settings, name="medicine_settings"),
    path("medicine/<int:medicine_id>/", medicine.detail, name="medicine_request"),
    path("medicine/<int:medicine_id>/photo/", medicine.photo, name="medicine_photo"),
    path("medicine/<int:medicine_id>/decide/", medicine.decide, name="medicine_decide"),
    path("medicine/<int:medicine_id>/give/", medicine.give, name="dose_give"),
    path("medicine/doses/<uuid:dose_id>/sign/", medicine.sign, name="dose_sign"),
    path("medicine/doses/<uuid:dose_id>/settle/", medicine.settle, name="dose_settle"),
    path("incidents/", incidents.listing, name="incidents"),
    path("incidents/new/", incidents.new, name="incident_new"),
    path("incidents/<int:incident_id>/", incidents.detail, name="incident"),
    path("incidents/<int:incident_id>/edit/", incidents.edit, name="incident_edit"),
    path("incidents/<int:incident_id>/print/", incidents.printed, name="incident_print"),
    path("incidents/<int:incident_id>/photo/", incidents.photo, name="incident_photo"),
    path("incidents/<int:incident_id>/submit/", incident_acts.submit, name="incident_submit"),
    path("incidents/<int:incident_id>/raise/", incident_acts.raise_grade, name="incident_raise"),
    path("incidents/<int:incident_id>/entries/", incident_acts.entry, name="incident_entry"),
    path(
        "incidents/<int:incident_id>/photo/add/",
        incident_acts.photo_add,
        name="incident_photo_add",
    ),
    path("incidents/<int:incident_id>/call/", incident_acts.call, name="incident_call"),
    path("incidents/<int:incident_id>/shown/", incident_acts.shown, name="incident_shown"),
    path("incidents/<int:incident_id>/share/", incident_acts.share, name="incident_share"),
    path("incidents/<int:incident_id>/sign/", incident_acts.sign, name="incident_sign"),
    path("incidents/<int:incident_id>/told/", incident_acts.told, name="incident_told"),
    path("protection/", protection.listing, name="protection"),
    path("protection/new/", protection.new, name="protection_new"),
    path("protection/<int:protection_id>/", protection.detail, name="protection_of"),
    path("protection/<int:protection_id>/steps/", protection.step, name="protection_step"),
]
# ── 喂药与伤害的路由：end ──
