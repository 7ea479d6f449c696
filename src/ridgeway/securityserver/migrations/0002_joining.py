from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('securityserver', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Registration',
            fields=[
                ('subject', models.TextField(primary_key=True, serialize=False)),
                ('state', models.TextField()),
                ('changed_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'securityserver_registration',
            },
        ),
        migrations.CreateModel(
            name='SentRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.TextField()),
                ('subject', models.TextField()),
                ('facts', models.TextField()),
                ('sent_at', models.DateTimeField()),
                ('by', models.TextField()),
                ('central_id', models.BigIntegerField(null=True)),
                ('fault', models.TextField()),
            ],
            options={
                'db_table': 'securityserver_sent_request',
            },
        ),
    ]
