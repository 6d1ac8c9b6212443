"""The `otn` command, also as `python -m otn`."""

import signal


def main() -> None:
    """Runs the command line. While its modules are imported there is nothing to unwind: Ctrl-C just ends."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from otn.cli import app

    app(prog_name="otn")


if __name__ == "__main__":
    main()
