"""A hook of mkdocs: docstrings name things as Sphinx does, and the pages show the names alone."""

import re

_ROLE = re.compile(r":(?:func|meth|class|mod|data|command|attr|exc):(?=<code>)")


def on_page_content(html: str, **_: object) -> str:
    """The page without the names of roles."""
    return _ROLE.sub("", html)
