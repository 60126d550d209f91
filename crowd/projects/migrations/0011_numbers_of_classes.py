from django.db import migrations


def number(apps, schema_editor):
    """Until now a class was meant by its position, so that is its number."""
    projects = apps.get_model("projects", "Project").objects.using(schema_editor.connection.alias)
    for project in projects.only("schema").iterator(chunk_size=100):
        classes = project.schema["classes"]
        for position, definition in enumerate(classes):
            definition["number"] = position
        project.schema["next_number"] = len(classes)
        project.save(update_fields=["schema"])


def forget_numbers(apps, schema_editor):
    projects = apps.get_model("projects", "Project").objects.using(schema_editor.connection.alias)
    for project in projects.only("schema").iterator(chunk_size=100):
        del project.schema["next_number"]
        for definition in project.schema["classes"]:
            del definition["number"]
        project.save(update_fields=["schema"])


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0010_applied_order"),
    ]

    operations = [
        migrations.RunPython(number, forget_numbers),
    ]
