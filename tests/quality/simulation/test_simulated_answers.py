"""Simulated workers of every kind of answer: what they give is an answer, as right as it is said to
be, and the same whenever the words of chance are."""

from typing import Any

import numpy as np
import pytest

from crowd.projects.answer_kinds import is_right, kind_of
from crowd.projects.models import Project
from quality.demo import DEMOS
from quality.demo.demo import Demo
from quality.kinds.protocol import consensus_kind
from quality.kinds.simulated import RIGHT, SimulatedAnswers
from tests.cast import Api

TIMES = 40  # answers to each task


@pytest.fixture(params=sorted(DEMOS))
def demo(request: Any) -> Demo:
    return DEMOS[request.param]


@pytest.fixture
def project(alice: Api, demo: Demo) -> Project:
    alice("POST", "/projects", {"slug": demo.slug, "name": "Demo", "schema": demo.schema})
    return Project.objects.get()


@pytest.fixture
def simulated(project: Project) -> SimulatedAnswers:
    return consensus_kind(project).simulated(project.schema)


def truths(demo: Demo, project: Project) -> list[Any]:
    kind = kind_of(project)
    return [kind.parse(answer, project) for answer in list(demo.truth().values())[:30]]


@pytest.mark.parametrize("profile", [name for name in RIGHT if name != "biased"])
def test_who_means_well_is_right_as_often_as_said(
    demo: Demo, project: Project, simulated: SimulatedAnswers, profile: str
) -> None:
    right = [
        is_right(project, simulated.honest(truth, profile, "seed", task, time), truth)
        for task, truth in enumerate(truths(demo, project))
        for time in range(TIMES)
    ]
    assert np.mean(right) == pytest.approx(RIGHT[profile], abs=0.06)


def test_whatever_is_given_is_an_answer(demo: Demo, project: Project, simulated: SimulatedAnswers) -> None:
    kind = kind_of(project)
    shown = kind.shown(project.schema)
    for task, truth in enumerate(truths(demo, project)):
        given = [simulated.honest(truth, profile, task) for profile in RIGHT]
        given += [simulated.blind(task), simulated.in_turn(task, "seed"), simulated.wrong(truth, task)]
        given += [answer for answer in [simulated.mistaken(truth)] if answer is not None]
        for answer in given:
            assert kind.parse(shown(answer), project) == answer


def test_chance_hangs_on_the_words_alone(demo: Demo, project: Project, simulated: SimulatedAnswers) -> None:
    for truth in truths(demo, project):
        assert simulated.honest(truth, "sloppy", 1, "a") == simulated.honest(truth, "sloppy", 1, "a")
        assert simulated.blind("a") == simulated.blind("a")
        assert simulated.wrong(truth, "ring") == simulated.wrong(truth, "ring")


def test_wrong_answers_are_wrong(demo: Demo, project: Project, simulated: SimulatedAnswers) -> None:
    for task, truth in enumerate(truths(demo, project)):
        assert not is_right(project, simulated.wrong(truth, "ring", task), truth)
