"""What runs inside the platforms: one module each, with one pure function from a report to what that platform reads.

Each module is started as ``python -m`` by the few lines of shell that its export holds, and grades the submission that
the platform laid out for it. A failure of the grader itself ends with an exit status and writes no result: nowhere does it
pass for zero points.
"""
