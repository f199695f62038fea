"""What the doctor says: rows with a sentence each, a level, and never an exception."""

from __future__ import annotations

import dataclasses
import os
import sys
from pathlib import Path

import pytest

from grader.sandbox import doctor
from grader.sandbox.doctor import Walls

EVERYTHING = Walls(fork=True, limits=True, user=True, landlock=1, seccomp=True, namespaces=("net",))


def test_every_wall_has_one_row_with_a_sentence_for_both_cases() -> None:
    names = [field.name for field in dataclasses.fields(Walls)]
    assert [row[0] for row in doctor.explain(EVERYTHING)] == names
    for found in (EVERYTHING, Walls()):
        for name, stands, sentence in doctor.explain(found):
            assert stands == bool(getattr(found, name))
            assert sentence == doctor.MEANING[name][0 if stands else 1]
    assert all(with_it != without_it for with_it, without_it in doctor.MEANING.values())


@pytest.mark.parametrize("missing", ["limits", "user", "landlock", "seccomp"])
def test_the_level_is_weak_without_any_of_the_four_that_decide(missing: str) -> None:
    assert dataclasses.replace(EVERYTHING, **{missing: type(getattr(EVERYTHING, missing))()}).level == "weak"


@pytest.mark.parametrize("missing", [{"fork": False}, {"namespaces": ()}, {}])
def test_the_level_is_full_without_those_that_do_not(missing: dict[str, object]) -> None:
    assert dataclasses.replace(EVERYTHING, **missing).level == "full"  # type: ignore[arg-type]


@pytest.mark.parametrize("found", [Walls(), Walls(fork=True, user=True, namespaces=("net",))])
def test_the_level_is_none_where_nothing_bounds_a_submission(found: Walls) -> None:
    assert found.level == "none"


@pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")
def test_the_probe_agrees_with_the_kernels_own_word() -> None:
    found = doctor.probe()
    assert found.fork
    assert found.limits
    # A seccomp filter cannot be proven absent from here; Landlock is listed among the security modules, if
    # any are.
    modules = Path("/sys/kernel/security/lsm")
    if modules.exists():
        assert bool(found.landlock) == ("landlock" in modules.read_text(encoding="ascii").split(","))
    assert ("user" in found.namespaces) <= (os.geteuid() != 0)


@pytest.mark.parametrize("python", ["/bin/false", "/no/such/python", "/bin/echo"])
def test_the_probe_finds_no_wall_where_nothing_can_be_tried(python: str) -> None:
    assert doctor.probe(python) == Walls()


def test_a_role_is_answered_by_the_level_and_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    assert dict(doctor.roles("weak"))["grade others' work"].startswith("only with --allow-weak-sandbox")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert dict(doctor.roles("none")) == {
        "check your own work": "yes, in a fresh Python without walls",
        "grade others' work": "no, needs Linux",
    }
    assert doctor.probe() == Walls()
