"""What may not stand in a log."""

import logging
import re

# Whoever has such an address has what it opens.
SECRET_ADDRESS = re.compile(r"(/(?:join|assignments|welcome)/|/(?:invitations|passwords)/[^/\s]+/)[^/\s?\"']+")


class WithoutSecrets(logging.Filter):
    """Leaves the secret out of addresses that hold one."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if clean := SECRET_ADDRESS.sub(r"\1…", message):
            record.msg, record.args = clean, None
        return True
