"""`python -m converter`: the same program as `mnemo-converter`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NoReturn

__all__ = ["main"]


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    from converter.cli import garbage

    garbage.wait()
    try:
        from converter.cli.main import run

        code = run()
    except KeyboardInterrupt:
        code = 130
    garbage.leave(code)


if __name__ == "__main__":
    main()
