import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.ids
import kalon.kernel.rows
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0003_equipment'),
        ('scheduling', '0008_calendar_feeds'),
    ]

    operations = [
        migrations.CreateModel(
            name='OutsideCalendar',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('address', models.CharField(max_length=200)),
                ('is_active', models.BooleanField(default=True)),
                ('trouble', models.CharField(blank=True, max_length=200)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
            ],
            options={
                'ordering': ['staff__name', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('staff',), name='scheduling_outsidecalendar_once'), models.UniqueConstraint(fields=('organization', 'id'), name='scheduling_outsidecalendar_in_organization'), models.CheckConstraint(condition=models.Q(('address', ''), _negated=True), name='scheduling_outsidecalendar_address'), kalon.kernel.rows.SameOrganization(field='staff_id', name='scheduling_outsidecalendar_same_staff', through=('organization_id',), to='people.Staff'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='scheduling_outsidecalendar_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='OutsideCopy',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('appointment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scheduling.appointment')),
                ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scheduling.outsidecalendar')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'constraints': [kalon.kernel.rows.SameOrganization(field='appointment_id', name='scheduling_outsidecopy_same_appointment', through=('organization_id',), to='scheduling.Appointment'), kalon.kernel.rows.SameOrganization(field='calendar_id', name='scheduling_outsidecopy_same_calendar', through=('organization_id',), to='scheduling.OutsideCalendar'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE, DELETE', name='scheduling_outsidecopy_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
    ]
