"""机构端的路由。"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tuoyu.ends.institution.views import (
    children,
    devices,
    enrol,
    home,
    imports,
    month,
    releases,
    sheets,
    staff,
    subsidies,
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
