"""Answers and predictions are stored as their kind keeps them: a class by its permanent number, no more by its name."""

from django.db import migrations, models

CLASSES = {
    "postgresql": """
        SELECT project.id AS project_id, class ->> 'name' AS name, CAST(class ->> 'number' AS INTEGER) AS number
        FROM projects_project AS project, JSONB_ARRAY_ELEMENTS(project.schema -> 'classes') AS class""",
    "sqlite": """
        SELECT project.id AS project_id, JSON_EXTRACT(class.value, '$.name') AS name,
            JSON_EXTRACT(class.value, '$.number') AS number
        FROM projects_project AS project, JSON_EACH(project.schema, '$.classes') AS class""",
}
ANSWERS = {
    "postgresql": """
        UPDATE tasks_response AS response SET answer = TO_JSONB(class.number)
        FROM tasks_task AS task JOIN ({classes}) AS class ON class.project_id = task.project_id
        WHERE task.id = response.task_id AND class.name = response.answer #>> '{{}}'""",
    "sqlite": """
        WITH class AS MATERIALIZED ({classes})
        UPDATE tasks_response SET answer = CAST(class.number AS TEXT)
        FROM tasks_task AS task JOIN class ON class.project_id = task.project_id
        WHERE task.id = tasks_response.task_id AND class.name = JSON_EXTRACT(tasks_response.answer, '$')""",
}
SHOWN = {
    "postgresql": """
        UPDATE tasks_assignment AS assignment SET predicted_answer = COALESCE((
            SELECT JSONB_BUILD_OBJECT('answer', class.number)
            FROM tasks_task AS task JOIN ({classes}) AS class ON class.project_id = task.project_id
            WHERE task.id = assignment.task_id AND class.name = assignment.predicted), '{{}}')
        WHERE assignment.predicted IS NOT NULL""",
    "sqlite": """
        WITH class AS MATERIALIZED ({classes})
        UPDATE tasks_assignment SET predicted_answer = COALESCE((
            SELECT JSON_OBJECT('answer', class.number)
            FROM tasks_task AS task JOIN class ON class.project_id = task.project_id
            WHERE task.id = tasks_assignment.task_id AND class.name = tasks_assignment.predicted), '{{}}')
        WHERE tasks_assignment.predicted IS NOT NULL""",
}
PREDICTIONS = {
    "postgresql": """
        UPDATE tasks_prelabel AS prelabel SET prediction = COALESCE((
            SELECT JSONB_AGG(JSONB_BUILD_ARRAY(class.number, share.value) ORDER BY class.number)
            FROM tasks_task AS task JOIN ({classes}) AS class ON class.project_id = task.project_id
            JOIN JSONB_EACH(prelabel.prediction) AS share ON share.key = class.name
            WHERE task.id = prelabel.task_id), '[]')""",
    "sqlite": """
        WITH class AS MATERIALIZED ({classes})
        UPDATE tasks_prelabel SET prediction = (
            SELECT JSON_GROUP_ARRAY(JSON_ARRAY(known.number, known.share)) FROM (
                SELECT class.number AS number, share.value AS share
                FROM tasks_task AS task JOIN class ON class.project_id = task.project_id
                JOIN JSON_EACH(tasks_prelabel.prediction) AS share ON share.key = class.name
                WHERE task.id = tasks_prelabel.task_id ORDER BY class.number) AS known)""",
}


def run(*statements):
    def forwards(_apps, schema_editor):
        vendor = schema_editor.connection.vendor
        with schema_editor.connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement[vendor].format(classes=CLASSES[vendor]))

    return migrations.RunPython(forwards)


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0011_numbers_of_classes"),
        ("tasks", "0010_words_of_the_field"),
    ]

    operations = [
        migrations.AddField("assignment", "predicted_answer", models.JSONField(null=True)),
        migrations.RenameField("prelabel", "distribution", "prediction"),
        run(ANSWERS, SHOWN, PREDICTIONS),
        migrations.RemoveField("assignment", "predicted"),
        migrations.RenameField("assignment", "predicted_answer", "predicted"),
    ]
