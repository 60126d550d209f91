import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("tasks", "0007_unfinished_tasks"),
    ]

    operations = [
        migrations.AddField(
            model_name="desk",
            name="last_skip",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="tasks.assignment",
            ),
        ),
    ]
