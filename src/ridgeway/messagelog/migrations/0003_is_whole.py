from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('messagelog', '0002_archives'),
    ]

    operations = [
        migrations.AddField(model_name='record', name='is_whole', field=models.BooleanField(null=True)),
    ]
