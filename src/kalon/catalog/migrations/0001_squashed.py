import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import kalon.catalog.models.taxes
import kalon.kernel.clock
import kalon.kernel.ids
import kalon.kernel.money
import kalon.kernel.rows
import kalon.kernel.triggers
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('catalog', '0001_initial'), ('catalog', '0002_needs'), ('catalog', '0003_taxscheme'), ('catalog', '0004_tax_scheme_fixed')]

    initial = True

    dependencies = [
        ('kernel', '0006_joined'),
        ('people', '0005_tax_number'),
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
        migrations.CreateModel(
            name='AppointmentType',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('code', models.CharField(choices=[('CONSULTATION', 'Consultation'), ('FOLLOW_UP', 'Follow-up'), ('PRE_OP', 'Pre-operative visit'), ('POST_OP', 'Post-operative visit'), ('REVIEW', 'Review'), ('SESSION', 'Treatment session'), ('SURGERY', 'Surgery'), ('EMERGENCY', 'Emergency')], max_length=20)),
                ('name', models.CharField(max_length=80)),
                ('default_minutes', models.PositiveSmallIntegerField(default=30)),
                ('requires_doctor', models.BooleanField(default=True)),
                ('allow_self_booking', models.BooleanField(default=False)),
                ('consultation_type', models.CharField(blank=True, choices=[('INITIAL', 'First consultation'), ('FOLLOW_UP', 'Follow-up'), ('PRE_OP', 'Before an operation'), ('POST_OP', 'After an operation'), ('REVIEW', 'Review'), ('EMERGENCY', 'Emergency')], max_length=20)),
                ('display_order', models.PositiveSmallIntegerField(default=50)),
                ('is_active', models.BooleanField(default=True)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('cancellation_policy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.cancellationpolicy')),
            ],
            options={
                'ordering': ['display_order', 'name', 'id'],
                'constraints': [models.UniqueConstraint(fields=('organization', 'code'), name='catalog_appointmenttype_code_once'), models.UniqueConstraint(fields=('organization', 'id'), name='catalog_appointmenttype_in_organization'), models.CheckConstraint(condition=models.Q(('default_minutes__gte', 5), ('default_minutes__lte', 720)), name='catalog_appointmenttype_minutes'), kalon.kernel.rows.SameOrganization(field='cancellation_policy_id', name='catalog_appointmenttype_same_policy', through=('organization_id',), to='catalog.CancellationPolicy'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='catalog_appointmenttype_rows', patient='', portal='SELECT', portal_where='(is_active AND true) OR (SELECT kalon_patient()) IS NOT NULL', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Package',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('needs_doctor', models.BooleanField(default=True, verbose_name='a doctor does it')),
                ('room_kind', models.CharField(blank=True, choices=[('CONSULTATION', 'Consultation room'), ('PROCEDURE', 'Procedure room'), ('TREATMENT', 'Treatment room'), ('LASER', 'Laser room'), ('TRIAGE', 'Triage room'), ('THEATRE', 'Operating theatre'), ('RECOVERY', 'Recovery room'), ('IMAGING', 'Photo and imaging room')], max_length=16, null=True)),
                ('room_features', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=20)),
                ('preparation_minutes', models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(240, 'At most 240 minutes.')])),
                ('cleaning_minutes', models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(240, 'At most 240 minutes.')])),
                ('special_needs', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, default=list, size=20)),
                ('needs_note', models.CharField(blank=True, max_length=300, verbose_name='note on what it needs')),
                ('prepayment', models.CharField(choices=[('NONE', 'Nothing, it is paid at the clinic'), ('DEPOSIT', 'A deposit'), ('FULL', 'All of it')], default='NONE', max_length=8, verbose_name='paid before the visit')),
                ('deposit_percent', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='deposit, per cent of the price')),
                ('deposit_amount', kalon.kernel.money.AmountField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='deposit, amount')),
                ('code', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=120)),
                ('description', models.TextField(blank=True, max_length=2000, validators=[django.core.validators.MaxLengthValidator(2000)])),
                ('price', kalon.kernel.money.AmountField(decimal_places=2, max_digits=14)),
                ('tax_code', models.CharField(blank=True, max_length=40)),
                ('minutes', models.PositiveSmallIntegerField(default=30, verbose_name='minutes of a visit')),
                ('is_self_bookable', models.BooleanField(default=False, verbose_name='patients may book it online')),
                ('is_auto_approved', models.BooleanField(default=False, verbose_name='online bookings need no approval')),
                ('is_active', models.BooleanField(default=True, verbose_name='on offer')),
                ('valid_days', models.PositiveSmallIntegerField(default=365)),
                ('appointment_type', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='catalog.appointmenttype')),
                ('cancellation_policy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.cancellationpolicy')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'ordering': ['name', 'id'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('organization', 'code'), name='catalog_package_code_once'), models.UniqueConstraint(fields=('organization', 'id'), name='catalog_package_in_organization'), models.CheckConstraint(condition=models.Q(('code__regex', '^[A-Z0-9][A-Z0-9_-]{0,39}$')), name='catalog_package_code_shape'), models.CheckConstraint(condition=models.Q(('price__gt', 0)), name='catalog_package_price_positive'), models.CheckConstraint(condition=models.Q(('minutes__gte', 5), ('minutes__lte', 720)), name='catalog_package_minutes'), models.CheckConstraint(condition=models.Q(('cleaning_minutes__lte', 240), ('preparation_minutes__lte', 240)), name='catalog_package_breaks'), models.CheckConstraint(condition=models.Q(models.Q(('prepayment', 'DEPOSIT'), models.Q(models.Q(('deposit_amount', None), ('deposit_percent__isnull', False), ('deposit_percent__range', (1, 100))), models.Q(('deposit_amount__gt', 0), ('deposit_amount__isnull', False), ('deposit_percent', None)), _connector='OR')), models.Q(('deposit_amount', None), ('deposit_percent', None), ('prepayment__in', ('NONE', 'FULL'))), _connector='OR'), name='catalog_package_deposit'), kalon.kernel.rows.SameOrganization(field='appointment_type_id', name='catalog_package_same_type', through=('organization_id',), to='catalog.AppointmentType'), kalon.kernel.rows.SameOrganization(field='cancellation_policy_id', name='catalog_package_same_policy', through=('organization_id',), to='catalog.CancellationPolicy'), models.CheckConstraint(condition=models.Q(('valid_days__gte', 1), ('valid_days__lte', 3650)), name='catalog_package_valid_days'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='catalog_package_rows', patient='', portal='SELECT', portal_where='(is_active AND is_self_bookable) OR (SELECT kalon_patient()) IS NOT NULL', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Service',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('needs_doctor', models.BooleanField(default=True, verbose_name='a doctor does it')),
                ('room_kind', models.CharField(blank=True, choices=[('CONSULTATION', 'Consultation room'), ('PROCEDURE', 'Procedure room'), ('TREATMENT', 'Treatment room'), ('LASER', 'Laser room'), ('TRIAGE', 'Triage room'), ('THEATRE', 'Operating theatre'), ('RECOVERY', 'Recovery room'), ('IMAGING', 'Photo and imaging room')], max_length=16, null=True)),
                ('room_features', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=20)),
                ('preparation_minutes', models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(240, 'At most 240 minutes.')])),
                ('cleaning_minutes', models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(240, 'At most 240 minutes.')])),
                ('special_needs', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, default=list, size=20)),
                ('needs_note', models.CharField(blank=True, max_length=300, verbose_name='note on what it needs')),
                ('prepayment', models.CharField(choices=[('NONE', 'Nothing, it is paid at the clinic'), ('DEPOSIT', 'A deposit'), ('FULL', 'All of it')], default='NONE', max_length=8, verbose_name='paid before the visit')),
                ('deposit_percent', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='deposit, per cent of the price')),
                ('deposit_amount', kalon.kernel.money.AmountField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='deposit, amount')),
                ('code', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=120)),
                ('description', models.TextField(blank=True, max_length=2000, validators=[django.core.validators.MaxLengthValidator(2000)])),
                ('price', kalon.kernel.money.AmountField(decimal_places=2, max_digits=14)),
                ('tax_code', models.CharField(blank=True, max_length=40)),
                ('minutes', models.PositiveSmallIntegerField(default=30, verbose_name='minutes of a visit')),
                ('is_self_bookable', models.BooleanField(default=False, verbose_name='patients may book it online')),
                ('is_auto_approved', models.BooleanField(default=False, verbose_name='online bookings need no approval')),
                ('is_active', models.BooleanField(default=True, verbose_name='on offer')),
                ('hsn_sac', models.CharField(blank=True, max_length=8, verbose_name='HSN or SAC')),
                ('appointment_type', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='catalog.appointmenttype')),
                ('cancellation_policy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.cancellationpolicy')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'ordering': ['name', 'id'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('organization', 'code'), name='catalog_service_code_once'), models.UniqueConstraint(fields=('organization', 'id'), name='catalog_service_in_organization'), models.CheckConstraint(condition=models.Q(('code__regex', '^[A-Z0-9][A-Z0-9_-]{0,39}$')), name='catalog_service_code_shape'), models.CheckConstraint(condition=models.Q(('price__gt', 0)), name='catalog_service_price_positive'), models.CheckConstraint(condition=models.Q(('minutes__gte', 5), ('minutes__lte', 720)), name='catalog_service_minutes'), models.CheckConstraint(condition=models.Q(('cleaning_minutes__lte', 240), ('preparation_minutes__lte', 240)), name='catalog_service_breaks'), models.CheckConstraint(condition=models.Q(models.Q(('prepayment', 'DEPOSIT'), models.Q(models.Q(('deposit_amount', None), ('deposit_percent__isnull', False), ('deposit_percent__range', (1, 100))), models.Q(('deposit_amount__gt', 0), ('deposit_amount__isnull', False), ('deposit_percent', None)), _connector='OR')), models.Q(('deposit_amount', None), ('deposit_percent', None), ('prepayment__in', ('NONE', 'FULL'))), _connector='OR'), name='catalog_service_deposit'), kalon.kernel.rows.SameOrganization(field='appointment_type_id', name='catalog_service_same_type', through=('organization_id',), to='catalog.AppointmentType'), kalon.kernel.rows.SameOrganization(field='cancellation_policy_id', name='catalog_service_same_policy', through=('organization_id',), to='catalog.CancellationPolicy'), models.CheckConstraint(condition=models.Q(('hsn_sac', ''), ('hsn_sac__regex', '^[0-9]{4,8}$'), _connector='OR'), name='catalog_service_hsn_sac_digits'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='catalog_service_rows', patient='', portal='SELECT', portal_where='(is_active AND is_self_bookable) OR (SELECT kalon_patient()) IS NOT NULL', reviewed='SELECT', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='PackageItem',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('quantity', models.PositiveSmallIntegerField(default=1)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('package', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='catalog.package')),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.service')),
            ],
            options={
                'ordering': ['created_at', 'id'],
                'constraints': [models.UniqueConstraint(fields=('package', 'service'), name='catalog_packageitem_once'), models.CheckConstraint(condition=models.Q(('quantity__gte', 1), ('quantity__lte', 200)), name='catalog_packageitem_quantity'), kalon.kernel.rows.SameOrganization(field='package_id', name='catalog_packageitem_same_package', through=('organization_id',), to='catalog.Package'), kalon.kernel.rows.SameOrganization(field='service_id', name='catalog_packageitem_same_service', through=('organization_id',), to='catalog.Service'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE, DELETE', name='catalog_packageitem_rows', patient='', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
            },
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
        migrations.CreateModel(
            name='TaxRate',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('code', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=120)),
                ('percent', models.DecimalField(decimal_places=2, max_digits=5, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)])),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('source', models.TextField(blank=True, help_text='The law or notice it comes from, and who reviewed it.', validators=[django.core.validators.MaxLengthValidator(2000)])),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'ordering': ['code', '-valid_from'],
                'constraints': [models.CheckConstraint(condition=models.Q(('code__regex', '^[A-Z0-9][A-Z0-9_-]{0,39}$')), name='catalog_taxrate_code_shape'), models.CheckConstraint(condition=models.Q(('percent__gte', 0), ('percent__lte', 100)), name='catalog_taxrate_percent'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='catalog_taxrate_ends_later'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('organization', '='), ('code', '='), (kalon.catalog.models.taxes.Valid('valid_from', 'valid_to', models.Value('[)')), '&&')], name='catalog_taxrate_one_a_day'), kalon.kernel.triggers.Trigger(body="\n    IF (NEW.code, NEW.percent, NEW.valid_from) IS DISTINCT FROM (OLD.code, OLD.percent, OLD.valid_from) THEN\n        RAISE EXCEPTION 'a tax rate is ended and followed by another, never changed'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'catalog_taxrate_fixed';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE', level='ROW', name='catalog_taxrate_fixed'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='catalog_taxrate_rows', patient='', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='TaxScheme',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('code', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=120)),
                ('split', models.CharField(choices=[('HALVES', 'Two halves inside a state, one whole across states'), ('WHOLE', 'One whole')], max_length=8)),
                ('first_half', models.CharField(blank=True, max_length=12)),
                ('second_half', models.CharField(blank=True, max_length=12)),
                ('whole', models.CharField(max_length=12)),
                ('registration', models.CharField(max_length=30, verbose_name='Name of the registration number')),
                ('registered_place', models.CharField(choices=[('PERFORMED', 'Where it is performed'), ('RECIPIENT', 'Where the buyer is registered')], default='PERFORMED', max_length=12, verbose_name='Place of supply for a registered buyer')),
                ('address_from', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                ('large_from', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('source', models.TextField(blank=True, validators=[django.core.validators.MaxLengthValidator(2000)])),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'ordering': ['-valid_from'],
                'constraints': [models.CheckConstraint(condition=models.Q(('code__regex', '^[A-Z0-9][A-Z0-9_-]{0,39}$')), name='catalog_taxscheme_code_shape'), models.CheckConstraint(condition=models.Q(models.Q(('first_half', ''), ('second_half', ''), ('split', 'WHOLE')), models.Q(('split', 'HALVES'), models.Q(('first_half', ''), _negated=True), models.Q(('second_half', ''), _negated=True)), _connector='OR'), name='catalog_taxscheme_halves_named'), models.CheckConstraint(condition=models.Q(models.Q(('whole', ''), _negated=True), models.Q(('registration', ''), _negated=True)), name='catalog_taxscheme_named'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='catalog_taxscheme_ends_later'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('organization', '='), (kalon.catalog.models.taxes.Valid('valid_from', 'valid_to', models.Value('[)')), '&&')], name='catalog_taxscheme_one_a_day'), kalon.kernel.triggers.Trigger(body="\n    IF to_jsonb(NEW) - 'valid_to' <> to_jsonb(OLD) - 'valid_to' THEN\n        RAISE EXCEPTION 'a tax scheme is ended and followed by another, never changed'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'catalog_taxscheme_fixed';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE', level='ROW', name='catalog_taxscheme_fixed'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='catalog_taxscheme_rows', patient='', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
    ]
