"""What a top-level statement does to names: which it binds, which it reads, and whose values it changes.

Everything here looks at the syntax tree alone. Scopes follow the language reference ("Resolution of names"): a
name that a function binds anywhere is local to it, a class body sees its own names but its methods do not, a
comprehension has a scope of its own. Annotations are never evaluated, so they read nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

__all__ = ["Effects", "Uses", "bound_names", "uses_of"]

# Calls that change what their first argument holds, by the last part of their name.
_CHANGE_FIRST = frozenset(
    "setattr delattr shuffle fill_diagonal copyto put place putmask put_along_axis heappush heapify insort insort_left "
    "insort_right next".split()
)
# Who calls one of these may read any name of the module.
_DYNAMIC = frozenset({"globals", "eval", "exec", "vars", "__import__", "import_module", "importlib"})

# A statement that runs one of these may bind any name of the module.
_BINDERS = frozenset({"globals", "vars", "locals", "exec", "setattr"})

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

# Half of the time of reading a submission would go into nodes that hold no name, and into asking nodes what they are not.
_NO_EVALUATION = frozenset(
    "annotation returns type_comment type_params ctx op ops id attr arg names kwd_attrs is_async kind".split()
)
_EVALUATED = {
    kind: tuple(name for name in kind._fields if name not in _NO_EVALUATION and kind is not ast.Constant)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
} | {type(None): ()}  # what stands for nothing in a row: a key of ``{**a}``, a parameter without a default
_SCOPED = frozenset(
    {ast.Name, *_FUNCTIONS, ast.Lambda, ast.ClassDef, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Global}
    | {ast.Nonlocal, ast.Import, ast.ImportFrom, ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping}
    | {ast.AugAssign}
)
_LOADING = _SCOPED | {ast.NamedExpr}
_EFFECTIVE = frozenset({ast.Call, ast.Global, ast.Subscript, ast.Attribute, ast.AugAssign, ast.Expr})


@dataclass(frozen=True, slots=True)
class Effects:
    """What a call of a function of the file may do beyond its result.

    Attributes
    ----------
    sets
        Global names that it binds (``global K; K = 1``).
    changes
        Global names whose values it changes in place (``TABLE[k] = v``).
    methods
        Global names of which it calls a method for its effect, or changes a part (``REGISTRY.append(f)``).
    parameters
        Positions of the parameters that it changes in place.
    calls
        Global names that it reads, some of which may be further functions.
    called
        Those of them that it calls: what they mean is a function.
    """

    sets: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()
    parameters: frozenset[int] = frozenset()
    calls: frozenset[str] = frozenset()
    called: frozenset[str] = frozenset()


@dataclass(slots=True)
class Uses:
    """The names of one top-level statement.

    Attributes
    ----------
    binds
        Names that it binds when it is executed; ``"*"`` stands for a star import.
    reads
        Global names that are read when it is executed, or later when a function that it defines is called.
    runs
        Those of them that are read when it is executed.
    changes
        Names whose values it changes: ``T[k] = v``, ``T.a = v``, ``x += 1``, ``shuffle(T)``.
    methods
        Names of which it calls a method for its effect, or changes a part: ``T.update(...)``, ``T.a[k] = v``. Where the
        name is a module's (``np.random.seed(1)``, ``plt.rcParams["font.size"] = 9``), that changes nothing that counts.
    arguments
        Calls of plain names that stand as statements, with the plain names among their arguments by position.
    same
        By a plain name that it binds, the names whose value it may be, or be a part of: ``c = CFG``, ``a = CFG["a"]``.
    decorated
        Functions that it defines with decorators, which may run them.
    definitions, effects
        By name of a function that it defines (also within ``if``, ``for``, ``with`` or ``try``), its definition and
        what a call of it does.
    dynamic
        It may read names that nobody can tell (``globals()``, ``eval``).
    binder
        It may bind such names when it is executed.
    """

    binds: dict[str, None] = field(default_factory=dict)
    reads: set[str] = field(default_factory=set)
    runs: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    methods: set[str] = field(default_factory=set)
    arguments: list[tuple[str, dict[int, str]]] = field(default_factory=list)
    same: dict[str, set[str]] = field(default_factory=dict)
    decorated: set[str] = field(default_factory=set)
    definitions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    effects: dict[str, Effects] = field(default_factory=dict)
    dynamic: bool = False
    binder: bool = False


def uses_of(statement: ast.stmt) -> Uses:
    """The names of a statement; a RecursionError where it is nested too deeply to be looked at."""
    uses = Uses()
    _Statement(uses).statement(statement)
    uses.reads |= uses.runs
    uses.dynamic = not uses.reads.isdisjoint(_DYNAMIC)
    uses.binder = not uses.runs.isdisjoint(_BINDERS)
    return uses


def bound_names(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement binds (without those of a star import)."""
    return (name for name in uses_of(statement).binds if name != "*")


