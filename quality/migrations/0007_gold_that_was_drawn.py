from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Exists, OuterRef


def mark_drawn(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Gold that its owner gave before anybody had answered the task; then have all labels worked out anew, since what
    teaches how far a crowd can be trusted is another."""
    gold, responses = apps.get_model("quality", "GoldAnswer"), apps.get_model("tasks", "Response")
    earlier = responses.objects.filter(task=OuterRef("task"), received_at__lt=OuterRef("created_at"))
    gold.objects.filter(~Exists(earlier), origin="given").update(drawn=True)
    apps.get_model("quality", "Summary").objects.update(policy_revision=0)


class Migration(migrations.Migration):
    dependencies = [
        ("quality", "0006_claims"),
        ("tasks", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="goldanswer",
            name="drawn",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunPython(mark_drawn, migrations.RunPython.noop),
    ]
