"""行级安全：PostgreSQL's own net beneath the second lock.

One database role per kind of scope (split roles, never OR: see docs/adr/0003), entered by
``SET LOCAL ROLE`` for the length of the request's transaction. The owner is not bound by it and
is used for migrations, the worker and the command line only.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models

from tuoyu.core.scope import Scope, ScopedManager

ROLES = {
    "region": "tuoyu_region",
    "institutions": "tuoyu_institution",
    "family": "tuoyu_family",
    "nothing": "tuoyu_public",
}
APPEND_ONLY = (
    "audit_auditevent",
    "attendance_event",
    "care_careevent",
    "cases_casestep",
    "children_consententry",
    "vouchers_voucherentry",
    "billing_bill",
    "billing_billline",
    "billing_payment",
    "incidents_incidentsign",
    "incidents_incidententry",
    "incidents_mandatoryreport",
    "incidents_mandatorystep",
    "kitchen_serving",
    "kitchen_servedinstead",
    "safety_round",
    "safety_equipmentcheck",
    "admissions_signature",
    "admissions_change",
)
# Written by SQL functions alone (the ledger); the application's roles only read.
FUNCTION_ONLY = (
    "funds_budgetline",
    "funds_account",
    "funds_transfer",
    "funds_entry",
    "funds_position",
)
# What the public may know of an institution (信息公示); read only.
PUBLIC_READ = (
    "institutions_institution",
    "institutions_classgroup",
    "institutions_place",
    "institutions_recognition",
    "institutions_feestandard",
    "kitchen_recipe",  # 膳食营养属信息公示；草稿由查询挡住
    "kitchen_recipeline",
    "kitchen_menu",
    "kitchen_menudish",
    "billing_feeitem",
    "billing_refundrule",
    "billing_waiverrule",
    "bookings_terms",
    "bookings_opening",
    "groups_session",
    "publicity_notice",
    "publicity_noticerow",
    "quality_scheme",
    "quality_panel",
    "quality_award",
)
INSTITUTIONS = "institutions_institution"
# Rows arrive by the million here; their pair of columns is set by one SQL function.
NO_PAIR_KEY = ("attendance_event", "attendance_daysheet")


@dataclass(frozen=True)
class Columns:
    """一张表的范围列。"""

    table: str
    region: str | None
    institution: str | None
    child: str | None
    user: str | None = None


def enter(scope: Scope) -> None:
    """进入数据范围：until the transaction ends or ``leave`` is called."""
    role = ROLES.get(scope.kind)
    if role is None:  # system
        return
    settings = {
        "role": role,  # as SET LOCAL ROLE would, in the same round trip
        "app.region_lo": scope.region_prefix or "~",
        "app.region_hi": scope.region_upper if scope.region_prefix else "~",
        "app.institutions": "{" + ",".join(map(str, sorted(scope.institution_ids))) + "}",
        "app.children": "{" + ",".join(map(str, sorted(scope.child_ids))) + "}",
        "app.user": str(scope.user_id or ""),
    }
    names = ", ".join("set_config(%s, %s, true)" for _ in settings)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names}", [x for pair in settings.items() for x in pair])


def leave() -> None:
    """离开数据范围（事务内后续动作以系统身份进行）。"""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")


@contextmanager
def as_system(reason: str) -> Iterator[None]:
    """以系统身份做一小步：for what must be known or kept across scopes, e.g. that an identity
    number is registered elsewhere. The reason stands in the code for the reviewer.
    """
    if not reason:
        raise ValueError("须写明理由")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role'), set_config('role', 'none', true)")
        row = cursor.fetchone()
        role = row[0] if row else "none"
        try:
            yield
        finally:
            if role in ROLES.values() and not connection.needs_rollback:
                cursor.execute(f"SET LOCAL ROLE {role}")


def scoped_tables() -> list[Columns]:
    """带数据范围的表：every concrete model whose ``objects`` is a ScopedManager."""
    found = []
    for model in apps.get_models():
        manager = getattr(model, "objects", None)
        if not isinstance(manager, ScopedManager):
            continue
        qs = manager.queryset_class
        found.append(
            Columns(
                model._meta.db_table,
                _column(model, qs.region_field),
                _column(model, qs.institution_field),
                _column(model, qs.child_field),
                _column(model, qs.user_field),
            )
        )
    return sorted(found, key=lambda c: c.table)


def _column(model: type[models.Model], name: str | None) -> str | None:
    """The own column of that name; a path over a relation has none and stays closed."""
    if name is None or "__" in name:
        return None
    if name == "pk":
        return model._meta.pk.column if model._meta.pk else None
    field = next((f for f in model._meta.fields if name in (f.name, f.attname)), None)
    return field.column if field is not None else None


def install_sql() -> str:
    """全部行级安全语句；safe to run again."""
    out = [_ROLE.format(role=role) for role in ROLES.values()]
    everyone = ", ".join(ROLES.values())
    out.append(f"GRANT USAGE ON SCHEMA public TO {everyone};")
    out.append(
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {everyone};"
    )
    out.append(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {everyone};")
    out.append(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {everyone};")
    for table in APPEND_ONLY:
        out.append(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {everyone};")
    for table in FUNCTION_ONLY:
        out.append(f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {table} FROM {everyone};")
    for columns in scoped_tables():
        out.extend(_policies(columns))
        paired = columns.institution == "institution_id" and columns.region == "region_code"
        if paired and columns.table not in NO_PAIR_KEY:
            out.append(_pair_key(columns))
    return "\n".join(out)


def _policies(c: Columns) -> list[str]:
    out = [f"ALTER TABLE {c.table} ENABLE ROW LEVEL SECURITY;"]
    rules = {
        "tuoyu_region": c.region
        and f"{c.region} >= (SELECT current_setting('app.region_lo', true)) COLLATE \"C\" "
        f"AND {c.region} < (SELECT current_setting('app.region_hi', true)) COLLATE \"C\"",
        "tuoyu_institution": c.institution
        and f"{c.institution} = ANY ((SELECT current_setting('app.institutions', true))::bigint[])",
        "tuoyu_family": c.child
        and f"{c.child} = ANY ((SELECT current_setting('app.children', true))::bigint[])",
    }
    if c.user:  # one person's own, whatever the role
        own = f"{c.user} = (SELECT nullif(current_setting('app.user', true), ''))::bigint"
        rules = dict.fromkeys(rules, own)
    for role, rule in rules.items():
        name = f"{role}_rows"
        out.append(f"DROP POLICY IF EXISTS {name} ON {c.table};")
        if rule:
            out.append(
                f"CREATE POLICY {name} ON {c.table} TO {role} USING ({rule}) WITH CHECK ({rule});"
            )
    if c.table in PUBLIC_READ:
        out.append(f"DROP POLICY IF EXISTS public_read ON {c.table};")
        out.append(
            f"CREATE POLICY public_read ON {c.table} FOR SELECT"
            f" TO {', '.join(ROLES.values())} USING (true);"
        )
    return out


def _pair_key(c: Columns) -> str:
    """An institution and its region belong together in every row (composite foreign key)."""
    name = f"{c.table}_pair"
    return (
        f"ALTER TABLE {c.table} DROP CONSTRAINT IF EXISTS {name};"
        f"ALTER TABLE {c.table} ADD CONSTRAINT {name} FOREIGN KEY (institution_id, region_code)"
        f" REFERENCES {INSTITUTIONS} (id, region_code) ON UPDATE CASCADE;"
    )


_ROLE = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
    CREATE ROLE {role} NOLOGIN;
  END IF;
  GRANT {role} TO CURRENT_USER;
END $$;
"""
