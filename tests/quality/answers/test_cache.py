"""Answers in blocks: always what the rows say, and no row is read for what was judged before."""

import random

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crowd.projects.models import Membership, Project
from quality.answers.cache import MANY, BrokenBlock, packed, read_cache, unpacked
from quality.answers.matrix import matrix_of
from quality.answers.table import ANSWERS, TASKS, AnswerTable, read_table
from quality.models import Summary, VoteBlock
from quality.refresh.live import keep_up
from quality.refresh.scheduling import refresh_project
from quality.refresh.verification import cache_differs
from tasks.responses.voiding import restore_responses, void_responses
from tests.cast import Api
from tests.quality.refresh.test_scheduling import vote


def table(revision: int, **answers: list[tuple[int, int]]) -> AnswerTable:
    """Task keys, such as t3, with (worker, class) of each answer."""
    keys = {int(name[1:]): given for name, given in answers.items()}
    rows = [(task, worker, label, 10 * task + worker, 1.5) for task, given in keys.items() for worker, label in given]
    return AnswerTable.of(np.array([(task, revision) for task in keys], TASKS), np.array(rows, ANSWERS))


def content(table: AnswerTable) -> dict[int, list[tuple[int, int]]]:
    tasks = table.tasks["task"].tolist()
    votes = table.answers[["task", "worker", "answer"]].tolist()
    return {task: [(worker, label) for of, worker, label in votes if of == task] for task in tasks}


def test_of_several_blocks_the_newest_revision_of_a_task_counts_wherever_it_stands() -> None:
    newer = table(7, t1=[(1, 1), (2, 0)], t3=[])
    older = table(5, t3=[(1, 0)], t1=[(1, 0)], t2=[(4, 1), (3, 1)])
    expected = {1: [(1, 1), (2, 0)], 2: [(3, 1), (4, 1)], 3: []}
    assert content(AnswerTable.merged([older, newer])) == content(AnswerTable.merged([newer, older])) == expected
    assert content(AnswerTable.merged([older, table(5, t2=[])]))[2] == []
    assert content(AnswerTable.merged([])) == {}


def test_what_is_packed_comes_out_the_same() -> None:
    before = table(3, t1=[(1, 1)], t9=[(2, 0), (3, 1)], t4=[])
    after = unpacked(packed(before))
    assert after.tasks.tolist() == before.tasks.tolist()
    assert after.answers.tolist() == before.answers.tolist()
    with pytest.raises(BrokenBlock):
        unpacked(packed(before)[:-9])


def test_blocks_say_what_the_rows_say_whatever_happens_to_answers(tasks: Project, alice: Api) -> None:
    chance = random.Random(3)
    refresh_project(tasks.pk)
    for step in range(30):
        name, worker = f"t{chance.randrange(10)}", chance.choice("abc")
        vote(alice, f"{name} {worker} {chance.choice(['yes', 'no'])}")
        if step % 5 == 0:
            alice("PUT", f"/projects/birds/tasks/t{step // 5}/gold", {"answer": "yes"})
            prediction = {"task": name, "answer": "yes"}
            alice("POST", "/projects/birds/prelabels", {"model": "net", "predictions": [prediction]})
        if step % 7 == 0:
            member = Membership.objects.get(project=tasks, name=worker)
            chance.choice([void_responses, restore_responses])(member)
        keep_up(tasks)
        if step == 15:
            alice("DELETE", "/projects/birds/tasks/t0/gold")
    keep_up(tasks)
    assert not cache_differs(tasks)
    assert Summary.objects.get().blocks_complete


def test_a_fit_reads_no_row_of_an_answer_that_was_judged_before(tasks: Project, alice: Api) -> None:
    vote(alice, "t1 a yes", "t2 b no")
    refresh_project(tasks.pk)
    vote(alice, "t2 a no")
    with CaptureQueriesContext(connection) as queries:
        refresh_project(tasks.pk)
    read = [query["sql"] for query in queries if '"tasks_response"."answer"' in query["sql"]]
    assert len(read) == 1
    assert '"tasks_response"."task_id" = ANY(' in read[0]
    assert len(matrix_of(tasks, read_cache(tasks)).task) == 3


def test_many_blocks_are_put_together_and_a_broken_one_is_read_from_the_rows_again(tasks: Project, alice: Api) -> None:
    refresh_project(tasks.pk)
    for n in range(MANY + 2):
        vote(alice, f"t{n % 10} w{n} yes")
        keep_up(tasks)
    assert VoteBlock.objects.count() > MANY
    before = read_cache(tasks)
    assert VoteBlock.objects.count() == 1
    VoteBlock.objects.update(votes=b"nonsense")
    after = read_cache(tasks)
    assert after.answers.tobytes() == before.answers.tobytes()
    assert not cache_differs(tasks)


def test_a_fit_sees_answers_that_no_step_has_judged_yet(tasks: Project, alice: Api) -> None:
    refresh_project(tasks.pk)
    vote(alice, "t1 a yes", "t2 a no", "t2 b no")
    assert len(matrix_of(tasks, read_cache(tasks)).task) == 3
    keep_up(tasks)
    vote(alice, "t2 a yes")
    assert content(read_cache(tasks)) == content(read_table(tasks))