class _Statement:
    """Walks what is executed at module level; bodies of functions are looked at as a whole."""

    def __init__(self, uses: Uses, *, effects: bool = True) -> None:
        self.uses = uses
        self.effects = effects  # whether what calls do is asked for

    def statement(self, node: ast.stmt) -> None:
        uses = self.uses
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                uses.binds[node.name] = None
                self._expressions([*node.decorator_list, *_defaults(node.args)])
                self._decorators(node.decorator_list)
                uses.decorated |= {node.name} if node.decorator_list else set()
                if isinstance(node, ast.FunctionDef):
                    uses.definitions[node.name] = node
                free = _free_names(node)
                uses.reads |= free
                if self.effects:
                    uses.effects[node.name] = _effects(node, free)
            case ast.ClassDef():
                uses.binds[node.name] = None
                self._expressions([*node.decorator_list, *node.bases, *(k.value for k in node.keywords)])
                self._decorators(node.decorator_list)
                self._class(node)
            case ast.Import() | ast.ImportFrom():
                for alias in node.names:
                    uses.binds[alias.asname or alias.name.partition(".")[0]] = None
            case ast.Assign():
                self._expressions([node.value])
                self._targets(node.targets)
                self._same(node)
            case ast.AnnAssign():
                if node.value:
                    self._expressions([node.value])
                    self._targets([node.target])
            case ast.AugAssign():
                self._expressions([node.value])
                if isinstance(node.target, ast.Name):
                    uses.runs.add(node.target.id)
                    uses.changes.add(node.target.id)
                self._targets([node.target])
            case ast.Delete():
                self._targets([target for target in node.targets if not isinstance(target, ast.Name)])
            case ast.Expr():
                self._expressions([node.value])
                self._called(node.value.elt if isinstance(node.value, ast.ListComp | ast.SetComp) else node.value)
            case _:
                self._compound(node)

    def _compound(self, node: ast.stmt) -> None:
        """A statement that holds others, or does nothing to names but reading them."""
        uses = self.uses
        match node:
            case ast.For() | ast.AsyncFor():
                self._expressions([node.iter])
                self._targets([node.target])
                self._statements([*node.body, *node.orelse])
            case ast.With() | ast.AsyncWith():
                self._expressions([item.context_expr for item in node.items])
                self._targets([item.optional_vars for item in node.items if item.optional_vars])
                self._statements(node.body)
            case ast.Try() | ast.TryStar():
                for handler in node.handlers:
                    if handler.type:
                        self._expressions([handler.type])
                    self._statements(handler.body)
                self._statements([*node.body, *node.orelse, *node.finalbody])
            case ast.Match():
                self._expressions([node.subject])
                for case in node.cases:
                    uses.binds.update(dict.fromkeys(_captured(case.pattern)))
                    self._expressions([*_pattern_values(case.pattern), *([case.guard] if case.guard else [])])
                    self._statements(case.body)
            case _:
                self._expressions([child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)])
                self._statements([child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)])
                if isinstance(node, ast.If | ast.While):
                    self._methods(node.test)

    def _statements(self, nodes: Iterable[ast.stmt]) -> None:
        for node in nodes:
            self.statement(node)

    def _targets(self, targets: Iterable[ast.expr]) -> None:
        for target in targets:
            if isinstance(target, ast.Name):
                self.uses.binds[target.id] = None
            elif isinstance(target, ast.Tuple | ast.List):
                self._targets(target.elts)
            elif isinstance(target, ast.Starred):
                self._targets([target.value])
            elif isinstance(target, ast.Subscript | ast.Attribute):  # T[k], T.a, T[k].a[j]: the value of T changes
                self._expressions([target])
                (self.uses.changes if _is_shallow(target) else self.uses.methods).update(_root(target))

    def _same(self, node: ast.Assign) -> None:
        """Other names of one object, or of a part of it: what changes it under one of them changes it under all."""
        plain = [target.id for target in node.targets if isinstance(target, ast.Name)]
        whole = _root(node.value) if isinstance(node.value, ast.Name | ast.Subscript | ast.Attribute) else set()
        for name, other in zip(plain, [*plain[1:], *plain[:1]], strict=True):  # a ring: each leads to all
            self.uses.same.setdefault(name, set()).update({other, *whole} - {name})

    def _called(self, call: ast.expr) -> None:
        """A call that stands as a statement: a method may change its object, a function its arguments."""
        if not isinstance(call, ast.Call):
            return
        if isinstance(call.func, ast.Attribute):
            self.uses.methods |= _root(call.func.value)
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        plain = {n: a.id for n, a in enumerate(call.args) if isinstance(a, ast.Name)}
        if name in _CHANGE_FIRST and call.args:
            self.uses.changes |= _root(call.args[0])
        elif isinstance(call.func, ast.Name) and plain:
            self.uses.arguments.append((name, plain))

    def _decorators(self, decorators: Iterable[ast.expr]) -> None:
        """``@relu.register`` changes what it belongs to, ``@add_to(Net)`` perhaps its argument, as a call does."""
        for decorator in decorators:
            if isinstance(decorator, ast.Call):
                self._called(decorator)
            function = decorator.func if isinstance(decorator, ast.Call) else decorator
            if isinstance(function, ast.Attribute):
                self.uses.methods |= _root(function.value)

    def _methods(self, test: ast.expr) -> None:
        """``while stack.pop():`` changes the stack as a statement would."""
        passed: set[int] = set()  # parts of a chain of calls whose beginning is looked up already
        for node in ast.walk(test):
            match node:
                case ast.Call(func=ast.Attribute(attr="pop" | "popleft")) if id(node) not in passed:
                    self.uses.methods |= _root(node, passed)

    def _expressions(self, nodes: Iterable[ast.expr]) -> None:
        scope = _Scope()
        for node in nodes:
            scope.load(node)
        self.uses.runs |= scope.loads
        self.uses.reads |= scope.later
        self.uses.binds.update(dict.fromkeys(scope.walrus))

    def _class(self, node: ast.ClassDef) -> None:
        """The body is executed; its own names are read before those of the module, its methods read later."""
        own: set[str] = set()
        effects: list[Effects] = []
        inner = Uses()
        for statement in node.body:
            if isinstance(statement, ast.Pass):
                continue
            part = Uses()
            _Statement(part, effects=self.effects).statement(statement)
            inner.runs |= part.runs - own
            inner.reads |= part.reads
            inner.changes |= part.changes - own
            inner.methods |= part.methods - own
            effects += part.effects.values()
            own |= set(part.binds)
        self.uses.runs |= inner.runs
        self.uses.reads |= inner.reads
        self.uses.changes |= inner.changes
        self.uses.methods |= inner.methods
        # Whoever makes an object of the class, or a class below it, may run any of its methods.
        self.uses.effects[node.name] = Effects(
            sets=frozenset().union(*(e.sets for e in effects)),
            changes=frozenset().union(*(e.changes for e in effects)),
            methods=frozenset().union(*(e.methods for e in effects)),
            calls=frozenset().union(*(e.calls for e in effects)),
            called=frozenset().union(*(e.called for e in effects)),
        )


