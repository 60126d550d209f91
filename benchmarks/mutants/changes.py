"""Every small wrong change that could be made to a function: one operator, constant, condition or
statement of it."""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
Edit = Literal["compare", "bool", "unnot", "binary", "constant", "condition", "return", "keyword", "drop"]
UNTESTABLE = {"help_text", "description", "summary", "operation_id", "tags"}  # words for people


@dataclass(frozen=True, slots=True)
class Change:
    """One wrong line: `line` of `path` (counted from 1, in the function that begins at
    `function_line`)."""

    path: str
    function: str
    function_line: int
    line: int
    what: str
    edit: Edit
    nth_function: int
    nth_node: int  # of the function

    def source(self, root: Path) -> str:
        """The whole changed file, without its formatting."""
        module = ast.parse((root / self.path).read_text())
        function = list(functions_of(module))[self.nth_function]
        _apply(module, list(ast.walk(function))[self.nth_node], self.edit)
        return ast.unparse(ast.fix_missing_locations(module))


def changes_of(path: Path, root: Path) -> Iterator[Change]:
    """All changes of one module."""
    for nth_function, function in enumerate(functions_of(ast.parse(path.read_text()))):
        first = min([function.lineno, *(each.lineno for each in function.decorator_list)])
        for nth_node, node in enumerate(ast.walk(function)):
            line = getattr(node, "lineno", first)
            for what, edit in _wrongs(node):
                where = (str(path.relative_to(root)), function.name, first, line)
                yield Change(*where, what, edit, nth_function, nth_node)


def functions_of(module: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and not (node.name.startswith("__") and node.name != "__call__"):
            yield node


def _wrongs(node: ast.AST) -> Iterator[tuple[str, Edit]]:  # noqa: C901 (a table of the kinds of node)
    match node:
        case ast.Compare(ops=[op]) if type(op) in COMPARISONS:
            yield f"{type(op).__name__} → {COMPARISONS[type(op)].__name__}", "compare"
        case ast.BoolOp():
            yield "and ↔ or", "bool"
        case ast.UnaryOp(op=ast.Not()):
            yield "not dropped", "unnot"
        case ast.BinOp(op=op) if type(op) in OPERATORS and not _is_text(node):
            yield f"{type(op).__name__} → {OPERATORS[type(op)].__name__}", "binary"
        case ast.Constant(value=bool()):
            yield f"{node.value} → {not node.value}", "constant"
        case ast.Constant(value=int() | float()):
            yield f"{node.value} → {node.value + 1}", "constant"
        case ast.If() | ast.IfExp() | ast.While():
            yield "condition turned round", "condition"
        case ast.Return(value=value) if value is not None:
            yield "returns None", "return"
        case ast.Call(keywords=keywords) if [k for k in keywords if k.arg and k.arg not in UNTESTABLE]:
            yield "a keyword argument dropped", "keyword"
        case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.Raise() | ast.Delete():
            yield f"{type(node).__name__.lower()} statement dropped", "drop"


def _is_text(node: ast.BinOp) -> bool:
    parts = (node.left, node.right)
    return any(isinstance(part, ast.JoinedStr | ast.Constant) and not _is_number(part) for part in parts)


def _is_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def _apply(module: ast.Module, node: ast.AST, edit: Edit) -> None:
    if edit in ("unnot", "drop"):
        _Replace(node, ast.Pass() if edit == "drop" else node.operand).visit(module)  # type: ignore[attr-defined]
    elif isinstance(node, ast.Compare):
        node.ops = [COMPARISONS[type(node.ops[0])]()]
    elif isinstance(node, ast.BoolOp):
        node.op = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
    elif isinstance(node, ast.BinOp):
        node.op = OPERATORS[type(node.op)]()
    elif isinstance(node, ast.Constant):
        node.value = not node.value if isinstance(node.value, bool) else node.value + 1  # type: ignore[operator]
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        node.test = ast.UnaryOp(ast.Not(), copy.copy(node.test))
    elif isinstance(node, ast.Return):
        node.value = ast.Constant(None)
    elif isinstance(node, ast.Call):
        dropped = next(k for k in node.keywords if k.arg and k.arg not in UNTESTABLE)
        node.keywords = [k for k in node.keywords if k is not dropped]


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old, self._new = old, new

    def generic_visit(self, node: ast.AST) -> ast.AST:
        return self._new if node is self._old else super().generic_visit(node)
