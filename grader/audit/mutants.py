"""Wrong versions of a right function: the operators of a mutation library, and those of this field.

cosmic-ray brings the general ones (comparisons, arithmetic, constants, loops); the ones below know NumPy
and backpropagation: an axis, a transpose, a factor 1/m, a term, an index off by one. Annotations and
docstrings are taken off first, so that only code is mutated.
"""

from __future__ import annotations

import ast
import copy
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from grader.errors import missing_extra

__all__ = ["Mutant", "chosen", "mutants_of", "plain_source"]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed function: the operator's name, the changed lines and the whole new source."""

    function: str
    operator: str
    before: str
    after: str
    source: str


def plain_source(function: ast.FunctionDef) -> str:
    """A function's code without annotations, docstring and the words of its exceptions."""
    tree = copy.deepcopy(function)
    tree.returns = None
    tree.decorator_list = []
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            node.exc = node.exc.func
        if isinstance(node, ast.FunctionDef) and len(node.body) > 1 and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return ast.unparse(tree)


def mutants_of(function: ast.FunctionDef) -> list[Mutant]:
    """All mutants of one function, but for those that are the same by construction.

    Raises
    ------
    HarnessError
        When the library of general operators is not installed.

    Examples
    --------
    >>> (function,) = ast.parse("def halve(x): return x / 2").body
    >>> [m.after for m in mutants_of(function) if m.operator == "operands"]
    ['return 2', 'return 2 / x', 'return x', 'return x / 2 / 2']
    """
    source = plain_source(function)
    same = _in_one_way(source)
    mutants: dict[str, Mutant] = {}
    for operator, changed in (*_numpy_mutants(source), *_general_mutants(source)):
        before, after = _changed_lines(source, changed)
        # Defaults are not graded (optional arguments are always passed), so that a changed "def" line changes nothing.
        if changed not in mutants and not before.startswith("def ") and _parses(changed) and _in_one_way(changed) != same:
            mutants[changed] = Mutant(function.name, operator, before, after, changed)
    return sorted(mutants.values(), key=lambda m: (m.before, m.after))


def chosen(mutants: Sequence[Mutant], budget: int) -> list[Mutant]:
    """At most ``budget`` of the mutants, scattered over the function and the same each time."""
    scattered = sorted(mutants, key=lambda m: hashlib.sha256(m.source.encode()).hexdigest())[:budget]
    return sorted(scattered, key=lambda m: (m.before, m.after))


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
        return True
    except SyntaxError:
        return False


def _in_one_way(source: str) -> str:
    """The source with what is the same by construction written in one way."""
    return ast.unparse(_OneWay().visit(ast.parse(source)))


class _OneWay(ast.NodeTransformer):
    """Puts in order the axes of a sum, and both sides of a difference whose sign is lost."""

    def visit_keyword(self, node: ast.keyword) -> ast.keyword:
        self.generic_visit(node)
        if node.arg == "axis" and isinstance(node.value, ast.Tuple):
            node.value.elts.sort(key=ast.unparse)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.BinOp:
        self.generic_visit(node)
        if isinstance(node.op, ast.Pow) and isinstance(node.right, ast.Constant) and node.right.value == 2:
            _put_in_order(node.left)
        return node

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        if _called(node) in ("square", "abs", "norm") and node.args:
            _put_in_order(node.args[0])
        return node


def _put_in_order(node: ast.expr) -> None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        node.left, node.right = sorted((node.left, node.right), key=ast.unparse)


def _changed_lines(before: str, after: str) -> tuple[str, str]:
    old, new = before.split("\n"), after.split("\n")
    start = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return (
        " / ".join(line.strip() for line in old[start : len(old) - end]),
        " / ".join(line.strip() for line in new[start : len(new) - end]),
    )


# -- general operators -------------------------------------------------------------------

_ARITHMETIC = {
    "Add": ("Sub", "Mul"), "Sub": ("Add", "Mul"), "Mul": ("Div", "Add"), "Div": ("Mul", "FloorDiv"),
    "FloorDiv": ("Div", "Mul"), "Pow": ("Mul",), "Mod": ("FloorDiv",),
}  # fmt: skip
_OTHERS = (
    "ReplaceUnaryOperator_Delete_USub", "ReplaceUnaryOperator_USub_UAdd", "ReplaceUnaryOperator_Delete_Not",
    "ReplaceUnaryOperator_Delete_Invert", "AddNot", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue",
    "ReplaceAndWithOr", "ReplaceOrWithAnd", "ReplaceBreakWithContinue", "NumberReplacer", "ZeroIterationForLoop",
)  # fmt: skip


def _general_mutants(source: str) -> Iterator[tuple[str, str]]:
    try:
        from cosmic_ray.mutating import mutate_code
        from cosmic_ray.plugins import get_operator, operator_names
    except ImportError:
        raise missing_extra("'grader audit'", "audit") from None
    wanted = {f"core/ReplaceBinaryOperator_{a}_{b}" for a, others in _ARITHMETIC.items() for b in others}
    wanted |= {f"core/{name}" for name in _OTHERS}
    for name in sorted(operator_names()):
        if name not in wanted and ("ComparisonOperator" not in name or "Is" in name):
            continue  # identity of small integers is an accident of the interpreter
        operator = get_operator(name)()
        for occurrence in range(1000):
            changed = mutate_code(source.encode(), operator, occurrence)
            if changed is None:
                break
            yield name.removeprefix("core/"), changed.decode() if isinstance(changed, bytes) else changed


