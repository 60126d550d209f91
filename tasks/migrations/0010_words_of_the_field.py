"""The queue's columns get the field's words. Only names change: the databases carry them into indexes, checks and computed
columns by themselves, so no row is written. Django's picture of these is brought up to date beside it."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Case, F, Q, When

SLOTS = F("answers_counted") + F("leases_live")
WORK = Q(purpose="work")
SHORT = Q(purpose="work", has_content=True, answers_needed__gt=F("answers_counted"))


def whether(name, condition):
    truth = Case(When(condition, then=True), default=False)
    field = models.GeneratedField(expression=truth, output_field=models.BooleanField(), db_persist=True)
    return migrations.AlterField("task", name, field)


RENAMED = [
    migrations.RenameField("task", "shelf", "purpose"),
    migrations.RenameField("task", "rank", "bucket"),
    migrations.RenameField("task", "ticket", "queued_at"),
]
KNOWN_BY_THE_DATABASES = [
    migrations.RemoveIndex("task", "tasks_open"),
    migrations.RemoveIndex("task", "tasks_known"),
    migrations.RemoveConstraint("task", "never_more_answers_than_needed"),
    whether("is_open", Q(has_content=True) & (~WORK | Q(answers_needed__gt=SLOTS))),
    whether("may_be_exhausted", SHORT & Q(passed_on=True)),
    whether("is_exhausted", SHORT & Q(exhausted_at__isnull=False)),
    migrations.AddIndex(
        "task",
        models.Index("project", "purpose", "bucket", "queued_at", "id", name="tasks_open", condition=Q(is_open=True)),
    ),
    migrations.AddIndex("task", models.Index("project", "id", name="tasks_known", condition=~WORK)),
    migrations.AddConstraint(
        "task",
        models.CheckConstraint(condition=~WORK | Q(answers_needed__gte=SLOTS), name="never_more_answers_than_needed"),
    ),
]


class Migration(migrations.Migration):

    dependencies = [
        ("projects", "0010_applied_order"),
        ("tasks", "0009_exhausted"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(RENAMED, [*RENAMED, *KNOWN_BY_THE_DATABASES]),
        migrations.RenameModel("Desk", "QueueState"),
        migrations.RenameField("queuestate", "places", "cursors"),
        migrations.AlterField(
            "queuestate",
            "worker",
            models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name="queue_state",
                serialize=False,
                to="projects.membership",
            ),
        ),
        migrations.RenameModel("Ranking", "Reordering"),
        migrations.AlterField(
            "reordering",
            "project",
            models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name="reordering",
                serialize=False,
                to="projects.project",
            ),
        ),
    ]
