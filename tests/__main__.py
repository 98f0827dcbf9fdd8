"""Everything that a change must pass: lint, format, types, import rules, tests with coverage."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTEST = (sys.executable, "-m", "pytest", "-n", "auto")
CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports",),
    (*PYTEST, "-m", "not slow", "--cov", "--cov-report=term", "--cov-fail-under=93"),
    # tracing every line makes the long runs over real data three times as long, and tells nothing more
    (*PYTEST, "-m", "slow and not huge"),
)


def main() -> int:
    """Run the checks in turn; the first failure ends it."""
    for command in CHECKS:
        program = shutil.which(command[0]) or command[0]
        print("$", *command, flush=True)
        code = subprocess.run([program, *command[1:]], cwd=ROOT, check=False).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
