"""Names for workers that say nothing: the same for the same worker as long as the project is
there, others in every project, and nobody can work out from them who it is."""

import hashlib

from crowd.projects.models import Project
from quality.models import PseudonymKey

BYTES = 8  # of a name; two of a million workers get the same once in 40 million projects


class Pseudonyms:
    """Those of one project's workers, by the keys of their rows."""

    def __init__(self, project: Project) -> None:
        row, _new = PseudonymKey.objects.get_or_create(project=project)
        self._key = bytes.fromhex(row.key)

    def of(self, worker_id: int) -> str:
        digest = hashlib.blake2s(str(worker_id).encode(), key=self._key, digest_size=BYTES)
        return f"worker-{digest.hexdigest()}"
