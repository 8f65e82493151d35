import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.ids
import kalon.kernel.rows
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0004_own_reach'),
        ('people', '0003_equipment'),
        ('people', '__first__'),
        ('scheduling', '0007_schedules'),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('detail', models.CharField(choices=[('INITIALS', 'Initials'), ('NAMES', 'Full names')], default='INITIALS', max_length=10)),
                ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('user', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('user', 'patient'), name='scheduling_calendarfeed_one_each', nulls_distinct=False), kalon.kernel.rows.SameOrganization(field='patient_id', name='scheduling_calendarfeed_same_patient', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='scheduling_calendarfeed_rows', patient='patient_id', portal='SELECT, INSERT, UPDATE', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
    ]
