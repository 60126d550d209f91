"""The documented way to tell a genuine request, as a receiver would copy it."""

import re
from collections.abc import Callable
from typing import Any

from crowd.paths import ROOT
from tests.crowd.webhooks.receiver import Received


def the_recipe() -> Callable[[str, dict[str, str], bytes], bool]:
    """What docs/webhooks.md tells receivers to do."""
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "webhooks.md").read_text(), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    recipe: Callable[[str, dict[str, str], bytes], bool] = names["is_genuine"]
    return recipe


def is_genuine(secret: str, request: Received) -> bool:
    return the_recipe()(secret, request.headers, request.body)
