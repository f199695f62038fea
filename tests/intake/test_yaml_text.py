"""YAML of a platform: what PyYAML reads from it, in a time that grows with its length."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from grader.intake.yaml_text import read_yaml

_WORDS = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=6)
_THINGS = st.recursive(_WORDS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS, inner, max_size=4))


@given(thing=_THINGS)
def test_what_is_written_is_read(thing: object) -> None:
    assert read_yaml(yaml.safe_dump(thing)) == thing


@pytest.mark.parametrize(
    "text",
    ["a: &a [x, &b y]\nc: [*a, *b]\n", "k: 0042\nk: 2\n", "empty:\n", "--- |\n two\n lines\n", "a: !ruby/object s1\n"],
)
def test_it_is_read_as_pyyaml_reads_it(text: str) -> None:
    assert read_yaml(text) == yaml.load(text, Loader=yaml.BaseLoader)


def test_a_list_in_itself_ends() -> None:
    (inner,) = read_yaml("&a [*a]")  # type: ignore[misc]
    assert inner[0] is inner


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "- " * 50_000, "? " * 50_000, "- a\n" * 1_100_000, "{", "\0", "a: *b: c", "- &a\n- ]"]
)
def test_what_no_platform_writes_is_refused(text: str) -> None:
    """PyYAML followed the brackets until the process ended, or for minutes."""
    with pytest.raises(ValueError, match=r"more parts or levels|no YAML"):
        read_yaml(text)


def test_two_hundred_thousand_keys_are_read() -> None:
    found = read_yaml("".join(f"k{n}: v\n" for n in range(200_000)))
    assert isinstance(found, dict)
    assert len(found) == 200_000
