from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("projects", "0009_deletion"),
    ]

    operations = [
        migrations.RenameField("project", old_name="ranked_order", new_name="applied_order"),
    ]
