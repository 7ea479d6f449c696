import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('centralserver', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReceivedRequest',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('kind', models.TextField()),
                ('origin', models.TextField()),
                ('state', models.TextField()),
                ('server', models.TextField()),
                ('client', models.TextField()),
                ('certificate_sha256', models.TextField()),
                ('facts', models.TextField()),
                ('content_type', models.TextField()),
                ('content', models.BinaryField()),
                ('remote_address', models.TextField()),
                ('received_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'centralserver_request',
                'indexes': [models.Index(fields=['state', 'kind'], name='centralserver_request_state')],
            },
        ),
        migrations.CreateModel(
            name='RequestEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('by', models.TextField()),
                ('state', models.TextField()),
                ('note', models.TextField()),
                ('version', models.PositiveIntegerField(null=True)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='centralserver.receivedrequest')),
            ],
            options={
                'db_table': 'centralserver_request_event',
                'ordering': ('id',),
            },
        ),
    ]
