"""What owners may set of a project's policy, each knob declared once: the API takes what its rule
allows, and the form shows it in words for owners. A new one also needs a column of the project,
with the same default."""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy
from rest_framework import serializers

from crowd.projects.models import MAX_MODEL, MAX_SKILL, OnUnreliable, Order

MAX_RESPONSES = 1000
MAX_OPEN_LEASES = 50
MAX_QUIET_HOURS = 10 * 365 * 24
MOST = 2**31 - 1
DAY = 24 * 3600


class Knob(NamedTuple):
    """One thing that owners may set."""

    rule: serializers.Field[Any, Any, Any, Any]  # the API's, with the limits and the default
    label: Any
    hint: Any
    choices: tuple[tuple[Any, Any], ...] = ()  # in words, where the rule has none
    offered: bool = False  # whether one of what there is at the moment is chosen, and not written


def _whole(least: int, most: int, default: int | None, says: str = "", **more: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=least, max_value=most, default=default, help_text=says or None, **more)


def _share(least: float, most: float, default: float, says: str = "") -> serializers.FloatField:
    return serializers.FloatField(min_value=least, max_value=most, default=default, help_text=says or None)


def _text(max_length: int, says: str) -> serializers.CharField:
    return serializers.CharField(max_length=max_length, allow_blank=True, default="", help_text=says)


