"""Remember at each worker's desk what was leased and not finished: it comes again from there, and from nowhere else."""

from collections import defaultdict

from django.db import migrations, models
from django.db.models import Exists, OuterRef, Q


def fill_in(apps, schema_editor):
    assignments = apps.get_model("tasks", "Assignment").objects.using(schema_editor.connection.alias)
    desks = apps.get_model("tasks", "Desk").objects.using(schema_editor.connection.alias)
    same = assignments.filter(worker=OuterRef("worker"), task=OuterRef("task"))
    shown = assignments.filter(Q(state="live") | Q(state__in=["expired", "returned"], task__is_open=True))
    shown = shown.exclude(task__shelf="training").exclude(Exists(same.filter(state__in=["submitted", "skipped"])))
    unfinished = defaultdict(dict)
    for worker, task in shown.order_by("id").values_list("worker_id", "task_id").iterator(chunk_size=2000):
        unfinished[worker][task] = None
    for worker, tasks in unfinished.items():
        desks.filter(pk=worker).update(unfinished=list(tasks))


class Migration(migrations.Migration):

    dependencies = [
        ("tasks", "0006_thumbnails"),
    ]

    operations = [
        migrations.AddField(
            model_name="assignment",
            name="holds_slot",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="desk",
            name="let_go",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="desk",
            name="let_go_in_a_row",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="desk",
            name="let_go_today",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="desk",
            name="unfinished",
            field=models.JSONField(default=list),
        ),
        migrations.RunPython(fill_in, migrations.RunPython.noop),
    ]
