"""``yangguang``: exit 0 = good, 1 = a finding or a refusal, 2 = wrong usage."""

import sys

from yangguang.cli.app import app


def main() -> None:
    """Runs the command line."""
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    app()


if __name__ == "__main__":
    main()
