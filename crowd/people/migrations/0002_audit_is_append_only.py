"""Audit events can be added and read, and nothing else: the database refuses, whoever asks."""

from django.db import migrations

POSTGRESQL = """
CREATE FUNCTION people_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit events are append-only';
END $$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON people_auditevent
    FOR EACH ROW EXECUTE FUNCTION people_audit_is_append_only();
"""
POSTGRESQL_UNDO = """
DROP TRIGGER audit_is_append_only ON people_auditevent;
DROP FUNCTION people_audit_is_append_only();
"""
SQLITE = [
    f"CREATE TRIGGER audit_no_{verb} BEFORE {verb} ON people_auditevent "
    "BEGIN SELECT RAISE(ABORT, 'audit events are append-only'); END"
    for verb in ("UPDATE", "DELETE")
]
SQLITE_UNDO = ["DROP TRIGGER audit_no_UPDATE", "DROP TRIGGER audit_no_DELETE"]


def _run(schema_editor, postgresql, sqlite):
    for statement in [postgresql] if schema_editor.connection.vendor == "postgresql" else sqlite:
        schema_editor.execute(statement)


def forwards(apps, schema_editor):
    _run(schema_editor, POSTGRESQL, SQLITE)


def backwards(apps, schema_editor):
    _run(schema_editor, POSTGRESQL_UNDO, SQLITE_UNDO)


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
