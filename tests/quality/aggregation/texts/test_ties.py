"""No text wins by coming first in the alphabet."""

import pytest

from quality.aggregation.texts import METHODS, Auto, Rover, TextMedoid, TextVotes

every = pytest.mark.parametrize("method", METHODS)

TASKS = 400


def tied(*texts: str, n_tasks: int = TASKS) -> TextVotes:
    """Every task has these texts, one a worker."""
    tasks = [task for task in range(n_tasks) for _ in texts]
    return TextVotes.from_texts(tasks, list(range(len(texts))) * n_tasks, texts * n_tasks)


@every
@pytest.mark.parametrize("texts", [("hello", "world"), ("hello there", "Hello there!"), ("a", "b", "c")])
def test_each_of_tied_texts_wins_as_often_as_the_others(method: str, texts: tuple[str, ...]) -> None:
    labels = METHODS[method].build().fit(tied(*texts)).labels

    shares = [labels.count(text) / TASKS for text in texts]
    assert sum(shares) == pytest.approx(1)
    assert shares == pytest.approx([1 / len(texts)] * len(texts), abs=0.075)  # three standard deviations


@every
def test_the_same_seed_draws_the_same_and_another_one_otherwise(method: str) -> None:
    votes, build = tied("hello", "world"), METHODS[method].build

    first, again, other = (build(seed=seed).fit(votes).labels for seed in (0, 0, 1))

    assert first == again != other


@pytest.mark.parametrize("method", [TextMedoid(), Rover(max_iter=0), Auto()])
def test_the_draw_of_a_task_does_not_depend_on_answers_to_others(method: TextMedoid | Rover | Auto) -> None:
    """With three answers each, so that all three methods can be asked; the last one's words are its
    own."""
    rows = [(task, worker, f"{'xyz'[worker]}{task}") for task in range(50) for worker in range(3)]
    fewer = [row for row in rows if row[0] % 2 == 0]

    whole, half = (method.fit(TextVotes.from_texts(*zip(*each, strict=True), n_tasks=50)) for each in (rows, fewer))

    assert half.labels[::2] == whole.labels[::2]
