"""What a person would say of a name that is not there: where it stands instead, or what was probably meant.

What the text says was found when it was read, or is searched once for all names (:mod:`grader.submission.elsewhere`).
"""

from __future__ import annotations

import ast
import builtins
import difflib
import re
import sys
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from grader import sentences
from grader.confined.stubs import LIBRARIES, SILENT
from grader.submission.elsewhere import LONGEST_LINE
from grader.submission.program import Submission, Unit

__all__ = ["NotThere", "built_on", "missing_function", "missing_name", "not_there", "read_by", "read_in_all"]

_MOST_NAMES = 1_000  # among which a similar one is looked for
# Letters of other alphabets that look like Latin ones.
_LOOKALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0455\u0458\u03bf\u03b1\u03bd", "aeopcyxisjoav"
)

_LIKE_DIGITS = str.maketrans("lIoO", "1100")

_PYTHON_2 = {
    "xrange": "range", "raw_input": "input", "unicode": "str", "basestring": "str", "long": "int", "unichr": "chr",
    "reduce": "functools.reduce", "izip": "zip",
}  # fmt: skip
_IMPORTS = {
    **{name: f"import {name}" for name in ("numpy", "math", "random", "copy", "scipy", "functools", "itertools")},
    "np": "import numpy as np", "plt": "import matplotlib.pyplot as plt", "deepcopy": "from copy import deepcopy",
    "partial": "from functools import partial", "OrderedDict": "from collections import OrderedDict",
    "sqrt": "from math import sqrt (for arrays: np.sqrt)", "exp": "np.exp", "log": "np.log",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class NotThere:
    """Files and libraries that are not there and from which names come; for certain, or perhaps, with all their names."""

    files: tuple[str, ...]
    libraries: tuple[str, ...]
    certain: bool

    @property
    def says(self) -> str:
        """The sentence's end: what they are."""
        return sentences.not_there(self.files, self.libraries)

    @property
    def hint(self) -> str:
        """What to do."""
        return sentences.bring(self.files, self.libraries)


def not_there(submission: Submission, names: Collection[str], absent: Collection[str]) -> NotThere | None:
    """Where some names come from, of which a submission shows that it is not there; None where that explains nothing.

    Parameters
    ----------
    submission, names
        What was read, and names that a function needs.
    absent
        Modules that were imported and that are not there.
    """
    one_by_one, stars = _imported_from(submission, set(absent) - SILENT)
    certain = [one_by_one[name] for name in names if name in one_by_one]
    unknown = set(names) - submission.bound - {*dir(builtins)}
    found = certain or ([*stars, *submission.unrun] if unknown else [])
    if not found:
        return None
    known = sorted({name for name in found if name in LIBRARIES})
    return NotThere(tuple(n for n in dict.fromkeys(found) if n not in LIBRARIES), tuple(known), certain=bool(certain))


def _imported_from(submission: Submission, absent: Collection[str]) -> tuple[dict[str, str], list[str]]:
    """The absent modules of which names are imported, by name, and those of which everything is."""
    one_by_one: dict[str, str] = {}
    stars: list[str] = []
    for node in submission.imports if absent else ():
        if isinstance(node, ast.Import):
            tops = {alias.asname or alias.name.partition(".")[0]: alias.name for alias in node.names}
            one_by_one |= {name: _file_of(m) for name, m in tops.items() if m.partition(".")[0] in absent}
        elif (top := (node.module or "").partition(".")[0]) in absent:
            names = [alias.asname or alias.name for alias in node.names]
            stars += [_file_of(node.module or top)] * ("*" in names)
            one_by_one |= dict.fromkeys(names, _file_of(node.module or top))
    return one_by_one, stars


def _file_of(module: str) -> str:
    """A module by its name, or one of a package by its file."""
    top, _, rest = module.partition(".")
    return f"{module.replace('.', '/')}.py" if rest and top not in LIBRARIES and len(module) < LONGEST_LINE else top


def read_by(unit: Unit) -> Set[str]:
    """The global names that a statement reads, when it is executed or later."""
    return unit.uses.reads


def read_in_all(submission: Submission, name: str) -> set[str]:
    """The global names that a function reads, and those that these read, as far as the submission defines them."""
    read: set[str] = set()
    seen: set[int] = set()
    queue = [name]
    while queue:
        unit = submission.unit_of(queue.pop())
        if unit is not None and id(unit) not in seen:  # one statement may bind thousands of names
            seen.add(id(unit))
            more = read_by(unit) - read
            read |= more
            queue += more
    return read


def built_on(submission: Submission, name: str) -> set[str]:
    """The functions and methods that a function reads, and those that these read, as far as the submission defines them.

    Of a class a method reads the constructor, and what it names of its own object.
    """
    read: set[str] = set()
    queue = [name]
    while queue:
        more = _named_in(submission, queue.pop()) - read
        read |= more
        queue += more
    return read


def _named_in(submission: Submission, name: str) -> Set[str]:
    """The names that one definition reads, a method's with those of the other methods of its object."""
    unit, (home, _, method) = submission.unit_of(name), name.partition(".")
    if unit is None or not (method or isinstance(unit.tree, ast.ClassDef)):
        return read_by(unit) if unit is not None else frozenset()
    definition = submission.definition(name if method else f"{name}.__init__")
    if definition is None:
        return frozenset()
    nodes = list(ast.walk(definition))
    own = {arg.arg for arg in definition.args.args[:1]}
    members = ((node.value, node.attr) for node in nodes if isinstance(node, ast.Attribute))
    methods = {f"{home}.{attr}" for value, attr in members if isinstance(value, ast.Name) and value.id in own}
    return {home} | methods | {node.id for node in nodes if isinstance(node, ast.Name)}


def _reader_of(submission: Submission, function: str, name: str) -> str:
    """The function that reads a global name: the one that is asked about, or one that it calls."""
    seen, queue = {function}, [function]
    for here in queue:
        unit = submission.unit_of(here)
        read = read_by(unit) if unit is not None else set()
        if name in read:
            return here
        queue += sorted(read - seen)
        seen |= read
    return function


def missing_function(submission: Submission, name: str, failed: Mapping[int, str], absent: Collection[str] = ()) -> str:
    """Why a graded function is not there, in a sentence.

    Parameters
    ----------
    submission, name
        Where it was looked for, and the function.
    failed
        Units that could not be run, with the reason.
    absent
        Modules that were imported and that are not there.
    """
    home, _, method = name.partition(".")
    if home in submission.lost:
        label = submission.lost[home].rpartition(", line ")[0]
        about = re.compile(rf"(?:.*\b{re.escape(home)}\b.* in )?{re.escape(label)} was left out")
        newer = any(sentences.needs_newer(text) and about.match(text) for text in submission.messages)
        return (sentences.newer_function if newer else sentences.unread_function)(home, submission.lost[home])
    units = submission.units
    for number, why in failed.items():
        if home in units[number].binds:
            return sentences.failed_definition(home, units[number].place, why)
    if method and (unit := submission.unit_of(home)):
        return sentences.missing_method(name, _nearest(method, re.findall(r"def +(\w+)", unit.source)))
    where = not_there(submission, [home], absent)
    if where is not None and where.certain:
        return sentences.imported_function(home, where.says, where.hint)
    near = _near(submission, home)
    return near or (sentences.perhaps_function(home, where.says, where.hint) if where else sentences.missing_function(home))


def _near(submission: Submission, name: str) -> str:
    """Another place in which the function stands, or another name that it has."""
    if name in submission.misplaced:
        return submission.misplaced[name]
    defined, wanted = submission.defined, _folded(name)
    alike = [other for other in defined if other != name and _folded(other) == wanted]
    long_enough = [other for other in defined if abs(len(other) - len(name)) <= len(name) // 3]
    alike += difflib.get_close_matches(name, long_enough[:_MOST_NAMES], n=1, cutoff=0.85)
    near = next((other for other in alike if other != name and other not in submission.arities), None)
    if near is None:
        return ""
    if near.lower() != name.lower() and near.translate(_LOOKALIKES) == name:
        return sentences.missing_lookalike(name, defined[near])
    return sentences.missing_near(name, near, defined[near])


def _folded(name: str) -> str:
    """A name without case, underscores and letters that only look alike."""
    plain = unicodedata.normalize("NFKC", name).translate(_LOOKALIKES)
    return plain.replace("_", "").lower()


# -- names that a body reads ---------------------------------------------------------------------


def missing_name(
    submission: Submission, function: str, name: str, failed: Mapping[int, str], absent: Collection[str] = ()
) -> tuple[str, str]:
    """What is said, and what is advised, where a function reads a name that is not there.

    Parameters
    ----------
    submission, function, name
        Where the function stands, and what it reads.
    failed
        Units that could not be run, with the reason.
    absent
        Modules that were imported and that are not there.
    """
    units, function = submission.units, _reader_of(submission, function, name)
    unit = submission.unit_of(function)
    for number, why in failed.items():
        if name in units[number].binds:
            place = units[number].place
            if close := difflib.get_close_matches(name, _scope(submission, function)[0], n=1, cutoff=0.9):
                return sentences.name_near(name, close[0], argument=True)
            tried = read_by(units[number]) & submission.arities.keys()
            if tried or unit in units[:number]:  # what calls a graded function, or stands below, is where it is tried out
                return sentences.name_outside(name, function, place, why)
            first, why = _first_failure(units, failed, number)
            return sentences.name_not_run(name, place, why, units[first].place)
    if name in submission.lost:
        return sentences.name_lost(name, submission.lost[name])
    if name in _PYTHON_2:
        return sentences.name_python_2(name, _PYTHON_2[name])
    if where := not_there(submission, [name], absent):
        return sentences.name_not_there(name, where.says, where.hint, _IMPORTS.get(name, ""))
    if name in _IMPORTS:
        return sentences.name_not_imported(name, _IMPORTS[name])
    if unit and name in sys.stdlib_module_names and re.search(rf"\b{name}\.\w", unit.source):
        return sentences.name_not_imported(name, f"import {name}")
    arguments, local = _scope(submission, function)
    near_by = _read_beside(submission, function, name)
    beside = {other for other in near_by if len(name) == 1 or _folded(other) != _folded(name)}
    scopes = (set(names) - beside for names in (arguments, local, submission.bound))
    near = next(filter(None, (_nearest(name, names) for names in scopes)), "")
    return sentences.name_near(name, near, argument=near in arguments) if near else sentences.name_unknown(name)


def _first_failure(units: Sequence[Unit], failed: Mapping[int, str], number: int) -> tuple[int, str]:
    """The statement because of which one failed, where all between them lack a name, and why that one failed."""
    seen = {number}
    while match := re.match(r"NameError: name '(\w{1,60})' is not defined", failed[number]):
        before = next((n for n in failed if n not in seen and match[1] in units[n].binds), None)
        if before is None:
            break
        number = before
        seen.add(number)
    return number, failed[number]


def _scope(submission: Submission, function: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """The arguments of a function, and the names that it binds."""
    unit = submission.unit_of(function)
    node = submission.functions_in(unit).get(function) if unit else None
    if node is None:
        return (), frozenset()
    arguments = tuple(a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs))
    local = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return arguments, frozenset(local)


def _read_beside(submission: Submission, function: str, name: str) -> frozenset[str]:
    """The names that are read in one line with a name, or counted up to it: ``costs.append(cost)``, ``for l in range(L)``.

    They are something else than what it stands for.
    """
    beside: set[str] = set()
    unit = submission.unit_of(function)
    inner = submission.functions_in(unit).get(function.rpartition(".")[2]) if unit else None
    root = inner or (unit.tree if unit else None)
    for node in ast.walk(root) if root else ():
        if isinstance(node, ast.For | ast.Expr | ast.Assign | ast.AugAssign | ast.Return):
            within = (node.target, node.iter) if isinstance(node, ast.For) else (node,)
            names = [n for part in within for n in ast.walk(part) if isinstance(n, ast.Name)]
            if any(n.id == name for n in names):
                beside.update(n.id for n in names if isinstance(n.ctx, ast.Load) or isinstance(node, ast.For))
    return frozenset(beside)


def _nearest(name: str, known: Iterable[str]) -> str:
    """The name that was probably meant: a 1 for an l, another case or underscores, one letter off, a longer form."""
    others = sorted(set(known) - {name, "*"})[:_MOST_NAMES]
    for alike in (lambda text: text.translate(_LIKE_DIGITS), _folded):
        for other in others:
            if alike(other) == alike(name):
                return other
    for other in others:
        if len(name) > 1 and (other.startswith(f"{name}_") or name.startswith(f"{other}_")):
            return other
    close = difflib.get_close_matches(name[:60], others, n=1, cutoff=0.75 if len(name) > 3 else 0.8)
    return close[0] if close else ""
