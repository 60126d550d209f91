"""What a run of the load generator saw."""

from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from benchmarks.work.client import BUSY, Client, Reply

VERBS = ("lease", "submit")


@dataclass(slots=True)
class Tally:
    """Replies by verb and status, their latencies, and what the server said it has."""

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    latencies: dict[str, "array[float]"] = field(default_factory=lambda: {verb: array("d") for verb in VERBS})
    moments: dict[str, "array[float]"] = field(default_factory=lambda: {verb: array("d") for verb in VERBS})
    acknowledged: list[bytes] = field(default_factory=list)
    busy_without_retry_after: int = 0
    reconnected: int = 0
    unanswered: int = 0
    seconds: float = 0.0
    cpu: float = 0.0

    def note(self, client: Client, reply: Reply, now: float) -> None:
        self.statuses[client.verb, reply.status] += 1
        if reply.status in BUSY:
            self.busy_without_retry_after += reply.retry_after is None
            return
        self.latencies[client.verb].append(now - client.sent_at)
        self.moments[client.verb].append(now)
        if client.verb == "submit" and reply.status in (200, 201):
            self.acknowledged.append(client.token)

    @property
    def pairs(self) -> float:
        """Answers that were taken, a second; each took a lease before."""
        return len(self.acknowledged) / self.seconds

    @property
    def requests(self) -> int:
        return self.statuses.total()

    def failures(self) -> dict[str, int]:
        """Replies that are neither success nor a request to come later."""
        return {f"{verb} {status}": n for (verb, status), n in self.statuses.items() if not is_fine(status)}

    def milliseconds(self, verb: str) -> str:
        """50th, 95th and 99th percentile."""
        return "/".join(f"{1000 * value:.1f}" for value in percentiles(self.latencies[verb], (50, 95, 99)))

    def __str__(self) -> str:
        statuses = ", ".join(f"{verb} {status}: {n}" for (verb, status), n in sorted(self.statuses.items()))
        latencies = ", ".join(f"{verb} {self.milliseconds(verb)} ms" for verb in VERBS if self.latencies[verb])
        own = f"load generator {1000 * self.cpu / max(self.requests, 1):.3f} ms CPU a request"
        odd = f"{self.busy_without_retry_after} busy without Retry-After, {self.unanswered} unanswered"
        return f"{self.pairs:.1f} pairs/s; p50/p95/p99 {latencies}; {statuses}; {odd}; {own}"


def is_fine(status: int) -> bool:
    return 200 <= status < 300 or status in BUSY


def percentiles(values: Iterable[float], which: Iterable[int]) -> list[float]:
    """The smallest values that this many percent do not exceed."""
    ordered = sorted(values)
    if not ordered:
        return [float("nan") for _ in which]
    return [ordered[min(len(ordered) - 1, -(-len(ordered) * percent // 100) - 1)] for percent in which]
