import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.ids
import kalon.kernel.live.announcing
import kalon.kernel.rows
import kalon.kernel.triggers
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0001_initial'),
        ('patients', '0002_search'),
        ('people', '0002_functions'),
        ('people', '__first__'),
        ('scheduling', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Arrival',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('way', models.CharField(choices=[('DOOR', 'by QR at the door'), ('PHONE', "by QR from the patient's phone")], max_length=8)),
                ('code_hash', models.CharField(editable=False, max_length=64)),
                ('appointment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scheduling.appointment')),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'db_table': 'scheduling_arrival',
                'constraints': [kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of scheduling_arrival are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_arrival_append_only';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='scheduling_arrival_append_only'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of scheduling_arrival are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_arrival_append_only';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='scheduling_arrival_append_only_truncate'), models.UniqueConstraint(fields=('appointment', 'code_hash'), name='scheduling_arrival_once'), kalon.kernel.rows.SameOrganization(field='appointment_id', name='scheduling_arrival_of_patient', through=('organization_id', 'patient_id'), to='scheduling.Appointment'), kalon.kernel.rows.SameOrganization(field='branch_id', name='scheduling_arrival_same_branch', through=('organization_id',), to='people.Branch'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='scheduling_arrival_rows', patient='patient_id', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('called_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('appointment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scheduling.appointment')),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('called_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('room', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.room')),
            ],
            options={
                'db_table': 'scheduling_call',
                'ordering': ['-called_at', '-id'],
                'indexes': [models.Index(fields=['appointment', '-called_at'], name='scheduling_call_of_visit')],
                'constraints': [kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of scheduling_call are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_call_append_only';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='scheduling_call_append_only'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of scheduling_call are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_call_append_only';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='scheduling_call_append_only_truncate'), kalon.kernel.live.announcing.Announces(columns=(), day='NULL::date', name='scheduling_call_live', place='{row}.branch_id', topic='visits'), kalon.kernel.rows.SameOrganization(field='appointment_id', name='scheduling_call_of_patient', through=('organization_id', 'patient_id'), to='scheduling.Appointment'), kalon.kernel.rows.SameOrganization(field='branch_id', name='scheduling_call_same_branch', through=('organization_id',), to='people.Branch'), kalon.kernel.rows.SameOrganization(field='room_id', name='scheduling_call_same_room', through=('organization_id',), to='people.Room'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='scheduling_call_rows', patient='patient_id', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Screen',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('WAITING', 'Waiting room'), ('DOOR', 'Code at the door')], max_length=8)),
                ('name', models.CharField(blank=True, max_length=60)),
                ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('closed_at', models.DateTimeField(editable=False, null=True)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('closed_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('closed_at__isnull', False), ('closed_by__isnull', True), _connector='OR'), name='scheduling_screen_closed_by'), kalon.kernel.rows.SameOrganization(field='branch_id', name='scheduling_screen_same_branch', through=('organization_id',), to='people.Branch'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='scheduling_screen_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=kalon.kernel.live.announcing.Announces(columns=(), day='(lower({row}.period) AT TIME ZONE (SELECT timezone FROM people_branch WHERE id = {row}.branch_id))::date', name='scheduling_appointment_live', place='{row}.branch_id', topic='visits'),
        ),
    ]
