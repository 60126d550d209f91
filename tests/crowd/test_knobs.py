"""What owners may set: one declaration, from which the API, the form and what is stored follow."""

from crowd.projects.knobs import KNOBS
from crowd.projects.models import Project
from crowd.projects.policy import PolicySerializer, policy_of
from crowd.projects.policy_form import PolicyForm


def test_a_project_made_without_a_word_is_set_as_the_api_and_the_form_say() -> None:
    stored = policy_of(Project())
    assert {name: knob.rule.default for name, knob in KNOBS.items()} == stored
    shown = {name: field.initial for name, field in PolicyForm().fields.items() if not KNOBS[name].offered}
    assert shown == {name: stored[name] for name in shown}


def test_every_knob_is_in_the_api_and_in_the_form() -> None:
    assert set(PolicySerializer().fields) == set(PolicyForm().fields) == set(KNOBS)
