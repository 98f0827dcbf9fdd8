"""Running the command line inside the test's process."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout

from converter.cli.main import run


class Ended:
    """How a run ended: exit code, standard output, standard error."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err

    def __repr__(self) -> str:
        return f"exit {self.code}\n{self.out}\n{self.err}"


def invoke(*args: str) -> Ended:
    """Run with these arguments."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run(args)
    return Ended(code, out.getvalue(), err.getvalue())
