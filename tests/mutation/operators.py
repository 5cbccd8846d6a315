"""The changes of a module after which it behaves otherwise.

Left alone are messages and other strings, annotations, docstrings, decorators, the options of
classes, and the figures in tables (outside of functions, without a name of their own).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import copy
from itertools import takewhile
from typing import Any, NamedTuple

BOUNDARY = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
NEGATION = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
ARITHMETIC = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any"}
ORDER = ("key", "reverse")
"""Arguments that put things in order."""
SKIPPED = ("annotation", "returns", "decorator_list", "bases", "keywords", "type_params")
"""Fields of functions, classes and parameters that are no rules."""
LONG, AROUND = 110, 50
"""From how many characters on a statement is shown in part, and how many around that part."""
EMPTY: dict[str, ast.expr] = {
    "list": ast.List([], ast.Load()),
    "tuple": ast.Tuple([], ast.Load()),
    "dict": ast.Dict([], []),
    "None": ast.Constant(None),
}


class Change(NamedTuple):
    """A change of a statement.

    `path` is that of the class or function around it, `top` the outermost function with the line
    that it begins on (nothing outside of functions), `defines` the names that are defined there.
    `after` is empty when the statement is gone. Of a long statement the part is shown that differs.
    """

    path: str
    top: str
    first: int
    last: int
    before: str
    after: str
    defines: frozenset[str] = frozenset()


class Scope(NamedTuple):
    """Where in a module we are: `top` is the outermost function."""

    path: str = ""
    top: str = ""
    returns: str = ""

    def within(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Scope:
        """Inside a function or class of this scope."""
        path = f"{self.path}.{node.name}" if self.path else node.name
        if isinstance(node, ast.ClassDef):
            return Scope(path, self.top)
        returns = ast.unparse(node.returns) if node.returns else ""
        return Scope(path, self.top or f"{path}:{_first_line(node)}", returns)


def changes(tree: ast.Module) -> Iterator[Change]:
    """Change a module in one place after the other.

    While the iterator rests, `tree` is changed as it said last.
    """
    yield from _block(tree.body, Scope())


def header(statement: ast.stmt) -> str:
    """A statement as text, without the statements inside it."""
    if isinstance(statement, ast.Try):
        return "try:"
    shown = copy(statement)
    for field in ("body", "orelse", "finalbody"):
        if getattr(statement, field, None):
            setattr(shown, field, [ast.Pass()] if field == "body" else [])
    if isinstance(shown, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        shown.decorator_list = []
    if isinstance(shown, ast.Match):
        shown.cases = []
    return ast.unparse(shown).removesuffix("\n    pass")


def _first_line(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _block(statements: list[ast.stmt], scope: Scope) -> Iterator[Change]:
    for index, statement in enumerate(statements):
        if not _is_rule(statement):
            continue
        for replacement in _replacements(statement, scope):
            yield from _put(statements, index, replacement, statement, scope)
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            inner = scope.within(statement)
        else:
            inner = scope
        for field, value in ast.iter_fields(statement):
            if _is_block(value):
                yield from _block(value, inner)
            elif field in SKIPPED and isinstance(statement, (ast.AnnAssign, *_DEFINITIONS)):
                continue
            else:
                yield from _parts(statement, field, value, statement, scope)


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _is_block(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], ast.stmt)


def _is_rule(statement: ast.stmt) -> bool:
    if isinstance(statement, (ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal)):
        return False
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return False
    return not (isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING")


def _put(
    holder: Any, place: int | str, new: Any, statement: ast.stmt, scope: Scope
) -> Iterator[Change]:
    """Put `new` into a place of a node or list for as long as the iterator rests."""
    fields: Any = holder if isinstance(holder, list) else vars(holder)
    old = fields[place]
    before = header(statement)
    fields[place] = new
    replaced = new if old is statement else statement
    after = "" if isinstance(replaced, ast.Pass) else header(replaced)
    defines = names_defined(statement) if not scope.top else frozenset()
    before, after = _differing(before, after)
    last = statement.end_lineno or statement.lineno
    body = getattr(statement, "body", None)
    if isinstance(body, list):
        last = max(statement.lineno, body[0].lineno - 1)
    yield Change(scope.path, scope.top, statement.lineno, last, before, after, defines)
    fields[place] = old


def _differing(before: str, after: str) -> tuple[str, str]:
    """The parts of two texts that differ, with what is around them."""
    if not after or len(before) <= LONG:
        return before, after
    alike = _alike(before, after)
    behind = _alike(before[alike:][::-1], after[alike:][::-1])
    first, last = max(0, alike - AROUND), max(0, behind - AROUND)
    return tuple(  # type: ignore[return-value]
        ("..." if first else "") + text[first : len(text) - last] + ("..." if last else "")
        for text in (before, after)
    )


def _alike(one: str, other: str) -> int:
    """How many characters two texts have in common from their beginning on."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def names_defined(statement: ast.stmt) -> frozenset[str]:
    """The names that a statement outside of functions defines."""
    if isinstance(statement, _DEFINITIONS):
        return frozenset({statement.name})
    names = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
    return frozenset(name.id for name in names if isinstance(name.ctx, ast.Store))


