"""What owners may set: one declaration, from which the API, the form and what is stored follow."""

from django.db.models import NOT_PROVIDED

from crowd.projects.knobs import KNOBS
from crowd.projects.models import Project
from crowd.projects.policy import PolicySerializer
from crowd.projects.policy_form import PolicyForm


def test_a_project_made_without_a_word_is_set_as_the_api_and_the_form_say() -> None:
    columns = {name: Project._meta.get_field(name) for name in KNOBS}
    stored = {name: None if field.default is NOT_PROVIDED else field.default for name, field in columns.items()}
    assert {name: knob.rule.default for name, knob in KNOBS.items()} == stored
    shown = {name: field.initial for name, field in PolicyForm().fields.items() if not KNOBS[name].offered}
    assert shown == {name: stored[name] for name in shown}


def test_every_knob_is_in_the_api_and_in_the_form() -> None:
    assert set(PolicySerializer().fields) == set(PolicyForm().fields) == set(KNOBS)
