"""What a statement does to names, by the rules of the language's scopes."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from typing import Any

import pytest

from grader.submission.names import Uses, bound_names, uses_of


def uses(source: str) -> Uses:
    (statement,) = ast.parse(source).body
    return uses_of(statement)


def reads(source: str) -> set[str]:
    return uses(source).reads


# -- what is bound ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("a = b = 1", "a b"),
        ("(a, [b, *c]), d = x", "a b c d"),
        ("a: int = 1", "a"),
        ("a: int", ""),
        ("a += 1", "a"),
        ("T[k] = 1", ""),
        ("T.a = 1", ""),
        ("a, T[k], T.b = x", "a"),
        ("def f(x): y = 1", "f"),
        ("async def f(x): pass", "f"),
        ("class C:\n    y = 1", "C"),
        ("import a.b, c as d", "a d"),
        ("from a import b as c, d", "c d"),
        ("from a import *", ""),
        ("for i, (j, k) in x:\n    y = 1\nelse:\n    z = 2", "i j k y z"),
        ("while x:\n    y = 1", "y"),
        ("with a as b, c as (d, e):\n    y = 1", "b d e y"),
        ("try:\n    a = 1\nexcept E as e:\n    b = 1\nelse:\n    c = 1\nfinally:\n    d = 1", "a b c d"),
        ("try:\n    a = 1\nexcept* E:\n    b = 1", "a b"),
        ("if (a := x) > 0:\n    b = 1\nelif c:\n    d = 1\nelse:\n    def f(): pass", "a b d f"),
        ("match x:\n    case [a, *b]: c = 1\n    case {'k': d, **e}: pass\n    case C(f) as g: pass", "a b c d e f g"),
        ("print(a := 1)", "a"),
        ("[y := x for x in z]", "y"),
        ("del a", ""),
    ],
)
def test_names_that_a_statement_binds(source: str, names: str) -> None:
    assert set(bound_names(ast.parse(source).body[0])) == set(names.split())


def test_a_star_import_binds_a_star() -> None:
    assert list(uses("from a import *").binds) == ["*"]


@pytest.mark.parametrize("source", ["globals()[name] = 1", "exec(text)", "for k in t:\n    globals()[k] = t[k]"])
def test_what_may_bind_any_name_is_a_binder(source: str) -> None:
    assert uses(source).binder


# -- what is read ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("a = b + c.d[e](f)", "b c e f"),
        ("T[k].a = v", "T k v"),
        ("x += y", "x y"),
        ("def f(x, y=a, *, z=b): return x + y + z + g", "a b g"),
        ("def f(x):\n    y = x\n    return y", ""),
        ("def f():\n    y += 1", ""),
        ("def f():\n    global y\n    y = 1", "y"),
        ("def f(x):\n    def g(z): return x + z + k\n    return g", "k"),
        ("def f(x):\n    y = 1\n    def g():\n        nonlocal y\n        y += 1\n    return g", ""),
        ("def f(x): return [i + x + k for i in x if i > t]", "k t"),
        ("def f(x): return {a: b for a, b in x.items() for c in a}", ""),
        ("def f(x): return [y := i for i in x] + [y]", ""),
        ("def f(x): return (lambda z, w=d: z + w + x + k)(x)", "d k"),
        ("def f(x):\n    import a.b\n    from c import d\n    return a, d, e", "e"),
        ("def f(x):\n    try: pass\n    except E as e: return e", "E"),
        ("def f(x):\n    match x:\n        case [a, *b]: return a, b\n        case {**c}: return c", ""),
        ("def f(x):\n    match x:\n        case P(v=q): return q", "P"),
        ("def f(x):\n    class C(B):\n        y = k\n        def m(self): return z\n    return C", "B k z"),
        ("@a.b(c)\ndef f(x): pass", "a c"),
        ("@a\nclass C(B, metaclass=M):\n    x = y\n    z = x\n    def m(self, d=x): return x", "a B M y x"),
        ("class C:\n    x = 1\n    y = x", ""),
        ("f = lambda x: x + k", "k"),
        ("rows = [g(i) for i in range(n)]", "g range n"),
        ("for i in a:\n    b(i)", "a b i"),
        ("with a() as b:\n    c(b)", "a b c"),
        ("assert a, b", "a b"),
        ("f'{a!r:{b}}'", "a b"),
        ("match a:\n    case B.c if d: pass", "a B d"),
    ],
)
def test_names_that_a_statement_reads_now_or_when_it_is_called(source: str, names: str) -> None:
    assert reads(source) == set(names.split())


@pytest.mark.parametrize(
    "source",
    [
        "def f(x: T, *a: T, y: T = 1, **k: T) -> T: pass",
        "def f():\n    y: T = 1",
        "a: T = 1",
        "class C:\n    a: T\n    b: T = 1\n    def m(self) -> T: pass",
        "if 1:\n    a: T",
    ],
)
def test_annotations_read_nothing(source: str) -> None:
    assert "T" not in reads(source)


def test_what_runs_is_apart_from_what_is_read_when_called() -> None:
    found = uses("@a\ndef f(x=b): return c")
    assert (found.runs, found.reads) == ({"a", "b"}, {"a", "b", "c"})
    assert uses("f = lambda x=b: c").runs == {"b"}


# -- what is changed ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "changes", "methods"),
    [
        ("T[k] = 1", "T", ""),
        ("T.a.b[k] += 1", "", "T"),
        ("T[j][k] = 1", "", "T"),
        ("T.a = 1", "T", ""),
        ("del T[k]", "T", ""),
        ("x += 1", "x", ""),
        ("T.update(a)", "", "T"),
        ("T.get(k).append(1)", "", "T"),
        ("np.random.seed(1)", "", "np"),
        ("random.shuffle(T)", "T", "random"),
        ("setattr(C, 'a', 1)", "C", ""),
        ("print(T)", "", ""),
        ("for k in x:\n    T[k] = 1", "T", ""),
        ("while stack.pop():\n    pass", "", "stack"),
        ("if T.pop(k).pop().popleft():\n    pass", "", "T"),
        ("class C:\n    T.append(1)\n    own = []\n    own.append(2)", "", "T"),
    ],
)
def test_names_whose_values_a_statement_changes(source: str, changes: str, methods: str) -> None:
    found = uses(source)
    assert (found.changes, found.methods) == (set(changes.split()), set(methods.split()))


def test_effects_of_a_call_are_those_on_globals_and_parameters() -> None:
    lines = ("global K", "K = 1", "T[x] = 1", "R.append(x)", "y[0] = 1", "z.sort()", "own = []", "own.append(1)", "g()")
    effect = uses("def f(x, y, z):\n    " + "\n    ".join(lines)).effects["f"]
    assert (effect.sets, effect.changes, effect.methods) == ({"K"}, {"T"}, {"R"})
    assert effect.parameters == {1, 2}
    assert "g" in effect.calls


def test_whoever_makes_an_object_may_run_any_method() -> None:
    effects = uses("class C:\n    def m(self): T[1] = 2\n    def n(self):\n        global K\n        K = g()").effects
    assert list(effects) == ["C"]
    assert (effects["C"].changes, effects["C"].sets, effects["C"].called) == ({"T"}, {"K"}, {"g"})


def test_a_decorator_that_is_a_method_may_change_what_it_belongs_to() -> None:
    assert uses("@T.register(1)\ndef f(x): pass").methods == {"T"}


def test_arguments_of_a_call_that_stands_are_named_by_position() -> None:
    assert uses("fill(a, 1, b)").arguments == [("fill", {0: "a", 2: "b"})]


@pytest.mark.parametrize(
    "source", ["if a:\n    def f(x): pass", "for i in x:\n    def f(x): pass", "try:\n    def f(x): pass\nfinally: pass"]
)
def test_definitions_within_other_statements_are_listed(source: str) -> None:
    assert uses(source).definitions["f"].args.args[0].arg == "x"


def test_definitions_of_inner_functions_and_methods_are_nobodys() -> None:
    assert list(uses("if a:\n    class C:\n        def f(self): pass\n    def g():\n        def f(): pass").definitions) == [
        "g"
    ]


@pytest.mark.parametrize("body", ["globals()['a']", "eval('a')", "exec('a')", "vars()"])
def test_names_that_are_read_by_a_text_make_a_statement_dynamic(body: str) -> None:
    assert uses(f"def f(x): return {body}").dynamic
    assert not uses("def f(x): return getattr(x, 'a'), __name__").dynamic


# -- time in proportion to the text ------------------------------------------------------------------


def calls_made(work: Callable[[], Any]) -> int:
    """Calls of functions, those in C included: a measure of work that no busy machine changes."""
    count = 0

    def called(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


DEEP = 60  # how deeply the texts below are nested


@pytest.mark.parametrize(
    "make",
    [
        lambda n: "a = " + "lambda: " * DEEP + f"({names_of(n)})",
        lambda n: "a = " + "[" * DEEP + f"({names_of(n)})" + " for x in y]" * DEEP,
        lambda n: "a = [0 for x" + "[[0 for x" * DEEP + f"[{names_of(n)}]" + " in z]]" * DEEP + " in z]",
        lambda n: "".join("    " * d + f"def f{d}():\n" for d in range(DEEP)) + "    " * DEEP + f"return {names_of(n)}",
        lambda n: (
            "".join("    " * d + ("def f():\n" if d % 2 else "class C:\n") for d in range(DEEP))
            + "    " * DEEP
            + f"x = {names_of(n)}"
        ),
        lambda n: "while a" + ".pop()" * DEEP + f"({names_of(n)}): pass",
        lambda n: "match a:\n" + f"    case [{names_of(n)}]: pass\n",
        lambda n: "def f(" + names_of(n) + "):\n" + "".join(f"    a{i}[0] = 1\n" for i in range(n)),
    ],
    ids=["lambdas", "comprehensions", "targets", "functions", "classes", "calls", "patterns", "parameters"],
)
def test_the_walk_takes_steps_in_proportion_to_the_text(make: Callable[[int], str]) -> None:
    once, twice = (ast.parse(make(n)).body[0] for n in (400, 800))
    few, many = calls_made(lambda: uses_of(once)), calls_made(lambda: uses_of(twice))
    assert many < 2.2 * few
    assert few < 40 * sum(1 for _ in ast.walk(once))


def names_of(n: int) -> str:
    return ", ".join(f"a{i}" for i in range(n))


@pytest.mark.parametrize("depth", [200, 900, 2500])
def test_deep_nesting_is_looked_at_or_refused(depth: int) -> None:
    try:
        statement = ast.parse("x = " + "+".join(["a"] * depth)).body[0]
    except RecursionError:
        pytest.skip("no tree of this depth is made")
    assert uses_of(statement).reads == {"a"}