def _replacements(statement: ast.stmt, scope: Scope) -> Iterator[ast.stmt]:
    """Replacements of a statement."""
    at = {"lineno": statement.lineno, "col_offset": statement.col_offset}
    removable: tuple[type[ast.stmt], ...] = (ast.AugAssign, ast.Delete, ast.Continue, ast.Break)
    match statement:
        case ast.Expr() | ast.Raise():
            yield ast.Pass(**at)
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield ast.Pass(**at)
        case ast.Return(value=None):
            yield ast.Pass(**at)
        case ast.Return(value=ast.expr() as value):
            for returned in _returned(value, scope.returns):
                yield ast.copy_location(ast.Return(returned), statement)
        case _ if isinstance(statement, removable):
            yield ast.Pass(**at)
            if isinstance(statement, ast.AugAssign) and type(statement.op) in ARITHMETIC:
                other = ARITHMETIC[type(statement.op)]()
                yield ast.AugAssign(statement.target, other, statement.value, **at)


def _returned(value: ast.expr, returns: str) -> Iterator[ast.expr]:
    """Values to return instead of another, by the annotation of the function."""
    mutated_inside = (ast.Compare, ast.BoolOp, ast.UnaryOp, ast.Constant, ast.BinOp)
    if returns == "bool" and not isinstance(value, mutated_inside):
        yield ast.UnaryOp(ast.Not(), value)
    elif returns in ("int", "float") and not isinstance(value, mutated_inside):
        yield ast.BinOp(value, ast.Add(), ast.Constant(1))
    kinds = [returns.partition("[")[0]] + (["None"] if returns.endswith("| None") else [])
    for kind in kinds:
        if kind in EMPTY and ast.dump(EMPTY[kind]) != ast.dump(value):
            yield EMPTY[kind]


def _parts(
    node: ast.AST, field: str, value: object, statement: ast.stmt, scope: Scope
) -> Iterator[Change]:
    """The changes of what stands in a field of a node."""
    if isinstance(value, list):
        for index, element in enumerate(value):
            if isinstance(element, ast.AST):
                yield from _expression(value, index, element, statement, scope)
    elif isinstance(value, ast.AST):
        yield from _expression(node, field, value, statement, scope)


