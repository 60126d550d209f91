"""The folder of pictures has a name, by which a host that does not share it notices."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0006_mails")]
    operations = [
        migrations.CreateModel(
            "MediaFolder",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("only", models.BooleanField(default=True, unique=True)),
                ("name", models.CharField(max_length=32)),
            ],
        )
    ]
