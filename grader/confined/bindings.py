"""What the names mean that a submission is judged through: its own functions, or what the parent answers."""

from __future__ import annotations

import contextlib
import inspect
import types
from typing import Any

from .questions import Questions

__all__ = ["Bindings"]

_TABLE = 1000  # entries of a table in which functions may be kept


class Bindings:
    """Puts a trampoline in the place of each bound name, wherever the submission keeps what it means by that.

    Attributes
    ----------
    bound
        The names.
    answered
        Those for which the parent answers in this batch.
    given
        Public code that stands in for a name in this case.
    """

    def __init__(self, questions: Questions, np: Any) -> None:
        self.questions, self.np = questions, np
        self.bound: frozenset[str] = frozenset()
        self.arities: dict[str, int] = {}
        self.trampolines: dict[int, tuple[str, Any]] = {}  # the name and the function of each, by identity
        self.answered: frozenset[str] = frozenset()
        self.given: dict[str, Any] = {}

    def bind(self, namespace: dict[str, Any], names: Any) -> None:
        """Put a trampoline in the place of each of these names that does not hold its own yet.

        That of another name stands there where one graded function was written as another one: each is answered by itself.
        Who writes ``from numpy import *`` and calls ``tanh`` means NumPy's, which no helper stands in for.
        """
        for name in names:
            value = namespace.get(name)
            of, _ = self.trampolines.get(id(value), ("", None))
            if "." not in name and of != name and not isinstance(value, self.np.ufunc):
                namespace[name] = made = self.trampoline(name, value)
                if of:
                    continue
                with contextlib.suppress(BaseException):  # a class of the student's may do what it likes
                    self.bind_where_it_was_taken_from(namespace, value, made)
                with contextlib.suppress(BaseException):
                    self.bind_where_it_is_kept(namespace, value, made)

    def bind_where_it_is_kept(self, namespace: dict[str, Any], value: Any, made: Any) -> None:
        """The same under another name of this function, and in a table that its decorator has filled: ``@register``.

        A table may be a variable, or an attribute of an object or of a class.
        """
        if type(value) is not types.FunctionType:
            return
        meant = {id(value), id(getattr(value, "__wrapped__", value))}
        for name, one in [*namespace.items()]:
            if id(one) in meant and name not in self.bound:
                namespace[name] = made
            attributes = [*vars(one).values()] if isinstance(one, type) or "__dict__" in dir(type(one)) else []
            for table in [one, *attributes]:
                if table is namespace or not isinstance(table, dict | list) or len(table) > _TABLE:
                    continue
                places = [*table.items()] if isinstance(table, dict) else [*enumerate(table)]
                for place, kept in places:
                    if id(kept) in meant:
                        table[place] = made

    def bind_where_it_was_taken_from(self, namespace: dict[str, Any], value: Any, made: Any) -> None:
        """The same in the class or the object whose method was given this name: ``forward = Net.forward``.

        The other methods say ``Net.forward`` or ``self.forward`` and mean the same function.
        """
        function, made_for = getattr(value, "__func__", value), getattr(value, "__self__", None)
        if type(function) is not types.FunctionType:
            return
        if made_for is not None and not isinstance(made_for, type):
            made_for.__dict__[function.__name__] = made
            return
        for owner in [one for one in namespace.values() if type(one) is type]:
            for name, attribute in [*vars(owner).items()]:
                if attribute is function:
                    setattr(owner, name, made)
                elif getattr(attribute, "__func__", None) is function:  # a static method, or one of the class
                    setattr(owner, name, staticmethod(made))

    def bind_known(self, namespace: dict[str, Any]) -> None:
        """The same for the names that an imported module has, and no others."""
        self.bind(namespace, self.bound.intersection(namespace))

    def bind_methods(self, functions: dict[str, Any]) -> None:
        """The same in the classes of the submission, for each name such as ``Net.loss`` or ``Net.__init__``."""
        for name in self.bound:
            owner, _, method = name.partition(".")
            made_by = functions.get(owner)
            if method and isinstance(made_by, type):
                with contextlib.suppress(BaseException):  # a class of the student's may do what it likes
                    type.__setattr__(made_by, method, self.method(name, getattr(made_by, method, None)))

    def method(self, name: str, own: Any) -> Any:
        """What a bound method means: what the parent answers for the state of the object, else what the submission says.

        Of a constructor the own one runs all the same: what else it sets is the business of the student's other methods.
        """

        def helper(made: Any, *args: Any, **kwargs: Any) -> Any:
            if name in self.answered:
                with contextlib.suppress(Exception):
                    if name.endswith(".__init__"):
                        own(made, *args, **kwargs)
                number = self.questions.next()
                with contextlib.suppress(RuntimeError, self.questions.kinds.WireError):  # not answered
                    sent, named = self.questions.sendable(args, kwargs)
                    value, changed = self.questions.ask((name, (self.state(made), *sent), named, number))
                    for key, part in changed.items():
                        setattr(made, key, part)
                    return made if isinstance(value, self.questions.kinds.Code) else value
            if own is None:
                raise AttributeError(f"{name} is not defined")
            return own(made, *args, **kwargs)

        helper.__name__ = helper.__qualname__ = name
        helper.__wrapped__ = own  # type: ignore[attr-defined]
        return helper

    def state(self, made: Any) -> dict[str, Any]:
        """The attributes of an object that are no methods, those of its class with them."""
        found = {}
        for name in object.__dir__(made):
            with contextlib.suppress(Exception):  # a property may raise
                value = getattr(made, name)
                if not (name.startswith("__") or callable(value)):
                    found[name] = value
        return found

    def behind(self, value: Any) -> Any:
        """What the submission itself means by a name: the value behind a trampoline."""
        while id(value) in self.trampolines:
            value = getattr(value, "__wrapped__", None)
        return value

    def trampoline(self, name: str, own: Any = None) -> Any:
        """What a bound name means: public code for this case, a callback to the parent, else what the submission says."""

        def helper(*args: Any, **kwargs: Any) -> Any:
            if name in self.given:
                value = self.given[name](*args, **kwargs)
                if value is not NotImplemented:  # called with other arguments, the helper is the student's own
                    return value
            if name not in self.answered:
                if own is None:
                    raise NameError(f"name {name!r} is not defined")
                return own(*args, **kwargs)
            try:
                return self.questions.answer(name, args, kwargs)
            except RuntimeError:  # not answered: the student's own version may take other names, or more arguments
                placed = self.in_their_places(name, own, args, kwargs)
                if placed is None:
                    raise
                return self.questions.answer(name, placed, {})

        helper.__name__ = helper.__qualname__ = name
        if own is not None:
            helper.__wrapped__ = own  # type: ignore[attr-defined]  # so that its signature is that of the submission's
        self.trampolines[id(helper)] = name, helper
        return helper

    def in_their_places(self, name: str, own: Any, args: Any, kwargs: Any) -> tuple[Any, ...] | None:
        """The arguments by their places in the student's own version, where some were passed by name; None without one."""
        if own is None or not kwargs:
            return None
        try:
            placed = inspect.signature(own).bind(*args, **kwargs)
            placed.apply_defaults()
        except BaseException:  # a ufunc has no signature, an object of the student's may refuse
            return None
        return placed.args[: self.arities.get(name)]
