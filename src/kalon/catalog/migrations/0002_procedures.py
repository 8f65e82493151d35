import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.ids
import kalon.kernel.rows
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0001_squashed'),
        ('people', '0005_tax_number'),
    ]

    operations = [
        migrations.CreateModel(
            name='Procedure',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('code', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=160)),
                ('category', models.CharField(choices=[('FACE', 'Face'), ('BREAST', 'Breast'), ('BODY', 'Body'), ('HAIR', 'Hair'), ('SKIN', 'Skin'), ('INJECTABLE', 'Injectables'), ('LASER', 'Laser and energy'), ('INTIMATE', 'Intimate'), ('RECONSTRUCTIVE', 'Reconstructive'), ('OTHER', 'Other')], max_length=16)),
                ('setting', models.CharField(choices=[('SURGICAL', 'An operation in a theatre'), ('NON_SURGICAL', 'A treatment in a room')], default='NON_SURGICAL', max_length=16)),
                ('minutes', models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(1440)], verbose_name='Minutes it takes')),
                ('room_kind', models.CharField(blank=True, choices=[('CONSULTATION', 'Consultation room'), ('PROCEDURE', 'Procedure room'), ('TREATMENT', 'Treatment room'), ('LASER', 'Laser room'), ('TRIAGE', 'Triage room'), ('THEATRE', 'Operating theatre'), ('RECOVERY', 'Recovery room'), ('IMAGING', 'Photo and imaging room')], max_length=16, null=True)),
                ('has_side', models.BooleanField(default=False, verbose_name='Has a left and a right')),
                ('needs_consent', models.BooleanField(default=True, verbose_name='A consent is signed first')),
                ('takes_implant', models.BooleanField(default=False, verbose_name='An implant with a serial number is put in')),
                ('photo_views', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=30)),
                ('least_days_between', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='Days between two sessions, at least')),
                ('patient_words', models.TextField(blank=True, max_length=4000, verbose_name='What it is, for the patient')),
                ('is_active', models.BooleanField(default=True, verbose_name='In use')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('service', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='procedures', to='catalog.service')),
            ],
            options={
                'ordering': ['name', 'id'],
                'constraints': [models.UniqueConstraint(fields=('organization', 'code'), name='catalog_procedure_code_once'), models.UniqueConstraint(fields=('organization', 'id'), name='catalog_procedure_in_organization'), models.CheckConstraint(condition=models.Q(('code__regex', '^[A-Z0-9][A-Z0-9_-]{0,39}$'), models.Q(('name', ''), _negated=True)), name='catalog_procedure_named'), models.CheckConstraint(condition=models.Q(('minutes__range', (5, 1440))), name='catalog_procedure_minutes'), models.CheckConstraint(condition=models.Q(('setting', 'NON_SURGICAL'), models.Q(('needs_consent', True), ('setting', 'SURGICAL')), _connector='OR'), name='catalog_procedure_surgery_needs_consent'), models.CheckConstraint(condition=models.Q(('least_days_between', None), ('least_days_between__range', (1, 366)), _connector='OR'), name='catalog_procedure_days_between'), kalon.kernel.rows.SameOrganization(field='service_id', name='catalog_procedure_same_service', through=('organization_id',), to='catalog.Service'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='catalog_procedure_rows', patient='', portal='SELECT', portal_where='(SELECT kalon_patient()) IS NOT NULL', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='ProcedureCode',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('system', models.CharField(choices=[('CPT', 'CPT'), ('HCPCS', 'HCPCS'), ('ICD-10-PCS', 'ICD-10-PCS'), ('OPCS-4', 'OPCS-4'), ('SNOMED-CT', 'SNOMED-CT'), ('PM-JAY', 'PM-JAY'), ('OTHER', 'OTHER')], max_length=12)),
                ('code', models.CharField(max_length=30)),
                ('words', models.CharField(blank=True, max_length=300)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('procedure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='codes', to='catalog.procedure')),
            ],
            options={
                'ordering': ['system', 'code'],
                'constraints': [models.UniqueConstraint(fields=('procedure', 'system', 'code'), name='catalog_procedurecode_once'), models.CheckConstraint(condition=models.Q(('system__in', ('CPT', 'HCPCS', 'ICD-10-PCS', 'OPCS-4', 'SNOMED-CT', 'PM-JAY', 'OTHER')), ('code__regex', '^[A-Za-z0-9][A-Za-z0-9.-]*$')), name='catalog_procedurecode_shape'), kalon.kernel.rows.SameOrganization(field='procedure_id', name='catalog_procedurecode_same_procedure', through=('organization_id',), to='catalog.Procedure'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE, DELETE', name='catalog_procedurecode_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='ProcedureTeam',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('staff_kind', models.CharField(choices=[('DOCTOR', 'Doctor'), ('SURGEON', 'Surgeon'), ('ANAESTHETIST', 'Anaesthetist'), ('NURSE', 'Nurse'), ('THERAPIST', 'Therapist'), ('TECHNICIAN', 'Technician')], max_length=16)),
                ('count', models.PositiveSmallIntegerField(default=1)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('procedure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='team', to='catalog.procedure')),
            ],
            options={
                'ordering': ['staff_kind'],
                'constraints': [models.UniqueConstraint(fields=('procedure', 'staff_kind'), name='catalog_procedureteam_once'), models.CheckConstraint(condition=models.Q(('count__range', (1, 10))), name='catalog_procedureteam_count'), kalon.kernel.rows.SameOrganization(field='procedure_id', name='catalog_procedureteam_same_procedure', through=('organization_id',), to='catalog.Procedure'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE, DELETE', name='catalog_procedureteam_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
    ]
