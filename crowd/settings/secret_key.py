"""The key that signs: named by the environment, or made once."""

import os
import secrets
from pathlib import Path

from crowd.settings.environment import DATA_DIR, env


def secret_key() -> str:
    """The key named by the environment, or a random one made once and readable by its owner
    only."""
    if given := env.str("SECRET_KEY", default=""):
        return given
    path = DATA_DIR / "secret_key"
    if not path.exists() or not path.stat().st_size:
        _make_secret_key(path)
    return path.read_text().strip()


def _make_secret_key(path: Path) -> None:
    """Write a whole key or none, whatever the disk does, and leave one alone that another process
    made meanwhile."""
    draft = path.with_name(f"secret_key.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(50))
    try:
        os.link(draft, path)
    except FileExistsError:
        if not path.stat().st_size:
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
