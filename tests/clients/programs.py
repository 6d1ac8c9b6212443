"""Programs of GDAL, as a person types them."""

import shutil
import subprocess
from pathlib import Path


def run(*command: str, folder: Path | None = None) -> str:
    """What a program prints, which must not complain. GDAL keeps tiles of maps in the folder where it runs."""
    program = shutil.which(command[0])
    assert program, f"{command[0]} is not installed: `make test-clients` installs gdal-bin"
    done = subprocess.run([program, *command[1:]], capture_output=True, text=True, timeout=300, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr
    return done.stdout
