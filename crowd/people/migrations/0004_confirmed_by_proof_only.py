"""An address counts as confirmed only where an operator's command made a key for it, or made its holder a superuser.

Before, whoever was invited counted as known, though the inviter held the link; and a page let people type in any address.
"""

from django.db import migrations, models


def forget_unproved(apps, schema_editor):
    User = apps.get_model("people", "User")
    AuditEvent = apps.get_model("people", "AuditEvent")
    by_operator = AuditEvent.objects.filter(action="key.created", actor=None, subject=models.OuterRef("email"))
    unproved = User.objects.filter(address_confirmed=True, is_superuser=False)
    unproved.exclude(models.Exists(by_operator)).update(address_confirmed=False)
    apps.get_model("account", "EmailAddress").objects.all().delete()  # sign-in would go by them


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_address_confirmed"),
        ("account", "0001_initial"),
    ]
    operations = [
        migrations.AlterField("user", "address_confirmed", models.BooleanField(default=False)),
        migrations.RunPython(forget_unproved, migrations.RunPython.noop),
    ]
