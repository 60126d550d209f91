"""Where the service keeps its files.

Standard library only: the launcher asks before Django is set up, and settings ask the same
functions.
"""

import hashlib
import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# The kernel cuts a unix socket's path off at 108 bytes, the final zero included; the rest is a
# margin.
LONGEST_SOCKET_PATH = 100


def data_dir() -> Path:
    """The folder of everything this installation stores: `CROWD_DATA_DIR`, by default `var` in the
    checkout."""
    return Path(os.environ.get("CROWD_DATA_DIR") or ROOT / "var").expanduser().resolve()


def broker_socket() -> Path:
    """The unix socket of the private broker: in the data directory, or in the temp folder if that
    path is too long."""
    socket = data_dir() / "broker.sock"
    if len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH:
        return socket
    digest = hashlib.sha256(os.fsencode(socket)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"crowd-{digest}" / "broker.sock"
