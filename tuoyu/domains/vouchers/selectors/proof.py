"""账平：the balance and the vouchers, counted anew from the entries alone."""

from __future__ import annotations

from django.db.models import Count, Sum

from tuoyu.core import rls
from tuoyu.domains.vouchers.models import Balance, Campaign, Voucher, VoucherEntry
from tuoyu.domains.vouchers.states import Account, Post

STOCKS = (
    Account.OUTSTANDING,
    Account.HELD,
    Account.REDEEMED,
    Account.EXPIRED,
    Account.REVOKED,
)


def prove(campaign: Campaign) -> list[str]:
    """账实核对：every difference found, in words; empty when the books agree."""
    with rls.as_system("账平是全批的事实，不含任何个人"):
        book = Balance.all_rows.get(campaign=campaign)
        sums = {
            (r["kind"], r["source"], r["target"]): (r["n"], r["fen"] or 0)
            for r in VoucherEntry.all_rows.filter(campaign=campaign)
            .order_by()
            .values("kind", "source", "target")
            .annotate(n=Sum("units"), fen=Sum("amount_fen"))
        }
        states = dict(
            Voucher.all_rows.filter(campaign=campaign)
            .order_by()
            .values_list("state")
            .annotate(n=Count("pk"))
        )
    found = []
    for stock in STOCKS:
        into = sum(n for (_, _, t), (n, _) in sums.items() if t == stock)
        out = sum(n for (k, s, _), (n, _) in sums.items() if s == stock and k != Post.RETURN)
        kept, rows = getattr(book, stock), states.get(stock, 0)
        if not kept == into - out == rows:
            found.append(f"{stock.label}：账 {kept}，分录 {into - out}，券 {rows}")
    issued = sum(n for (k, _, _), (n, _) in sums.items() if k == Post.CLAIM)
    if issued != book.issued:
        found.append(f"已领：账 {book.issued}，分录 {issued}")
    signs = {Post.REDEEM: 1, Post.REVERSE: -1}
    redeemed = sum(signs.get(Post(k), 0) * fen for (k, _, _), (_, fen) in sums.items())
    if redeemed != book.redeemed_fen:
        found.append(f"核销额：账 {book.redeemed_fen}，分录 {redeemed}")
    return found
