"""政策包的文字来源：读 YAML 并记住每一处的文件与行号，出错时能指给人看。"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from tuoyu.core.money import MoneyError, parse_fen

# 有 libyaml 时用它，快十倍，行号相同。
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Spot:
    """位置：文件与行号。"""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file} 第 {self.line} 行"


class PackError(ValueError):
    """政策包有误：在哪里、错在哪、怎么改。"""

    def __init__(self, spot: Spot, why: str, mend: str) -> None:
        super().__init__(f"{spot}：{why}。{mend}。")
        self.spot = spot
        self.file = spot.file
        self.line = spot.line
        self.why = why
        self.mend = mend


@dataclass(frozen=True, slots=True)
class Node:
    """带位置的 YAML 节点。"""

    spot: Spot
    raw: yaml.Node

    def text(self) -> str:
        """一段文字；数字、日期按原样文字返回。"""
        if not isinstance(self.raw, yaml.ScalarNode) or self.raw.tag.endswith(":null"):
            raise PackError(self.spot, "这里应是一段文字", "请填写文字，不要留空或嵌套")
        return str(self.raw.value)

    def is_map(self) -> bool:
        """是否为“键: 值”组成的一组。"""
        return isinstance(self.raw, yaml.MappingNode)

    def integer(self) -> int:
        """整数。"""
        text = self.text()
        digits = text[1:] if text.startswith("-") else text
        if not digits.isascii() or not digits.isdigit():
            raise PackError(self.spot, f"“{text}”不是整数", "请填写整数，金额与天数都不用小数")
        return int(text)

    def boolean(self) -> bool:
        """是否：true 或 false。"""
        text = self.text()
        if text not in ("true", "false"):
            raise PackError(self.spot, f"“{text}”不是 true 或 false", "请填写 true 或 false")
        return text == "true"

    def day(self) -> date:
        """日期：YYYY-MM-DD。"""
        text = self.text()
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise PackError(
                self.spot, f"日期“{text}”的写法不对", "请写成 2025-07-01 的样子"
            ) from None

    def fen(self) -> int:
        """金额，得到分。"""
        text = self.text()
        if self.raw.tag.endswith((":float", ":int")):
            raise PackError(
                self.spot, f"金额“{text}”没有写单位", "金额须带单位，如 300元、1万元；不用小数"
            )
        try:
            return parse_fen(text)
        except MoneyError as error:
            raise PackError(self.spot, str(error), "请照文件里的写法填写金额") from None

    def items(self) -> Iterator[Node]:
        """列表的各项。"""
        if not isinstance(self.raw, yaml.SequenceNode):
            raise PackError(self.spot, "这里应是列表", "请每项以“- ”起头，或写成 [甲, 乙]")
        for child in self.raw.value:
            yield _node(self.spot.file, child)

    def entries(self) -> Iterator[tuple[str, Node]]:
        """一组“键: 值”；同一键写两次即拒绝。"""
        if not isinstance(self.raw, yaml.MappingNode):
            raise PackError(self.spot, "这里应是一组“键: 值”", "请写成“键: 值”的样子")
        seen: set[str] = set()
        for key, value in self.raw.value:
            name = _node(self.spot.file, key)
            if name.text() in seen:
                raise PackError(name.spot, f"键“{name.text()}”写了两次", "请删去多余的一处")
            seen.add(name.text())
            yield (
                name.text(),
                Node(name.spot, value) if _empty(value) else _node(self.spot.file, value),
            )

    def texts(self) -> tuple[str, ...]:
        """文字列表。"""
        return tuple(item.text() for item in self.items())


class Fields:
    """一组有名字的栏：多一个、少一个都拒绝。"""

    def __init__(self, node: Node, required: str, optional: str = "") -> None:
        self.spot = node.spot
        self._found = dict(node.entries())
        must, may = required.split(), optional.split()
        for name, value in self._found.items():
            if name not in must and name not in may:
                known = "、".join((*must, *may))
                raise PackError(value.spot, f"不认识的栏“{name}”", f"此处可用的栏：{known}")
        for name in must:
            if name not in self._found:
                raise PackError(self.spot, f"缺少必填的栏“{name}”", f"请补上“{name}”")

    def __contains__(self, name: str) -> bool:
        return name in self._found

    def __getitem__(self, name: str) -> Node:
        return self._found[name]

    def get(self, name: str) -> Node | None:
        """栏的节点；没有则为空。"""
        return self._found.get(name)

    def text(self, name: str, default: str = "") -> str:
        """文字栏。"""
        node = self._found.get(name)
        return default if node is None else node.text()

    def texts(self, name: str) -> tuple[str, ...]:
        """文字列表栏；没有则为空列表。"""
        node = self._found.get(name)
        return () if node is None else node.texts()

    def day(self, name: str) -> date | None:
        """日期栏；没有则为空。"""
        node = self._found.get(name)
        return None if node is None else node.day()

    def integer(self, name: str) -> int | None:
        """整数栏；没有则为空。"""
        node = self._found.get(name)
        return None if node is None else node.integer()

    def boolean(self, name: str, default: bool = False) -> bool:
        """是否栏。"""
        node = self._found.get(name)
        return default if node is None else node.boolean()

    def items(self, name: str) -> tuple[Node, ...]:
        """列表栏；没有则为空。"""
        node = self._found.get(name)
        return () if node is None else tuple(node.items())

    def one_of(self, name: str, allowed: tuple[str, ...]) -> str:
        """只能取几种值的文字栏。"""
        value = self._found[name].text()
        if value not in allowed:
            raise PackError(
                self._found[name].spot, f"“{name}”不能是“{value}”", f"可取：{'、'.join(allowed)}"
            )
        return value


def read_yaml(path: Path, shown: str) -> Node:
    """读一个 YAML 文件；shown 是报错时显示的文件名。"""
    try:
        raw = yaml.compose(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PackError(
            Spot(shown, line), f"不是合格的 YAML（{error.problem}）", "请检查缩进、冒号与引号"
        ) from None
    if raw is None:
        raise PackError(Spot(shown, 1), "文件是空的", "请填写内容或删去此文件")
    return _node(shown, raw)


def _node(file: str, raw: yaml.Node) -> Node:
    return Node(Spot(file, raw.start_mark.line + 1), raw)


def _empty(raw: yaml.Node) -> bool:
    return isinstance(raw, yaml.ScalarNode) and raw.value == ""
