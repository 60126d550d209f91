from django.db import migrations, models

import quality.models.projects


class Migration(migrations.Migration):
    dependencies = [("quality", "0007_gold_that_was_drawn")]

    operations = [
        migrations.AddField(
            model_name="summary",
            name="edition",
            field=models.BigIntegerField(db_default=0, default=quality.models.projects.new_edition),
        ),
    ]
