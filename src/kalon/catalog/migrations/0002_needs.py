"""What a visit needs, what is paid before it, and what cancelling it late costs."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.ids
import kalon.kernel.money
import kalon.kernel.rows
from decimal import Decimal
from django.db import migrations, models


# The owner of the tables sees no row under row security, so an UPDATE would change nothing: the column itself is
# rewritten, which row security does not touch.
PREPAYMENT = """
ALTER TABLE catalog_service ALTER COLUMN prepay TYPE varchar(8) USING CASE WHEN prepay THEN 'FULL' ELSE 'NONE' END;
ALTER TABLE catalog_service RENAME COLUMN prepay TO prepayment;
"""
PREPAY = """
ALTER TABLE catalog_service RENAME COLUMN prepayment TO prepay;
ALTER TABLE catalog_service ALTER COLUMN prepay TYPE boolean USING prepay <> 'NONE';
"""


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0001_initial'),
        ('people', '0003_equipment'),
    ]

    operations = [
        migrations.CreateModel(
            name='CancellationPolicy',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('name', models.CharField(max_length=80)),
                ('notice_hours', models.PositiveSmallIntegerField(default=24, verbose_name='hours of notice')),
                ('late_cancel_percent', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0.01')), django.core.validators.MaxValueValidator(100)], verbose_name='late cancellation, per cent of the price')),
                ('late_cancel_amount', kalon.kernel.money.AmountField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='late cancellation, amount')),
                ('no_show_percent', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0.01')), django.core.validators.MaxValueValidator(100)], verbose_name='not coming, per cent of the price')),
                ('no_show_amount', kalon.kernel.money.AmountField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='not coming, amount')),
                ('tax_code', models.CharField(blank=True, max_length=40)),
                ('hsn_sac', models.CharField(blank=True, max_length=8, verbose_name='HSN or SAC')),
                ('sentence', models.CharField(max_length=300, verbose_name='what patients read')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'verbose_name_plural': 'cancellation policies',
                'ordering': ['name', 'id'],
                'constraints': [models.UniqueConstraint(fields=('organization', 'name'), name='catalog_cancellationpolicy_name_once'), models.UniqueConstraint(fields=('organization', 'id'), name='catalog_cancellationpolicy_in_organization'), models.CheckConstraint(condition=models.Q(('notice_hours__lte', 720)), name='catalog_cancellationpolicy_notice'), models.CheckConstraint(condition=models.Q(models.Q(('late_cancel_amount__isnull', True), ('late_cancel_percent__isnull', True)), models.Q(('late_cancel_amount__isnull', True), ('late_cancel_percent__gt', 0), ('late_cancel_percent__lte', 100)), models.Q(('late_cancel_amount__gt', 0), ('late_cancel_percent__isnull', True)), _connector='OR'), name='catalog_cancellationpolicy_late'), models.CheckConstraint(condition=models.Q(models.Q(('no_show_amount__isnull', True), ('no_show_percent__isnull', True)), models.Q(('no_show_amount__isnull', True), ('no_show_percent__gt', 0), ('no_show_percent__lte', 100)), models.Q(('no_show_amount__gt', 0), ('no_show_percent__isnull', True)), _connector='OR'), name='catalog_cancellationpolicy_no_show'), models.CheckConstraint(condition=models.Q(('hsn_sac', ''), ('hsn_sac__regex', '^[0-9]{4,8}$'), _connector='OR'), name='catalog_cancellationpolicy_hsn_sac_digits'), models.CheckConstraint(condition=models.Q(('sentence', ''), _negated=True), name='catalog_cancellationpolicy_said'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='catalog_cancellationpolicy_rows', patient='', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    sql=PREPAYMENT,
                    reverse_sql=PREPAY,
                ),
            ],
            state_operations=[
                migrations.RemoveField(
                    model_name='service',
                    name='prepay',
                ),
                migrations.AddField(
                    model_name='service',
                    name='prepayment',
                    field=models.CharField(choices=[('NONE', 'Nothing, it is paid at the clinic'), ('DEPOSIT', 'A deposit'), ('FULL', 'All of it')], default='NONE', max_length=8, verbose_name='paid before the visit'),
                ),
            ],
        ),
        migrations.AddField(
            model_name='package',
            name='appointment_type',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='catalog.appointmenttype'),
        ),
        migrations.AddField(
            model_name='package',
            name='cleaning_minutes',
            field=models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(240, 'At most 240 minutes.')]),
        ),
        migrations.AddField(
            model_name='package',
            name='deposit_amount',
            field=kalon.kernel.money.AmountField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='deposit, amount'),
        ),
        migrations.AddField(
            model_name='package',
            name='deposit_percent',
            field=models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='deposit, per cent of the price'),
        ),
        migrations.AddField(
            model_name='package',
            name='needs_doctor',
            field=models.BooleanField(default=True, verbose_name='a doctor does it'),
        ),
        migrations.AddField(
            model_name='package',
            name='needs_note',
            field=models.CharField(blank=True, max_length=300, verbose_name='note on what it needs'),
        ),
        migrations.AddField(
            model_name='package',
            name='preparation_minutes',
            field=models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(240, 'At most 240 minutes.')]),
        ),
        migrations.AddField(
            model_name='package',
            name='prepayment',
            field=models.CharField(choices=[('NONE', 'Nothing, it is paid at the clinic'), ('DEPOSIT', 'A deposit'), ('FULL', 'All of it')], default='NONE', max_length=8, verbose_name='paid before the visit'),
        ),
        migrations.AddField(
            model_name='package',
            name='room_features',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=20),
        ),
        migrations.AddField(
            model_name='package',
            name='room_kind',
            field=models.CharField(blank=True, choices=[('CONSULTATION', 'Consultation room'), ('PROCEDURE', 'Procedure room'), ('TREATMENT', 'Treatment room'), ('LASER', 'Laser room'), ('TRIAGE', 'Triage room'), ('THEATRE', 'Operating theatre'), ('RECOVERY', 'Recovery room'), ('IMAGING', 'Photo and imaging room')], max_length=16, null=True),
        ),
        migrations.AddField(
            model_name='package',
            name='special_needs',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, default=list, size=20),
        ),
        migrations.AddField(
            model_name='service',
            name='cleaning_minutes',
            field=models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(240, 'At most 240 minutes.')]),
        ),
        migrations.AddField(
            model_name='service',
            name='deposit_amount',
            field=kalon.kernel.money.AmountField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='deposit, amount'),
        ),
        migrations.AddField(
            model_name='service',
            name='deposit_percent',
            field=models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='deposit, per cent of the price'),
        ),
        migrations.AddField(
            model_name='service',
            name='needs_note',
            field=models.CharField(blank=True, max_length=300, verbose_name='note on what it needs'),
        ),
        migrations.AddField(
            model_name='service',
            name='preparation_minutes',
            field=models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(240, 'At most 240 minutes.')]),
        ),
        migrations.AddField(
            model_name='service',
            name='room_features',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=20),
        ),
        migrations.AddField(
            model_name='service',
            name='special_needs',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, default=list, size=20),
        ),
        migrations.AlterField(
            model_name='package',
            name='minutes',
            field=models.PositiveSmallIntegerField(default=30, verbose_name='minutes of a visit'),
        ),
        migrations.AlterField(
            model_name='service',
            name='appointment_type',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='catalog.appointmenttype'),
        ),
        migrations.AlterField(
            model_name='service',
            name='minutes',
            field=models.PositiveSmallIntegerField(default=30, verbose_name='minutes of a visit'),
        ),
        migrations.AlterField(
            model_name='service',
            name='room_kind',
            field=models.CharField(blank=True, choices=[('CONSULTATION', 'Consultation room'), ('PROCEDURE', 'Procedure room'), ('TREATMENT', 'Treatment room'), ('LASER', 'Laser room'), ('TRIAGE', 'Triage room'), ('THEATRE', 'Operating theatre'), ('RECOVERY', 'Recovery room'), ('IMAGING', 'Photo and imaging room')], max_length=16, null=True),
        ),
        migrations.AddField(
            model_name='appointmenttype',
            name='cancellation_policy',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.cancellationpolicy'),
        ),
        migrations.AddField(
            model_name='package',
            name='cancellation_policy',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.cancellationpolicy'),
        ),
        migrations.AddField(
            model_name='service',
            name='cancellation_policy',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.cancellationpolicy'),
        ),
        migrations.AddConstraint(
            model_name='appointmenttype',
            constraint=kalon.kernel.rows.SameOrganization(field='cancellation_policy_id', name='catalog_appointmenttype_same_policy', through=('organization_id',), to='catalog.CancellationPolicy'),
        ),
        migrations.AddConstraint(
            model_name='package',
            constraint=models.CheckConstraint(condition=models.Q(('cleaning_minutes__lte', 240), ('preparation_minutes__lte', 240)), name='catalog_package_breaks'),
        ),
        migrations.AddConstraint(
            model_name='package',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('prepayment', 'DEPOSIT'), models.Q(models.Q(('deposit_amount', None), ('deposit_percent__isnull', False), ('deposit_percent__range', (1, 100))), models.Q(('deposit_amount__gt', 0), ('deposit_amount__isnull', False), ('deposit_percent', None)), _connector='OR')), models.Q(('deposit_amount', None), ('deposit_percent', None), ('prepayment__in', ('NONE', 'FULL'))), _connector='OR'), name='catalog_package_deposit'),
        ),
        migrations.AddConstraint(
            model_name='package',
            constraint=kalon.kernel.rows.SameOrganization(field='appointment_type_id', name='catalog_package_same_type', through=('organization_id',), to='catalog.AppointmentType'),
        ),
        migrations.AddConstraint(
            model_name='package',
            constraint=kalon.kernel.rows.SameOrganization(field='cancellation_policy_id', name='catalog_package_same_policy', through=('organization_id',), to='catalog.CancellationPolicy'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.CheckConstraint(condition=models.Q(('cleaning_minutes__lte', 240), ('preparation_minutes__lte', 240)), name='catalog_service_breaks'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('prepayment', 'DEPOSIT'), models.Q(models.Q(('deposit_amount', None), ('deposit_percent__isnull', False), ('deposit_percent__range', (1, 100))), models.Q(('deposit_amount__gt', 0), ('deposit_amount__isnull', False), ('deposit_percent', None)), _connector='OR')), models.Q(('deposit_amount', None), ('deposit_percent', None), ('prepayment__in', ('NONE', 'FULL'))), _connector='OR'), name='catalog_service_deposit'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=kalon.kernel.rows.SameOrganization(field='cancellation_policy_id', name='catalog_service_same_policy', through=('organization_id',), to='catalog.CancellationPolicy'),
        ),
        migrations.CreateModel(
            name='Need',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('staff_kind', models.CharField(blank=True, choices=[('DOCTOR', 'Doctor'), ('SURGEON', 'Surgeon'), ('ANAESTHETIST', 'Anaesthetist'), ('NURSE', 'Nurse'), ('THERAPIST', 'Therapist'), ('TECHNICIAN', 'Technician')], max_length=16)),
                ('equipment_kind', models.CharField(blank=True, max_length=40)),
                ('count', models.PositiveSmallIntegerField(default=1)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('package', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='needs', to='catalog.package')),
                ('service', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='needs', to='catalog.service')),
            ],
            options={
                'ordering': ['created_at', 'id'],
                'constraints': [models.UniqueConstraint(fields=('service', 'package', 'staff_kind', 'equipment_kind'), name='catalog_need_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('package__isnull', True), ('service__isnull', False)), models.Q(('package__isnull', False), ('service__isnull', True)), _connector='OR'), name='catalog_need_of_one'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(('staff_kind', ''), _negated=True), ('equipment_kind', '')), models.Q(('equipment_kind__regex', '^[A-Z][A-Z0-9_]*$'), ('staff_kind', '')), _connector='OR'), name='catalog_need_staff_or_equipment'), models.CheckConstraint(condition=models.Q(('count__gte', 1), ('count__lte', 10)), name='catalog_need_count'), kalon.kernel.rows.SameOrganization(field='service_id', name='catalog_need_same_service', through=('organization_id',), to='catalog.Service'), kalon.kernel.rows.SameOrganization(field='package_id', name='catalog_need_same_package', through=('organization_id',), to='catalog.Package'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE, DELETE', name='catalog_need_rows', patient='', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
    ]