# -- functions and expressions ---------------------------------------------------------------


class _Scope:
    """The names that some code loads, without those of the scopes inside it that these bind themselves."""

    def __init__(self) -> None:
        self.loads: set[str] = set()
        self.later: set[str] = set()
        self.walrus: set[str] = set()

    def load(self, root: ast.AST) -> None:
        """Everything that a node loads; bodies of lambdas and functions are for later."""
        stack = [root]
        while stack:
            node = stack.pop()
            if type(node) not in _LOADING:
                stack += _evaluated(node)
            elif isinstance(node, ast.Name):
                if isinstance(node.ctx, ast.Load):
                    self.loads.add(node.id)
            elif isinstance(node, ast.Lambda):
                stack += _defaults(node.args)
                self.later = _joined(self.later, _free_names(node))
            elif isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
                self._comprehension(node)
            elif isinstance(node, ast.NamedExpr):
                self.walrus.add(node.target.id)
                stack.append(node.value)
            else:
                stack += _evaluated(node)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> None:
        inner = _Scope()
        elements = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        for part in elements:
            inner.load(part)
        own: set[str] = set()
        for generator in node.generators:
            own |= _stored(generator.target)
            for part in (generator.target, *generator.ifs, generator.iter):
                inner.load(part)
        inner.loads -= own
        inner.later -= own
        self.loads = _joined(self.loads, inner.loads)
        self.later = _joined(self.later, inner.later)
        self.walrus |= inner.walrus


def _stored(target: ast.expr) -> set[str]:
    """The names in the target of a loop."""
    names, stack = set[str](), [target]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Tuple | ast.List):
            stack += node.elts
        elif isinstance(node, ast.Starred):
            stack.append(node.value)
    return names


