"""Lists and their counts are read from indexes alone, so that they cost the same with many petitions."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """After the pages."""

    dependencies = (("petitions", "0003_pages"),)
    operations = (
        migrations.AddIndex(
            model_name="petition",
            index=models.Index(
                fields=["-signature_count", "id", "state", "archived_at"], name="petitions_by_signatures"
            ),
        ),
        migrations.AddIndex(
            model_name="petition",
            index=models.Index(
                fields=["archived_at", "state", "response_state", "debate_state"], name="petitions_by_states"
            ),
        ),
    )
