"""公众门户的路由。"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tuoyu.ends.public.views import (
    articles,
    complaints,
    enquiry,
    find,
    institution,
    plaque,
    policy,
    publicity,
    vouchers,
)

app_name = "public"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", find.find, name="home"),
    path("find/", find.find, name="find"),
    path("find/<int:institution_id>/", institution.institution, name="institution"),
    path("find/<int:institution_id>/apply/", enquiry.enquire, name="enquire"),
    path("enquiry/", enquiry.lookup, name="enquiry_lookup"),
    path("policy/", policy.policy, name="policy"),
    path("public/publicity/", publicity.listing, name="publicity"),
    path("public/publicity/<int:notice_id>/", publicity.notice, name="notice"),
    path("public/publicity/<int:notice_id>/print/", publicity.printed, name="notice_print"),
    path("public/publicity/<int:notice_id>/object/", publicity.objection, name="notice_object"),
    path("vouchers/", vouchers.listing, name="vouchers"),
    path("vouchers/<int:campaign_id>/", vouchers.detail, name="voucher"),
]

# ── 投诉的路由：begin (views/complaints.py) ──
urlpatterns += [
    path("public/complaints/", complaints.new, name="complaint_new"),
    path("public/complaints/find/", complaints.find, name="complaint_find"),
]
# ── 投诉的路由：end ──

# ── 科学育儿的路由：begin (views/articles.py) ──
urlpatterns += [
    path("public/articles/", articles.articles, name="articles"),
    path("public/articles/<slug:article_slug>/", articles.article, name="article"),
]
# ── 科学育儿的路由：end ──

# ── 授牌与抽取记录的路由：begin (views/plaque.py) ──
urlpatterns += [
    path("public/stars/", plaque.stars, name="stars"),
    path("public/plaque/<slug:plaque_code>/", plaque.plaque, name="plaque"),
    path("public/plaque/<slug:plaque_code>/print/", plaque.printed, name="plaque_print"),
    path("public/draws/<int:panel_id>/", plaque.draw, name="draw"),
]
# ── 授牌与抽取记录的路由：end ──