GROUPS: dict[Any, dict[str, Knob]] = {
    gettext_lazy("Answers per task"): {
        "min_responses": Knob(
            _whole(1, MAX_RESPONSES, 3),
            gettext_lazy("Answers a task gets at least"),
            gettext_lazy("Every task gets this many."),
        ),
        "max_responses": Knob(
            _whole(1, MAX_RESPONSES, 5),
            gettext_lazy("Answers a task gets at most"),
            gettext_lazy("Only unclear tasks get more."),
        ),
        "target_confidence": Knob(
            _share(0.5, 1.0, 0.95),
            gettext_lazy("Confidence that settles a task"),
            gettext_lazy("From 0.5 to 1."),
        ),
        "gold_rate": Knob(
            _share(0.0, 0.5, 0.1),
            gettext_lazy("Share of hidden test tasks"),
            gettext_lazy("How often a worker meets a task whose answer you know (gold). 0.1 is every tenth."),
        ),
        "method": Knob(
            serializers.CharField(default="auto"),
            gettext_lazy("Method"),
            gettext_lazy("How answers become labels; auto chooses by how many there are."),
            offered=True,
        ),
    },
    gettext_lazy("Predictions"): {
        "prelabels_vote": Knob(
            serializers.BooleanField(
                default=True,
                help_text="What a model predicts counts as one more vote, whose reliability is learnt; not where it is "
                "shown.",
            ),
            gettext_lazy("What models predict"),
            gettext_lazy(
                "A vote's weight is learnt, as everybody's is. A model that workers are shown has no vote of its own."
            ),
            choices=(
                (True, gettext_lazy("counts as one more vote")),
                (False, gettext_lazy("is kept, and counts for nothing")),
            ),
        ),
        "shown_model": Knob(
            _text(MAX_MODEL, "Workers are shown what the model of this name predicts. Empty shows nothing."),
            gettext_lazy("Model whose predictions workers see"),
            gettext_lazy("Its name, as its predictions were sent with. Empty shows nothing."),
        ),
        "blind_share": Knob(
            _share(
                0.0,
                1.0,
                0.2,
                "Share of tasks that a worker answers without seeing the prediction: it measures what seeing does.",
            ),
            gettext_lazy("Share of tasks without the prediction"),
            gettext_lazy(
                "From 0 to 1. Answers given blind show how far workers follow the model; with 0 nobody knows."
            ),
        ),
    },
    gettext_lazy("Order"): {
        "order": Knob(
            serializers.ChoiceField(choices=Order.choices, default=Order.PRIORITY, help_text="Which task comes next."),
            gettext_lazy("Which task comes next"),
            gettext_lazy(
                "Finishing what is begun gives finished labels soonest; one answer each gives an overview soonest."
            ),
        ),
    },
    gettext_lazy("Limits for a worker"): {
        "lease_seconds": Knob(
            _whole(5, DAY, 900, "How long a worker may keep a task before it is free again."),
            gettext_lazy("Time for a task, in seconds"),
            gettext_lazy("A worker who has not answered by then loses the task to others."),
        ),
        "undo_seconds": Knob(
            _whole(0, 3600, 120, "How long a worker may take the last answer or skip back."),
            gettext_lazy("Time to undo, in seconds"),
            gettext_lazy("How long a worker may take back the last answer or skip."),
        ),
        "open_leases": Knob(
            _whole(1, MAX_OPEN_LEASES, MAX_OPEN_LEASES, "Tasks a worker may hold at once."),
            gettext_lazy("Tasks at once"),
            gettext_lazy("How many tasks a worker may hold unanswered. People need one or two."),
        ),
        "responses_per_day": Knob(
            _whole(
                1,
                MOST,
                None,
                "Answers a worker may give from midnight to midnight UTC; null is no limit.",
                allow_null=True,
            ),
            gettext_lazy("Answers a day"),
            gettext_lazy("Spreads the work over more people. Days begin at midnight UTC; empty is no limit."),
        ),
        "responses_per_minute": Knob(
            _whole(1, MOST, None, "Answers a worker may give in a minute; null is no limit.", allow_null=True),
            gettext_lazy("Answers a minute"),
            gettext_lazy("Slows down who clicks without looking; empty is no limit."),
        ),
    },
    gettext_lazy("Before real work"): {
        "training_tasks": Knob(
            _whole(0, 1000, 0, "Training tasks a worker answers, with feedback, before work."),
            gettext_lazy("Training tasks"),
            gettext_lazy("Tasks with a known answer, which is shown and explained after each. 0 is no training."),
        ),
        "exam_tasks": Knob(
            _whole(0, 1000, 0, "Gold tasks that a worker is examined on before work."),
            gettext_lazy("Exam tasks"),
            gettext_lazy("Tasks with a known answer that a worker is examined on. 0 is no exam."),
        ),
        "exam_score": Knob(
            _share(0.0, 1.0, 0.8, "Share of right answers that passes the exam."),
            gettext_lazy("Share right to pass"),
            gettext_lazy("From 0 to 1: with 0.8, eight of ten have to be right."),
        ),
        "exam_attempts": Knob(
            _whole(1, 100, 3), gettext_lazy("Attempts"), gettext_lazy("How often a worker may sit the exam.")
        ),
        "exam_cooldown_seconds": Knob(
            _whole(0, 30 * DAY, 3600, "How long to wait after a failed exam."),
            gettext_lazy("Wait after a failed exam, in seconds"),
            gettext_lazy("3600 is an hour."),
        ),
    },
    gettext_lazy("Skills"): {
        "required_skill": Knob(
            _text(
                MAX_SKILL,
                "Only workers who have this skill get tasks: the slug of the project that grants it, a slash and its "
                "name there. You have to be more than a worker in that project. Empty asks for none.",
            ),
            gettext_lazy("Skill that workers need"),
            gettext_lazy(
                "Who lacks it gets no tasks here. Listed is what projects grant in which you are more than a worker."
            ),
            offered=True,
        ),
        "granted_skill": Knob(
            _text(
                80,
                "The skill that passing the exam gives, for other projects to require; no slashes. Empty gives none.",
            ),
            gettext_lazy("Skill that passing the exam gives"),
            gettext_lazy("A short name, such as “owls”. Your other projects can require it; empty gives none."),
        ),
    },
    gettext_lazy("Unreliable workers"): {
        "on_unreliable": Knob(
            serializers.ChoiceField(
                choices=OnUnreliable.choices,
                default=OnUnreliable.PAUSE,
                help_text="What happens to a worker whose answers to gold show that they are unreliable.",
            ),
            gettext_lazy("When hidden test tasks show that a worker is unreliable"),
            gettext_lazy(
                "It takes at least 20 of them. The worker is told why and can object; you can take all of it back."
            ),
        ),
    },
    gettext_lazy("When nobody answers"): {
        "quiet_hours": Knob(
            _whole(
                1,
                MAX_QUIET_HOURS,
                24,
                "After so many hours without an answer the event `project.quiet` is sent; null is never.",
                allow_null=True,
            ),
            gettext_lazy("Hours without an answer until you are told"),
            gettext_lazy("By the event project.quiet of a webhook, and on the overview. Empty is never."),
        ),
    },
}
"""The knobs by the headings they stand under in the form."""

KNOBS = {name: knob for knobs in GROUPS.values() for name, knob in knobs.items()}
