"""家长端的路由。"""

from __future__ import annotations

from django.urls import path

from tuoyu.ends.family.views import (
    access,
    admissions,
    agreements,
    album,
    articles,
    billing,
    bookings,
    code,
    complaints,
    consents,
    feed,
    groups,
    home,
    inbox,
    incidents,
    install,
    leave,
    meals,
    medicine,
    month,
    subsidy,
    vouchers,
)

app_name = "family"
urlpatterns = [
    path("", home.home, name="home"),
    path("worker.js", install.worker, name="worker"),
    path("manifest.webmanifest", install.manifest, name="manifest"),
    path("offline/", install.offline, name="offline"),
    path("now/", home.now, name="now"),
    path("child/<int:child_id>/", home.child, name="child"),
    path("elder/", home.elder, name="elder"),
    path("code/", code.code, name="code"),
    path("code/qr/", code.qr, name="code_qr"),
    path("code/<int:code_id>/cancel/", code.cancel, name="code_cancel"),
    path("menu/", meals.menu, name="menu"),
    path("allergy/", meals.allergy, name="allergy"),
    path("leave/", leave.leave, name="leave"),
    path("leave/withdraw/", leave.withdraw, name="leave_withdraw"),
    path("month/<str:key>/", month.month, name="month"),
    path("month/<str:key>/confirm/", month.confirm, name="month_confirm"),
    path("month/<str:key>/dispute/<str:day>/", month.dispute, name="dispute"),
    path("subsidy/", subsidy.subsidies, name="subsidies"),
    path("subsidy/<int:line_id>/", subsidy.line, name="subsidy"),
    path("fees/", billing.fees, name="fees"),
    path("fees/<int:bill_id>/", billing.bill, name="fee_bill"),
    path("fees/year/<int:year>/", billing.year, name="fee_year"),
    path("access/", access.access, name="access"),
    path("consents/", consents.consents, name="consents"),
    path("feed/", feed.feed, name="feed"),
    path("messages/", inbox.box, name="messages"),
    path("digest/", inbox.digest, name="digest"),
    path("notices/", inbox.notices, name="notices"),
    path("notices/<int:notice_id>/", inbox.notice, name="notice"),
    path("notices/<int:notice_id>/receipt/", inbox.receipt, name="notice_receipt"),
    path("notices/<int:notice_id>/sign/", inbox.sign, name="notice_sign"),
    path("book/", inbox.book, name="book"),
    path("services/", feed.services, name="services"),
    path("me/", feed.me, name="me"),
    path("admissions/", admissions.listing, name="admissions"),
    path("admissions/new/", admissions.new, name="admission_new"),
    path("admissions/claim/", admissions.claim, name="admission_claim"),
    path("admissions/<int:wish_id>/", admissions.wish, name="admission"),
    path("admissions/<int:wish_id>/do/<slug:family_step>/", admissions.step, name="admission_step"),
    path(
        "admissions/<int:wish_id>/papers/<slug:paper_kind>/",
        admissions.paper,
        name="admission_paper",
    ),
    path("admissions/contracts/<int:agreement_id>/", agreements.agreement, name="agreement"),
    path("admissions/contracts/<int:agreement_id>/sign/", agreements.sign, name="agreement_sign"),
    path("admissions/contracts/<int:agreement_id>/pdf/", agreements.pdf, name="agreement_pdf"),
    path("vouchers/", vouchers.vouchers, name="vouchers"),
    path("vouchers/claim/<int:campaign_id>/", vouchers.claim, name="voucher_claim"),
    path("vouchers/waiting/<int:applicant_id>/", vouchers.withdraw, name="voucher_withdraw"),
    path("vouchers/<int:voucher_id>/", vouchers.voucher, name="voucher"),
    path("vouchers/<int:voucher_id>/qr/", vouchers.qr, name="voucher_qr"),
    path("vouchers/<int:voucher_id>/code/", vouchers.code, name="voucher_code"),
]

# ── 计时托的路由：begin (views/bookings.py) ──
urlpatterns += [
    path("bookings/", bookings.bookings, name="bookings"),
    path("bookings/places/<int:institution_id>/", bookings.place, name="booking_place"),
    path("bookings/openings/<int:opening_id>/", bookings.book, name="booking_make"),
    path("bookings/<int:booking_id>/cancel/", bookings.cancel, name="booking_cancel"),
]
# ── 计时托的路由：end ──

# ── 投诉的路由：begin (views/complaints.py) ──
urlpatterns += [
    path("complaints/", complaints.complaints, name="complaints"),
    path("complaints/new/", complaints.make, name="complaint_make"),
    path("complaints/<int:complaint_id>/", complaints.complaint, name="complaint"),
    path("complaints/<int:complaint_id>/step/", complaints.step, name="complaint_step"),
]
# ── 投诉的路由：end ──

# ── 养育活动的路由：begin (views/groups.py) ──
urlpatterns += [
    path("groups/", groups.groups, name="groups"),
    path("groups/<int:session_id>/", groups.group, name="group"),
    path("groups/<int:session_id>/join/", groups.join, name="group_join"),
    path("groups/<int:session_id>/leave/", groups.leave, name="group_leave"),
    path("groups/<int:session_id>/come/", groups.come, name="group_come"),
    path("groups/<int:session_id>/feedback/", groups.feedback, name="group_feedback"),
]
# ── 养育活动的路由：end ──

# ── 科学育儿的路由：begin (views/articles.py) ──
urlpatterns += [
    path("articles/", articles.articles, name="articles"),
    path("articles/<slug:article_slug>/", articles.article, name="article"),
]
# ── 科学育儿的路由：end ──

# ── 相册的路由：begin (views/album.py) ──
urlpatterns += [
    path("album/", album.album, name="album"),
    path("album/export/", album.export, name="album_export"),
    path("photos/<uuid:photo_id>/", album.photo, name="photo"),
    path("photos/<uuid:photo_id>/thumb/", album.thumb, name="photo_thumb"),
    path("photos/<uuid:photo_id>/screen/", album.screen, name="photo_screen"),
]
# ── 相册的路由：end ──

# ── 喂药与伤害的路由：begin (views/medicine.py, views/incidents.py) ──
urlpatterns += [
    path("medicine/", medicine.listing, name="medicines"),
    path("medicine/new/", medicine.new, name="medicine_new"),
    path("medicine/<int:medicine_id>/", medicine.detail, name="medicine"),
    path("medicine/<int:medicine_id>/change/", medicine.change, name="medicine_change"),
    path("medicine/<int:medicine_id>/photo/", medicine.photo, name="medicine_photo"),
    path("medicine/<int:medicine_id>/stop/", medicine.stop, name="medicine_stop"),
    path("incidents/", incidents.listing, name="incidents"),
    path("incidents/<int:incident_id>/", incidents.detail, name="incident"),
    path("incidents/<int:incident_id>/photo/", incidents.photo, name="incident_photo"),
    path("incidents/<int:incident_id>/sign/", incidents.sign, name="incident_sign"),
]
# ── 喂药与伤害的路由：end ──
