"""The faces of a :class:`grader.model.Report`: terminal, HTML, Markdown, JUnit XML.

Every face is a pure function from reports to text. Nothing is imported here, because ``grader check``
needs the terminal alone and should not pay for the others.
"""
