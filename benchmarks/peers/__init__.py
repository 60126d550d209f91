"""Other people's libraries to compare with, in an environment apart, since they need older versions
of others."""

import subprocess
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
PIP = HERE.parents[1] / "script" / "vendor"


def peer_python(folder: Path) -> Path:
    """The Python of an environment in `folder` that holds what requirements.txt pins, which is made
    when missing."""
    wanted = (HERE / "requirements.txt").read_text()
    python, stamp = folder / "bin" / "python", folder / "installed.txt"
    if not stamp.exists() or stamp.read_text() != wanted:
        venv.create(folder, clear=True)
        pip = next(PIP.glob("pip-*.whl")) / "pip"
        options = ["--quiet", "--no-input", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([python, pip, "install", *options, "--requirement", HERE / "requirements.txt"], check=True)
        stamp.write_text(wanted)
    return python
