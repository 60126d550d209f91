"""What an audit event is about is named by project and task, which together are longer than either may be."""

from importlib import import_module

from django.db import migrations, models

append_only = import_module("crowd.people.migrations.0002_audit_is_append_only")


def protect_again(apps, schema_editor):
    """SQLite changes a column by making the table anew, without its triggers."""
    if schema_editor.connection.vendor == "sqlite":
        append_only.forwards(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("people", "0004_confirmed_by_proof_only")]
    operations = [
        migrations.AlterField("auditevent", "subject", models.TextField()),
        migrations.RunPython(protect_again, migrations.RunPython.noop),
    ]
