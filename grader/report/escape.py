r"""Strings that come from a submission, made inert for the medium that shows them.

A student chooses file names, function names, exception texts and what is printed. :func:`plain` is the
common first step of every face: whatever could steer a terminal, reorder a line or break an XML parser
is shown as a visible escape instead. The other functions add what their own medium understands.
HTML needs no function of its own: Jinja's autoescape does it, after :func:`plain`.
"""

from __future__ import annotations

import re

__all__ = ["annotation", "clip", "code_block", "csv_cell", "log_lines", "markdown", "plain"]

# Control characters; invisible and direction-changing format characters; line and paragraph separators; lone
# surrogates (no UTF-8 form); noncharacters (illegal in XML); tag characters. Zero-width joiners stay:
# names in Persian and several Indian scripts are spelled with them, and they steer nothing.
_STEERING = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"
)
_MARKDOWN = re.compile(r"[\\`*_{}\[\]()+\-.!|~:=$^]")
_SGR = r"\x1b\[[0-9;]{0,20}m"  # a colour of ours
# GitHub obeys "::" behind white space of any kind, GitLab and Travis fold what is between two such words.
_COMMAND = re.compile(
    rf"(?:^|(?<=[\r\v\f\x1c-\x1e\x85\u2028\u2029]))((?:[^\S\n]|{_SGR})*+)(::|section_(?:start|end):|travis_(?:fold|time):)",
    re.MULTILINE,
)
_TAGGED = re.compile(r"##(?=[a-z]{0,20}\[)", re.IGNORECASE)  # "##[group]", "##vso[...]", "##teamcity[...]"
_MARKS = "=+\\-@\t\r\uff1d\uff0b\uff0d\uff20"
# Where a cell begins, for a program that splits at another character than ours.
_FORMULA = re.compile(rf"(?:^|(?<=[;,\t|]))(?=(?:[^\S\t]|[\"'])*+[{_MARKS}])")


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def plain(text: str, *, newlines: bool = False) -> str:
    r"""The text with every character that steers something written out as an escape.

    Parameters
    ----------
    text : str
        Any string, also one with lone surrogates (file names that are not UTF-8).
    newlines : bool
        Keep line feeds, and tabs as four spaces; for captured output and source code.

    Examples
    --------
    >>> plain("red \x1b[31m, gpj\u202e.exe")
    'red \\x1b[31m, gpj\\u202e.exe'
    >>> plain("a\tb\r\nc", newlines=True)
    'a    b\nc'
    """
    if not newlines:
        return _STEERING.sub(_escape, text)
    lines = text.replace("\r\n", "\n").replace("\t", "    ").split("\n")
    return "\n".join(_STEERING.sub(_escape, line) for line in lines)


def clip(text: str, limit: int) -> str:
    """The text, or its beginning and how much was left out when it is longer than `limit` characters.

    >>> clip("abcdef", 4)
    'abcd… (2 more characters)'
    """
    if len(text) <= limit:
        return text
    return f"{text[:limit]}… ({len(text) - limit} more characters)"


def markdown(text: str) -> str:
    r"""The text as one line of GitHub Markdown that renders as itself, also inside a table.

    Mentions and issue numbers are recognised by GitHub after Markdown was parsed, where a backslash no
    longer helps; an empty comment splits them.

    >>> markdown("*a* <b> | @team #1")
    '\\*a\\* &lt;b&gt; \\| @<!-- -->team #<!-- -->1'
    """
    text = plain(text).replace("&", "&amp;")
    text = _MARKDOWN.sub(lambda m: "\\" + m[0], text)
    text = text.replace("<", "&lt;").replace(">", "&gt;")
    # The ampersands' own "#" never occurs: only named entities are written above.
    return text.replace("@", "@<!-- -->").replace("#", "#<!-- -->")


def code_block(text: str) -> str:
    """The text as a fenced Markdown block that nothing inside can close."""
    text = plain(text, newlines=True)
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, 1 + longest)
    return f"{fence}text\n{text}\n{fence}"


def csv_cell(text: str) -> str:
    """The text as a spreadsheet cell that is never read as a formula, at whatever separator the cells are split.

    >>> csv_cell("=HYPERLINK(1)"), csv_cell("x;=1+1"), csv_cell("Ada")
    ("'=HYPERLINK(1)", "x;'=1+1", 'Ada')
    """
    return _FORMULA.sub("'", plain(text))


def log_lines(text: str) -> str:
    r"""Rendered lines that a CI runner reading the log takes for text, never for a command.

    GitHub's runner obeys a line of standard output that begins with ``::`` (after white space), and ``##[``
    anywhere in it; wrapping can put any word of a student's message at the beginning of a line. Azure reads
    ``##vso[``, TeamCity ``##teamcity[``, GitLab ``section_start:``. The backslash takes the place of a space, so
    that an indented line grows no wider.

    >>> log_lines("ok\n  ::add-mask::x ##[group]")
    'ok\n \\::add-mask::x #\\#[group]'
    """
    return _TAGGED.sub(r"#\\#", _COMMAND.sub(_defused, text))


def _defused(command: re.Match[str]) -> str:
    before, _, behind = command[1].rpartition(" ")
    if not re.fullmatch(rf"(?:{_SGR})*+", behind):
        before, behind = command[1], ""
    return f"{before}\\{behind}{command[2]}"


def annotation(text: str, *, is_property: bool = False) -> str:
    """The text as a part of a GitHub workflow command (``::error file=…::message``).

    >>> annotation("50 %, done", is_property=True)
    '50 %25%2C done'
    """
    text = plain(text, newlines=True).replace("%", "%25").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if is_property else text
