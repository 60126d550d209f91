"""python -m quality COMMAND: votes in files become labels, and figures of how good they are,
without a server."""

import signal
import sys

from quality.cli import main

if __name__ == "__main__":
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # end quietly when the reader of a pipe has had enough
    sys.exit(main())
