"""``yangguang``: exit 0 = good, 1 = a finding or a refusal, 2 = wrong usage."""

import sys


def main() -> None:
    """Runs the command line."""
    # Not at the top: processes that verify beside this one import this module again, and need none of the commands.
    from yangguang.cli.app import app  # noqa: PLC0415

    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    app()


if __name__ == "__main__":
    main()
