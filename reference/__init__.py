"""Trusted solutions of every assignment: plain NumPy, pure functions, nothing of the grader.

One module per assignment, with the names and signatures that the catalogue of the course fixes.  Three conventions
hold in all of them.

* Columns are examples: ``X`` is ``(n_x, m)``, ``Y`` is ``(1, m)``, weights are ``(n_out, n_in)``, biases ``(n_out, 1)``.
* The lines between ``# BEGIN SOLUTION`` and ``# END SOLUTION`` are what a student writes.  Without them a function is
  its signature, its docstring and the final ``return``; a starter file is cut out of the reference that way.
* ``function__variant`` (two underscores) is another accepted answer for ``function``, with the same arguments.

Sources are cited by their number in the course: 000 (initialization, regularization and gradient checking), 001
(regularization), 002 (deep network step by step), 003 (gradient checking of a deep network), 004 (optimization and on).
"""