def _expression(
    holder: Any, place: int | str, node: ast.AST, statement: ast.stmt, scope: Scope
) -> Iterator[Change]:
    if isinstance(node, (ast.JoinedStr, ast.expr_context, ast.match_case)):
        if isinstance(node, ast.match_case):
            yield from _block(node.body, scope)
        return
    if isinstance(node, ast.ExceptHandler):
        yield from _block(node.body, scope)
        return
    alternatives = list(_alternatives(node))
    if isinstance(node, ast.Constant) and not scope.top and not _is_named(holder, node):
        alternatives = []
    plain = (ast.Name, ast.Attribute, ast.Call, ast.NamedExpr)
    if place == "test" and holder is statement and isinstance(node, plain):
        alternatives.append(ast.UnaryOp(ast.Not(), node))
    for replacement in alternatives:
        located = ast.copy_location(replacement, node) if hasattr(node, "lineno") else replacement
        yield from _put(holder, place, located, statement, scope)
    for field, value in ast.iter_fields(node):
        if not (field in SKIPPED and isinstance(node, ast.arg)):
            yield from _parts(node, field, value, statement, scope)


def _is_named(holder: object, node: ast.Constant) -> bool:
    """Whether a value outside of functions is a flag or has a name of its own."""
    return isinstance(node.value, bool) or isinstance(
        holder, (ast.keyword, ast.Assign, ast.AnnAssign, ast.BinOp, ast.UnaryOp)
    )


def _alternatives(node: ast.AST) -> Iterator[Any]:
    """Replacements of an expression or operator."""
    match node:
        case ast.Compare():
            yield from _comparisons(node)
        case ast.BoolOp():
            yield from _conditions(node)
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield node.operand
        case ast.BinOp() if type(node.op) in ARITHMETIC and not _is_text_or_type(node):
            yield ast.BinOp(node.left, ARITHMETIC[type(node.op)](), node.right)
        case ast.Constant():
            yield from _constants(node.value)
        case ast.IfExp():
            yield ast.IfExp(node.test, node.orelse, node.body)
        case ast.Call():
            yield from _calls(node)
        case ast.comprehension():
            for rest in _all_but_one(node.ifs):
                yield ast.comprehension(node.target, node.iter, rest, node.is_async)


def _comparisons(node: ast.Compare) -> Iterator[ast.expr]:
    for index, operator in enumerate(node.ops):
        for table in (BOUNDARY, NEGATION):
            if type(operator) in table:
                ops = [*node.ops[:index], table[type(operator)](), *node.ops[index + 1 :]]
                yield ast.Compare(node.left, ops, node.comparators)


def _conditions(node: ast.BoolOp) -> Iterator[ast.expr]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for rest in _all_but_one(node.values):
        yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def _all_but_one(nodes: list[ast.expr]) -> Iterator[list[ast.expr]]:
    for index in range(len(nodes)):
        yield [*nodes[:index], *nodes[index + 1 :]]


def _is_text_or_type(node: ast.BinOp) -> bool:
    """Whether an operation joins texts, lists or types."""
    sides = (node.left, node.right)
    if any(isinstance(side, (ast.JoinedStr, ast.List, ast.Tuple)) for side in sides):
        return True
    if any(isinstance(side, ast.Constant) and isinstance(side.value, str) for side in sides):
        return True
    return isinstance(node.op, ast.BitOr) and any(
        isinstance(side, ast.Name) and side.id[:1].isupper() for side in sides
    )


def _constants(value: object) -> Iterator[ast.expr]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
    elif isinstance(value, float):
        yield ast.Constant(value * 2 or 1.0)


def _calls(node: ast.Call) -> Iterator[ast.expr]:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name in FUNCTIONS:
        yield ast.Call(ast.Name(FUNCTIONS[name], ast.Load()), node.args, node.keywords)
    if name == "sorted" and not node.keywords:
        yield ast.Call(ast.Name("list", ast.Load()), node.args, [])
    for keyword in node.keywords:
        if keyword.arg in ORDER:
            yield ast.Call(node.func, node.args, [k for k in node.keywords if k is not keyword])
    simple = (ast.Name, ast.Attribute)
    if len(node.args) > 1 and all(isinstance(arg, simple) for arg in node.args[:2]):
        first, second, *rest = node.args
        yield ast.Call(node.func, [second, first, *rest], node.keywords)
