"""The bytes of a picture as they came are kept. Of pictures stored before, nothing but what is served is left: that
becomes the original, and its hash is theirs already. No file is touched."""

from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.deletion import CASCADE, RESTRICT
from django.db.models.functions import Now

FRAMES = {
    "postgresql": """
        UPDATE tasks_task AS task
        SET frames = JSONB_BUILD_OBJECT('image', JSONB_BUILD_ARRAY(image.width, image.height))
        FROM tasks_image AS image WHERE image.id = task.image_id""",
    "sqlite": """
        UPDATE tasks_task SET frames = JSON_OBJECT('image', JSON_ARRAY(image.width, image.height))
        FROM tasks_image AS image WHERE image.id = tasks_task.image_id""",
}


def served_become_originals(apps, schema_editor):
    images = apps.get_model("tasks", "Image").objects
    images.update(original=F("file"), original_type=F("content_type"), unused_since=None)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(FRAMES[schema_editor.connection.vendor])


class Migration(migrations.Migration):
    dependencies = [("tasks", "0011_answers_of_kinds")]

    operations = [
        migrations.AddField("image", "original", models.FileField(default="", max_length=200), preserve_default=False),
        migrations.AddField(
            "image", "original_type", models.CharField(default="", max_length=20), preserve_default=False
        ),
        migrations.AddField("image", "turn", models.PositiveSmallIntegerField(db_default=1, default=1)),
        migrations.AddField(
            "image", "full", models.FileField(blank=True, db_default="", default="", max_length=200)
        ),
        migrations.AddField(
            "image", "notes", models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
        ),
        migrations.AddField("image", "unused_since", models.DateTimeField(null=True)),
        migrations.AddField("task", "frames", models.JSONField(null=True)),
        migrations.CreateModel(
            "TaskPicture",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "task",
                    models.ForeignKey(db_index=False, on_delete=CASCADE, related_name="pictures", to="tasks.task"),
                ),
                ("image", models.ForeignKey(on_delete=RESTRICT, related_name="task_pictures", to="tasks.image")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["task", "image"], name="one_row_per_picture")]
            },
        ),
        migrations.RunPython(served_become_originals, migrations.RunPython.noop, elidable=True),
        migrations.AlterField("image", "unused_since", models.DateTimeField(db_default=Now(), null=True)),
        migrations.AddIndex(
            "image",
            models.Index("unused_since", name="images_unused", condition=Q(unused_since__isnull=False)),
        ),
    ]
