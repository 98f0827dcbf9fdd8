"""`python -m converter`: the same program as `mnemo-converter`."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line and exit with its code."""
    from converter.cli import garbage

    garbage.wait()
    try:
        from converter.cli.main import run

        code = run()
    except KeyboardInterrupt:
        code = 130
    garbage.end()
    sys.exit(code)


if __name__ == "__main__":
    main()