def _evaluated(node: ast.AST) -> list[ast.AST]:
    """The parts of a node that are evaluated: annotations are not."""
    found: list[ast.AST] = []
    for name in _EVALUATED[type(node)]:
        value = getattr(node, name, None)
        if type(value) is list:
            found += value
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def _free_names(function: ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """The global names that a function reads when it is called, those of functions inside it included."""
    body: Sequence[ast.AST] = [function.body] if isinstance(function, ast.Lambda) else function.body
    local = _parameters(function.args)
    declared: set[str] = set()
    loads: set[str] = set()
    inner: set[str] = set()
    stack = list(body)
    while stack:
        node = stack.pop()
        if type(node) not in _SCOPED:
            stack += _evaluated(node)
        elif isinstance(node, ast.Name):
            (loads if isinstance(node.ctx, ast.Load) else local).add(node.id)
        elif isinstance(node, _FUNCTIONS):
            local.add(node.name)
            stack += [*node.decorator_list, *_defaults(node.args)]
            inner = _joined(inner, _free_names(node))
        elif isinstance(node, ast.Lambda):
            stack += _defaults(node.args)
            inner = _joined(inner, _free_names(node))
        elif isinstance(node, ast.ClassDef):
            local.add(node.name)
            part = Uses()
            _Statement(part, effects=False).statement(node)
            inner = _joined(inner, _joined(part.reads, part.runs))
        elif isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            scope = _Scope()
            scope.load(node)
            inner = _joined(inner, _joined(scope.loads, scope.later))
            local |= scope.walrus
        elif isinstance(node, ast.Global):
            declared.update(node.names)
        elif isinstance(node, ast.Nonlocal):
            inner.update(node.names)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            local |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar | ast.MatchMapping):
            name = node.rest if isinstance(node, ast.MatchMapping) else node.name
            local |= {name} if name else set()
            stack += _evaluated(node)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            loads.add(node.target.id)
            local.add(node.target.id)
            stack.append(node.value)
        else:
            stack += _evaluated(node)
    free = _joined(loads, inner)
    free -= local - declared
    free |= declared
    return free


def _effective(node: ast.AST) -> Iterator[ast.AST]:
    """What a node is made of that may have an effect."""
    stack = [node]
    while stack:
        node = stack.pop()
        if type(node) in _EFFECTIVE:
            yield node
        stack += _evaluated(node)


def _joined(one: set[str], other: set[str]) -> set[str]:
    """The union, put into the larger set: a name that passes through many scopes is copied few times."""
    small, large = sorted((one, other), key=len)
    large |= small
    return large


def _effects(function: ast.FunctionDef | ast.AsyncFunctionDef, free: set[str]) -> Effects:
    """What a call does beyond its result; functions inside it count as if they were called."""
    positions = {argument.arg: n for n, argument in enumerate((*function.args.posonlyargs, *function.args.args))}
    sets: set[str] = set()
    changes: set[str] = set()
    methods: set[str] = set()
    called: set[str] = set()
    for node in _effective(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            called.add(node.func.id)
        match node:
            case ast.Global(names=names):
                sets.update(names)
            case ast.Subscript(ctx=ast.Store() | ast.Del()) | ast.Attribute(ctx=ast.Store() | ast.Del()):
                (changes if _is_shallow(node) else methods).update(_root(node))
            case ast.AugAssign(target=ast.Name(id=name)):
                changes.add(name)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=value))):
                methods |= _root(value)
            case ast.Expr(value=ast.Call(func=ast.Name(id=name), args=[first, *_])) if name in _CHANGE_FIRST:
                changes |= _root(first)
    return Effects(
        sets=frozenset(sets),
        changes=frozenset(changes & free - sets),
        methods=frozenset(methods & free - sets),
        parameters=frozenset(positions[name] for name in changes | methods if name in positions),
        calls=frozenset(free),
        called=frozenset(called & free),
    )


def _parameters(arguments: ast.arguments) -> set[str]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
    return {argument.arg for argument in every}


def _defaults(arguments: ast.arguments) -> list[ast.expr]:
    return [*arguments.defaults, *(default for default in arguments.kw_defaults if default)]


def _root(node: ast.expr, passed: set[int] | None = None) -> set[str]:
    """The name at the beginning of ``T[k].a`` or ``T.get(k)[j]``; what lies between is passed."""
    while isinstance(node, ast.Subscript | ast.Attribute | ast.Call | ast.Starred):
        if passed is not None:
            passed.add(id(node))
        node = node.func if isinstance(node, ast.Call) else node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def _is_shallow(target: ast.Subscript | ast.Attribute) -> bool:
    """Whether a store is one to a name itself: ``T[k] = v``, ``T.a = v``; or one to the environment."""
    match target.value:
        case ast.Name() | ast.Attribute(value=ast.Name(id="os"), attr="environ"):
            return True
    return False


def _captured(pattern: ast.pattern) -> Iterator[str]:
    for node in ast.walk(pattern):
        if isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name
        elif isinstance(node, ast.MatchMapping) and node.rest:
            yield node.rest


def _pattern_values(pattern: ast.pattern) -> Iterator[ast.expr]:
    for node in ast.walk(pattern):
        if isinstance(node, ast.MatchValue):
            yield node.value
        elif isinstance(node, ast.MatchClass):
            yield node.cls