# -- operators of this field -------------------------------------------------------------

_SWAPPED = {
    "sum": "mean", "mean": "sum", "maximum": "minimum", "minimum": "maximum", "zeros": "ones", "ones": "zeros",
    "zeros_like": "ones_like", "max": "min", "min": "max", "argmax": "argmin", "exp": "square", "sqrt": "square",
    "log": "log1p", "var": "std", "std": "var", "tanh": "sin", "randn": "rand", "floor": "ceil", "vstack": "hstack",
    "standard_normal": "random", "normal": "uniform", "permutation": "arange", "dot": "multiply", "matmul": "multiply",
}  # fmt: skip
_DROPPED_CALLS = frozenset({"sqrt", "exp", "log", "abs", "square", "tanh", "squeeze", "reshape", "copy", "int", "float"})
_LETTERS = {
    "W": "b", "b": "W", "dW": "db", "db": "dW", "dA": "dW", "v": "s", "s": "v", "sigmoid": "relu", "relu": "sigmoid",
}  # fmt: skip

Rule = Callable[[ast.AST], Iterator[ast.AST]]


def _axis(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.keyword) and node.arg == "axis" and isinstance(node.value, ast.Constant):
        yield ast.keyword("axis", ast.Constant(1 - node.value.value if node.value.value in (0, 1) else None))
        yield ast.keyword("axis", ast.Constant(None))
    if isinstance(node, ast.keyword) and node.arg == "keepdims" and isinstance(node.value, ast.Constant):
        yield ast.keyword("keepdims", ast.Constant(not node.value.value))


def _transpose(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value


def _operands(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.MatMult | ast.Sub | ast.Div | ast.Pow):
            yield ast.BinOp(node.right, node.op, node.left)
        yield node.left
        yield node.right
        if isinstance(node.op, ast.Div | ast.Mult):
            yield ast.BinOp(node, node.op, node.right)
    if isinstance(node, ast.Call) and len(node.args) == 2 and _called(node) in ("dot", "matmul", "subtract", "divide"):
        yield ast.Call(node.func, list(reversed(node.args)), node.keywords)


def _calls(node: ast.AST) -> Iterator[ast.AST]:
    name = _called(node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and name in _SWAPPED:
        yield ast.Call(ast.Attribute(node.func.value, _SWAPPED[name], ast.Load()), node.args, node.keywords)
    if isinstance(node, ast.Call) and name in _DROPPED_CALLS:
        inner = node.args[0] if node.args else node.func.value if isinstance(node.func, ast.Attribute) else None
        if inner is not None:
            yield inner


def _called(node: ast.AST) -> str:
    """The name of the function that a call calls, without what stands before its last dot."""
    return ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""


def _texts(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Constant) and node.value in _LETTERS:
        yield ast.Constant(_LETTERS[node.value])


def _tuples(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load) and len(node.elts) > 1:
        for i in range(len(node.elts) - 1):
            swapped = [*node.elts[:i], node.elts[i + 1], node.elts[i], *node.elts[i + 2 :]]
            yield ast.Tuple(swapped, ast.Load())


def _branches(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.IfExp):
        yield node.body
        yield node.orelse


def _names_rule(names: Sequence[str], counters: Sequence[str]) -> Rule:
    """An argument taken for its neighbour; a loop variable off by one."""

    def rule(node: ast.AST) -> Iterator[ast.AST]:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            if node.id in counters:
                yield ast.BinOp(ast.Name(node.id, ast.Load()), ast.Sub(), ast.Constant(1))
                yield ast.BinOp(ast.Name(node.id, ast.Load()), ast.Add(), ast.Constant(1))
            if node.id in names:
                where = names.index(node.id)
                for other in (*names[max(0, where - 1) : where], *names[where + 1 : where + 2]):
                    yield ast.Name(other, ast.Load())

    return rule


def _numpy_mutants(source: str) -> Iterator[tuple[str, str]]:
    tree = ast.parse(source)
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    names = [argument.arg for argument in function.args.args]
    loops = [node for node in ast.walk(tree) if isinstance(node, ast.For)]
    counters = [n.id for loop in loops for n in ast.walk(loop.target) if isinstance(n, ast.Name)]
    rules: dict[str, Rule] = {
        "axis": _axis, "transpose": _transpose, "operands": _operands, "calls": _calls, "texts": _texts,
        "order": _tuples, "branches": _branches, "names": _names_rule(names, counters),
    }  # fmt: skip
    for number, node in enumerate(ast.walk(tree)):
        for name, rule in rules.items():
            for variant in rule(node):
                yield name, _with(tree, number, variant)
    for number, node in enumerate(ast.walk(tree)):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr):
            yield "drop-statement", _with(tree, number, ast.Pass())


def _with(tree: ast.Module, number: int, variant: ast.AST) -> str:
    """The source with the numbered node (in the order of ``ast.walk``) replaced."""
    changed = copy.deepcopy(tree)
    target = next(node for i, node in enumerate(ast.walk(changed)) if i == number)
    fresh = copy.deepcopy(variant)
    for parent in ast.walk(changed):
        for field, value in ast.iter_fields(parent):
            if value is target:
                setattr(parent, field, fresh)
            elif isinstance(value, list):
                setattr(parent, field, [fresh if item is target else item for item in value])
    return ast.unparse(ast.fix_missing_locations(changed))
