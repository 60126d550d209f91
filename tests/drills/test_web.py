"""A process that answers requests is killed in the midst of them: another takes its place, and
nothing is lost."""

from tests.drills import oracle
from tests.drills.stage import DATABASE, Stage

TIMES = 3


def test_killing_a_web_process_loses_nothing_that_was_acknowledged(stage: Stage) -> None:
    slug = stage.new_project()

    with stage.load(slug) as load:
        for _time in range(TIMES):
            load.wait_for_answers(20)
            stage.kill_a_web_process()
        load.wait_for_answers(20)

    assert load.cut_off > 0
    assert load.refusals == set()
    assert oracle.forgotten(stage.site.url, load.acknowledged) == {}
    assert oracle.contradictions(DATABASE) == oracle.NONE
    assert stage.verify(slug) == f"{slug}: every label is what the answers say\n"
