"""Labels, gold and decisions are stored as their kind keeps them: a class by its permanent number, no more by its
name. What more there is to say of a label is its detail."""

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
        UPDATE {table} AS given SET {column} = TO_JSONB(class.number)
        FROM tasks_task AS task JOIN ({classes}) AS class ON class.project_id = task.project_id
        WHERE task.id = given.task_id AND class.name = given.{column} #>> '{{}}'""",
    "sqlite": """
        WITH class AS MATERIALIZED ({classes})
        UPDATE {table} SET {column} = CAST(class.number AS TEXT)
        FROM tasks_task AS task JOIN class ON class.project_id = task.project_id
        WHERE task.id = {table}.task_id AND class.name = JSON_EXTRACT({table}.{column}, '$')""",
}
BELIEVED = {
    "postgresql": """
        UPDATE quality_adjudicationevent AS event SET believed = (event.believed - 'distribution')
            || JSONB_BUILD_OBJECT('detail', event.believed -> 'distribution', 'label', class.number)
        FROM tasks_task AS task JOIN ({classes}) AS class ON class.project_id = task.project_id
        WHERE task.id = event.task_id AND class.name = event.believed ->> 'label'""",
    "sqlite": """
        WITH class AS MATERIALIZED ({classes})
        UPDATE quality_adjudicationevent SET believed = JSON_REMOVE(JSON_SET(believed,
            '$.detail', JSON_EXTRACT(believed, '$.distribution'), '$.label', class.number), '$.distribution')
        FROM tasks_task AS task JOIN class ON class.project_id = task.project_id
        WHERE task.id = quality_adjudicationevent.task_id AND class.name = JSON_EXTRACT(believed, '$.label')""",
}
GIVEN = [
    ("quality_goldanswer", "answer"),
    ("quality_adjudication", "answer"),
    ("quality_adjudicationevent", "answer"),
    ("quality_consensus", "label"),
]


def store_numbers(_apps, schema_editor):
    vendor = schema_editor.connection.vendor
    with schema_editor.connection.cursor() as cursor:
        for table, column in GIVEN:
            cursor.execute(ANSWERS[vendor].format(classes=CLASSES[vendor], table=table, column=column))
        cursor.execute(BELIEVED[vendor].format(classes=CLASSES[vendor]))
        cursor.execute("UPDATE quality_workerscore SET gold_score = gold_right")


class Migration(migrations.Migration):
    dependencies = [
        ("quality", "0009_sifting"),
        ("tasks", "0011_answers_of_kinds"),
    ]

    operations = [
        migrations.RenameField("consensus", "distribution", "detail"),
        migrations.AddField("workerscore", "gold_score", models.FloatField(default=0.0, db_default=0.0)),
        migrations.RunPython(store_numbers),
    ]
