"""命令：tuoyu packs —— 核对、测试、说明、列出政策包。"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from tuoyu.core.periods import month_start
from tuoyu.domains.policies.engine.book import Book, load_book
from tuoyu.domains.policies.engine.evaluate import InputError
from tuoyu.domains.policies.engine.examples import differs, gaps, prepare, same_by_column
from tuoyu.domains.policies.engine.explain import explain
from tuoyu.domains.policies.engine.lint import lint_sources
from tuoyu.domains.policies.engine.mutate import survivors
from tuoyu.domains.policies.engine.scalar import Scalar
from tuoyu.domains.policies.engine.show import show_book
from tuoyu.domains.policies.engine.source import PackError

PACKS = Path(__file__).resolve().parents[4] / "packs"
KEYS = ("pays", "binding", "fails", "why", "params", "receipt")


@click.group(help="政策包：核对（lint）、测试（test）、说明（explain）、列出（show）。")
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=PACKS,
    envvar="TUOYU_PACKS",
    help="政策包所在的文件夹；默认为项目的 packs。",
)
@click.pass_context
def packs(context: click.Context, root: Path) -> None:
    """政策包命令组。"""
    context.obj = root


def _slugs(root: Path) -> list[str]:
    return sorted(
        path.parent.name for path in root.glob("*/document.yaml") if path.parent.name != "national"
    )


def _load(root: Path, pack: str) -> Book:
    try:
        return load_book(root, pack)
    except PackError as error:
        raise click.ClickException(str(error)) from None


@packs.command()
@click.argument("pack", nargs=-1)
@click.option(
    "--sources",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="原文所在的文件夹，如 ../shared/policy；给了就逐个数对照原文。",
)
@click.pass_obj
def lint(root: Path, pack: tuple[str, ...], sources: Path | None) -> None:
    """核对政策包的写法；给了 --sources 再逐条对照原文。

    PACK 为包名，如 quanzhou-2024；不写则核对全部。有一处不对，退出码为 1。
    """
    bad = 0
    for slug in pack or _slugs(root):
        try:
            book = load_book(root, slug)
        except PackError as error:
            click.echo(f"✗ {slug}\n  {error}")
            bad += 1
            continue
        problems = lint_sources(book, sources) if sources else []
        for problem in problems:
            click.echo(f"  {problem}")
        bad += len(problems)
        checked = "写法与原文" if sources else "写法"
        mark = "✗" if problems else "✓"
        click.echo(
            f"{mark} {slug}：{checked}，参数 {len(book.params)}、规则 {len(book.rules)}、"
            f"指标 {len(book.indicators)}、任务 {len(book.duties)}、通知 {len(book.notices)}"
        )
    if bad:
        raise click.ClickException(f"共 {bad} 处问题，请按上面的文件与行号改正")


@packs.command()
@click.argument("pack", nargs=-1)
@click.option("--no-mutation", is_flag=True, help="只核对算例，不做变异测试。")
@click.pass_obj
def test(root: Path, pack: tuple[str, ...], no_mutation: bool) -> None:
    """跑算例，查漏，再做变异测试：每个常数与运算改动一点，必须有算例察觉。

    PACK 为包名；不写则测试全部。有一处不符、遗漏或漏网，退出码为 1。
    """
    bad = sum(_test_pack(_load(root, slug), no_mutation) for slug in pack or _slugs(root))
    if bad:
        raise click.ClickException(f"共 {bad} 处不符、遗漏或漏网")


def _test_pack(book: Book, no_mutation: bool) -> int:
    try:
        cases = prepare(book)
        wrong = [f"{case.example.spot}：{said}" for case in cases if (said := differs(case))]
        wrong += [f"两种算法不同　{line}" for line in same_by_column(cases)]
    except InputError as error:
        raise click.ClickException(f"{book.slug}：{error}") from None
    wrong += [f"遗漏：{line}" for line in gaps(book, cases)]
    for line in wrong:
        click.echo(f"  {line}")
    click.echo(f"{'✗' if wrong else '✓'} {book.slug}：算例 {len(cases)} 个")
    if no_mutation or wrong:
        return len(wrong)
    with _progress(book.slug) as step:
        total = [0]

        def count(done: int, of: int) -> None:
            total[0] = of
            step(done, of)

        missed = list(survivors(book, cases, count))
    for mutant in missed:
        click.echo(f"  漏网：{mutant.spot}　{mutant.rule}　{mutant.what}")
    click.echo(f"{'✗' if missed else '✓'} {book.slug}：变异 {total[0]} 处，漏网 {len(missed)} 处")
    return len(missed)


@contextmanager
def _progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """终端上显示进度条；其余地方只按整十输出。"""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _plain(title)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
    )
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task(f"{title} 变异测试")
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _plain(title: str) -> Callable[[int, int], None]:
    shown = [0]

    def step(done: int, of: int) -> None:
        percent = done * 100 // of
        if percent >= shown[0] + 25 or done == of:
            shown[0] = percent
            click.echo(f"  {title} 变异测试 {done}/{of}", err=True)

    return step


@packs.command(name="explain")
@click.argument("pack")
@click.argument("rule")
@click.option("--month", required=True, help="月份，如 2025-07。")
@click.option(
    "--known",
    help="知悉日，如 2025-06-20：只用这一天（含）以前已知悉的通知。"
    "不写则取该月的结算日（次月 10 日，见 city.yaml 的 settle_day）。",
)
@click.option(
    "--given",
    required=True,
    help='输入，JSON：{"county": "350582", "cls": "infant", …}，金额以分计。',
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@click.option("--full", is_flag=True, help="JSON 里另附 steps、three、cites。")
@click.pass_obj
def explain_command(
    root: Path,
    pack: str,
    rule: str,
    month: str,
    known: str | None,
    given: str,
    as_json: bool,
    full: bool,
) -> None:
    """说明一笔金额是怎么算的。

    \b
    例：
      tuoyu packs explain quanzhou-2024 class_subsidy --month 2025-07 --json \\
        --given '{"county":"350582","cls":"infant","age_months":9,
                  "inclusive":true,"days":15,"fee":150000}'

    可用 birth（出生日期）代替 age_months，按解释项 I2 换算。缺的输入不作零，结果为待定。
    """
    book = _load(root, pack)
    facts = _facts(given)
    try:
        month_start(month)
        day = _day(known) if known else book.city.settled_on(month)
        answer = explain(book, rule, month, day, facts)
    except (InputError, ValueError, KeyError) as error:
        raise click.ClickException(str(error.args[0] if error.args else error)) from None
    if as_json:
        shown = answer if full else {key: answer[key] for key in KEYS if key in answer}
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    click.echo(str(answer["why"]))
    steps = answer["steps"]
    for line in steps if isinstance(steps, list) else []:
        click.echo(f"  {line['no']}. {line['title']}　{line['fact']}　→ {line['result']}")
    click.echo(f"凭据 {answer['receipt']}")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.ClickException(f"日期“{text}”的写法不对，应如 2025-06-20") from None


def _facts(given: str) -> dict[str, Scalar]:
    try:
        facts = json.loads(given)
    except json.JSONDecodeError as error:
        raise click.ClickException(f"--given 不是合格的 JSON：{error}") from None
    if not isinstance(facts, dict):
        raise click.ClickException("--given 应是一组“键: 值”")
    for name, value in facts.items():
        if isinstance(value, float):
            raise click.ClickException(f"“{name}”是小数 {value}；金额以分计、天数以整数计")
    return facts


@packs.command()
@click.argument("pack")
@click.pass_obj
def show(root: Path, pack: str) -> None:
    """列出一个政策包：参数、通知、规则、指标、任务、解释项。"""
    _echo(show_book(_load(root, pack)))


def _echo(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def main() -> None:
    """单独运行时的入口。"""
    packs(prog_name="tuoyu packs", args=sys.argv[1:])


if __name__ == "__main__":
    main()
