"""Tasks that somebody has passed on are remembered, and which of them nobody is left to answer."""

from django.db import migrations, models
from django.db.models import Exists, F, OuterRef, Q

SHORT = Q(shelf="work", has_content=True, answers_needed__gt=F("answers_counted"))


def note_what_was_passed_on(apps, schema_editor):
    alias = schema_editor.connection.alias
    tasks = apps.get_model("tasks", "Task").objects.using(alias)
    skips = apps.get_model("tasks", "Assignment").objects.using(alias).filter(state="skipped", task=OuterRef("pk"))
    answers = apps.get_model("tasks", "Response").objects.using(alias).filter(task=OuterRef("pk"))
    taken_back = answers.exclude(replaced_at=None).exclude(assignment=None)
    tasks.filter(Q(Exists(skips)) | Q(Exists(taken_back))).update(passed_on=True)


class Migration(migrations.Migration):

    dependencies = [
        ("projects", "0009_deletion"),
        ("tasks", "0008_last_skip"),
    ]

    operations = [
        migrations.AddField(
            model_name="task",
            name="passed_on",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="task",
            name="exhausted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="task",
            name="may_be_exhausted",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(models.When(SHORT & Q(passed_on=True), then=True), default=False),
                output_field=models.BooleanField(),
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="is_exhausted",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(models.When(SHORT & Q(exhausted_at__isnull=False), then=True), default=False),
                output_field=models.BooleanField(),
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(F("project"), F("id"), condition=Q(may_be_exhausted=True), name="tasks_to_weigh"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(F("project"), F("id"), condition=Q(is_exhausted=True), name="tasks_exhausted"),
        ),
        migrations.RunPython(note_what_was_passed_on, migrations.RunPython.noop),
    ]
