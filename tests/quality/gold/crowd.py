"""Workers who know the truth, liars who turn it round, and what a project is given of them."""

from collections.abc import Iterator

from tests.cast import Api

TASKS = 40
OTHER = {"yes": "no", "no": "yes"}


def truth(n: int) -> str:
    return "yes" if n % 3 == 0 else "no"


def votes_of(good: int, liars: int) -> Iterator[str]:
    """Good workers err now and then, each elsewhere; liars give the other answer as often."""
    for n in range(TASKS):
        for w in range(good + liars):
            errs = (n + 7 * w) % 17 == 0
            lies = w >= good
            yield f"t{n},{'liar' if lies else 'good'}{w},{OTHER[truth(n)] if errs != lies else truth(n)}"


def vote(alice: Api, slug: str, rows: Iterator[str]) -> None:
    body = "task,worker,answer\n" + "\n".join(rows)
    reply = alice("POST", f"/projects/{slug}/responses/import", body, content_type="text/csv")
    assert reply.status_code == 201, reply.content


def give(alice: Api, *golds: tuple[int, str], slug: str = "birds") -> None:
    for n, answer in golds:
        assert alice("PUT", f"/projects/{slug}/tasks/t{n}/gold", {"answer": answer}).status_code == 200
