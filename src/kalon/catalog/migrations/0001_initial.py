import django.contrib.postgres.constraints
import django.core.validators
import django.db.models.deletion
import kalon.catalog.models
import kalon.kernel.clock
import kalon.kernel.ids
import kalon.kernel.money
import kalon.kernel.rows
import kalon.kernel.triggers
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('kernel', '0003_outbox'),
        ('people', '0002_functions'),
    ]

    operations = [
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
            ],
            options={
                'ordering': ['display_order', 'name', 'id'],
                'constraints': [models.UniqueConstraint(fields=('organization', 'code'), name='catalog_appointmenttype_code_once'), models.UniqueConstraint(fields=('organization', 'id'), name='catalog_appointmenttype_in_organization'), models.CheckConstraint(condition=models.Q(('default_minutes__gte', 5), ('default_minutes__lte', 720)), name='catalog_appointmenttype_minutes'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='catalog_appointmenttype_rows', patient='', portal='SELECT', portal_where='(is_active AND true) OR (SELECT kalon_patient()) IS NOT NULL', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Package',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('code', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=120)),
                ('description', models.TextField(blank=True, max_length=2000, validators=[django.core.validators.MaxLengthValidator(2000)])),
                ('price', kalon.kernel.money.AmountField(decimal_places=2, max_digits=14)),
                ('tax_code', models.CharField(blank=True, max_length=40)),
                ('valid_days', models.PositiveSmallIntegerField(default=365)),
                ('minutes', models.PositiveSmallIntegerField(default=30, verbose_name='minutes of each visit')),
                ('is_self_bookable', models.BooleanField(default=False, verbose_name='patients may book it online')),
                ('is_auto_approved', models.BooleanField(default=False, verbose_name='online bookings need no approval')),
                ('is_active', models.BooleanField(default=True, verbose_name='on offer')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'ordering': ['name', 'id'],
                'constraints': [models.UniqueConstraint(fields=('organization', 'code'), name='catalog_package_code_once'), models.UniqueConstraint(fields=('organization', 'id'), name='catalog_package_in_organization'), models.CheckConstraint(condition=models.Q(('code__regex', '^[A-Z0-9][A-Z0-9_-]{0,39}$')), name='catalog_package_code_shape'), models.CheckConstraint(condition=models.Q(('price__gt', 0)), name='catalog_package_price_positive'), models.CheckConstraint(condition=models.Q(('valid_days__gte', 1), ('valid_days__lte', 3650)), name='catalog_package_valid_days'), models.CheckConstraint(condition=models.Q(('minutes__gte', 5), ('minutes__lte', 720)), name='catalog_package_minutes'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='catalog_package_rows', patient='', portal='SELECT', portal_where='(is_active AND is_self_bookable) OR (SELECT kalon_patient()) IS NOT NULL', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Service',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('code', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=120)),
                ('description', models.TextField(blank=True, max_length=2000, validators=[django.core.validators.MaxLengthValidator(2000)])),
                ('price', kalon.kernel.money.AmountField(decimal_places=2, max_digits=14)),
                ('tax_code', models.CharField(blank=True, max_length=40)),
                ('hsn_sac', models.CharField(blank=True, max_length=8, verbose_name='HSN or SAC')),
                ('minutes', models.PositiveSmallIntegerField(default=30)),
                ('is_self_bookable', models.BooleanField(default=False, verbose_name='patients may book it online')),
                ('is_auto_approved', models.BooleanField(default=False, verbose_name='online bookings need no approval')),
                ('prepay', models.BooleanField(default=False, verbose_name='paid before the visit is confirmed')),
                ('needs_doctor', models.BooleanField(default=True, verbose_name='a doctor does it')),
                ('room_kind', models.CharField(blank=True, choices=[('CONSULTATION', 'Consultation room'), ('TREATMENT', 'Treatment room'), ('TRIAGE', 'Triage room'), ('THEATRE', 'Operating theatre'), ('RECOVERY', 'Recovery room'), ('IMAGING', 'Photo and imaging room')], max_length=16, null=True)),
                ('is_active', models.BooleanField(default=True, verbose_name='on offer')),
                ('appointment_type', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='services', to='catalog.appointmenttype')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'ordering': ['name', 'id'],
                'constraints': [models.UniqueConstraint(fields=('organization', 'code'), name='catalog_service_code_once'), models.UniqueConstraint(fields=('organization', 'id'), name='catalog_service_in_organization'), models.CheckConstraint(condition=models.Q(('code__regex', '^[A-Z0-9][A-Z0-9_-]{0,39}$')), name='catalog_service_code_shape'), models.CheckConstraint(condition=models.Q(('price__gt', 0)), name='catalog_service_price_positive'), models.CheckConstraint(condition=models.Q(('minutes__gte', 5), ('minutes__lte', 720)), name='catalog_service_minutes'), models.CheckConstraint(condition=models.Q(('hsn_sac', ''), ('hsn_sac__regex', '^[0-9]{4,8}$'), _connector='OR'), name='catalog_service_hsn_sac_digits'), kalon.kernel.rows.SameOrganization(field='appointment_type_id', name='catalog_service_same_type', through=('organization_id',), to='catalog.AppointmentType'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='catalog_service_rows', patient='', portal='SELECT', portal_where='(is_active AND is_self_bookable) OR (SELECT kalon_patient()) IS NOT NULL', reviewed='SELECT', tenant='organization_id')],
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
                'constraints': [models.CheckConstraint(condition=models.Q(('code__regex', '^[A-Z0-9][A-Z0-9_-]{0,39}$')), name='catalog_taxrate_code_shape'), models.CheckConstraint(condition=models.Q(('percent__gte', 0), ('percent__lte', 100)), name='catalog_taxrate_percent'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='catalog_taxrate_ends_later'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('organization', '='), ('code', '='), (kalon.catalog.models.Valid('valid_from', 'valid_to', models.Value('[)')), '&&')], name='catalog_taxrate_one_a_day'), kalon.kernel.triggers.Trigger(body="\n    IF (NEW.code, NEW.percent, NEW.valid_from) IS DISTINCT FROM (OLD.code, OLD.percent, OLD.valid_from) THEN\n        RAISE EXCEPTION 'a tax rate is ended and followed by another, never changed'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'catalog_taxrate_fixed';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE', level='ROW', name='catalog_taxrate_fixed'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='catalog_taxrate_rows', patient='', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
    ]
