"""Several central servers may share a database: each key belongs to one of them, and is active for it alone."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("centralserver", "0002_requests")]

    operations: ClassVar = [
        migrations.AddField("signingkey", "node", models.TextField(default="")),
        migrations.RemoveConstraint("signingkey", "centralserver_one_active_key"),
        migrations.AddConstraint(
            "signingkey",
            models.UniqueConstraint(
                fields=["kind", "node"], condition=models.Q(is_active=True), name="centralserver_one_active_key"
            ),
        ),
    ]
