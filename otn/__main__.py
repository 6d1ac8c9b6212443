"""`python -m otn` is the `otn` command."""

from otn.cli import app

app(prog_name="otn")
