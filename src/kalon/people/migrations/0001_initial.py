import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import kalon.kernel.clock
import kalon.kernel.ids
import kalon.kernel.rows
import kalon.people.models.security
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('kernel', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Organization',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('name', models.CharField(max_length=120)),
                ('tagline', models.CharField(blank=True, max_length=160)),
                ('code', models.CharField(help_text='Starts every MRN and bill number.', max_length=6)),
                ('slug', models.SlugField(max_length=60, unique=True)),
                ('domain', models.CharField(blank=True, max_length=200, null=True, unique=True)),
                ('country', models.CharField(default='IN', max_length=2)),
                ('currency', models.CharField(default='INR', max_length=3)),
                ('timezone', models.CharField(default='Asia/Kolkata', max_length=60)),
                ('rounding', models.CharField(choices=[('HALF_UP', 'Half a paisa goes up'), ('HALF_EVEN', 'Half a paisa goes to the even one')], default='HALF_UP', max_length=10)),
                ('settings', models.JSONField(blank=True, default=dict)),
            ],
            options={
                'ordering': ['created_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('code__regex', '^[A-Z0-9]{2,6}$')), name='people_organization_code_letters'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='people_organization_currency_iso'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='people_organization_rows', patient='', portal='SELECT', portal_where='', reviewed='SELECT', tenant='id')],
            },
        ),
        migrations.CreateModel(
            name='Branch',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('name', models.CharField(max_length=120)),
                ('code', models.CharField(max_length=8)),
                ('timezone', models.CharField(default='Asia/Kolkata', max_length=60)),
                ('address', models.TextField(blank=True)),
                ('city', models.CharField(blank=True, max_length=80)),
                ('phone', models.CharField(blank=True, max_length=20)),
                ('opens_at', models.TimeField(default=datetime.time(9, 0))),
                ('closes_at', models.TimeField(default=datetime.time(19, 0))),
                ('gstin', models.CharField(blank=True, max_length=15, verbose_name='GSTIN')),
                ('state_code', models.CharField(blank=True, max_length=2, verbose_name='GST state code')),
                ('is_active', models.BooleanField(default=True)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'verbose_name_plural': 'branches',
                'ordering': ['name', 'id'],
                'constraints': [models.UniqueConstraint(fields=('organization', 'code'), name='people_branch_code_once'), models.UniqueConstraint(fields=('organization', 'id'), name='people_branch_in_organization'), models.CheckConstraint(condition=models.Q(('opens_at__lt', models.F('closes_at'))), name='people_branch_opens_first'), models.CheckConstraint(condition=models.Q(('gstin', ''), ('gstin__regex', '^[0-9]{2}[A-Z0-9]{10}[0-9A-Z]Z[0-9A-Z]$'), _connector='OR'), name='people_branch_gstin_shape'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='people_branch_rows', patient='', portal='SELECT', portal_where='', reviewed='SELECT', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('email', models.EmailField(blank=True, max_length=254, null=True, unique=True)),
                ('phone', models.CharField(blank=True, max_length=16, null=True, unique=True)),
                ('name', models.CharField(blank=True, max_length=120)),
                ('is_active', models.BooleanField(default=True)),
                ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('email__isnull', False), ('phone__isnull', False), _connector='OR'), name='people_user_reachable'), models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='people_user_email_lower'), models.CheckConstraint(condition=models.Q(('phone__regex', '^\\+[1-9][0-9]{6,14}$')), name='people_user_phone_e164'), kalon.people.models.security.AccountRows(name='people_user_rows')],
            },
        ),
        migrations.CreateModel(
            name='Role',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('code', models.SlugField(max_length=40)),
                ('name', models.CharField(max_length=80)),
                ('sentence', models.CharField(max_length=240)),
                ('permissions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'ordering': ['name', 'id'],
                'constraints': [models.UniqueConstraint(fields=('organization', 'code'), name='people_role_code_once'), models.UniqueConstraint(fields=('organization', 'id'), name='people_role_in_organization'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='people_role_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Room',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('code', models.CharField(max_length=12)),
                ('name', models.CharField(max_length=80)),
                ('kind', models.CharField(choices=[('CONSULTATION', 'Consultation room'), ('TREATMENT', 'Treatment room'), ('TRIAGE', 'Triage room'), ('THEATRE', 'Operating theatre'), ('RECOVERY', 'Recovery room'), ('IMAGING', 'Photo and imaging room'), ('OTHER', 'Other room')], default='CONSULTATION', max_length=16)),
                ('capacity', models.PositiveSmallIntegerField(default=1)),
                ('buffer_minutes', models.PositiveSmallIntegerField(default=0)),
                ('is_active', models.BooleanField(default=True)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rooms', to='people.branch')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'ordering': ['code', 'id'],
                'constraints': [models.UniqueConstraint(fields=('branch', 'code'), name='people_room_code_once'), models.UniqueConstraint(fields=('organization', 'id'), name='people_room_in_organization'), models.CheckConstraint(condition=models.Q(('capacity__gte', 1), ('capacity__lte', 50)), name='people_room_capacity'), models.CheckConstraint(condition=models.Q(('buffer_minutes__lte', 240)), name='people_room_buffer'), kalon.kernel.rows.SameOrganization(field='branch_id', name='people_room_same_branch', through=('organization_id',), to='people.Branch'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='people_room_rows', patient='', portal='SELECT', portal_where='', reviewed='SELECT', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Staff',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('name', models.CharField(max_length=120)),
                ('title', models.CharField(blank=True, max_length=80)),
                ('kind', models.CharField(choices=[('DOCTOR', 'Doctor'), ('SURGEON', 'Surgeon'), ('ANAESTHETIST', 'Anaesthetist'), ('PROVIDER', 'Remote provider'), ('NURSE', 'Nurse'), ('THERAPIST', 'Therapist'), ('TECHNICIAN', 'Technician'), ('PHARMACIST', 'Pharmacist'), ('DESK', 'Front desk'), ('MANAGER', 'Manager'), ('OTHER', 'Other')], default='OTHER', max_length=16)),
                ('specialty', models.CharField(blank=True, max_length=120)),
                ('registration_number', models.CharField(blank=True, max_length=60)),
                ('is_active', models.BooleanField(default=True)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('user', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='staff', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'staff',
                'ordering': ['name', 'id'],
                'constraints': [models.UniqueConstraint(fields=('organization', 'id'), name='people_staff_in_organization'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='people_staff_rows', patient='', portal='SELECT', portal_where="kind IN ('DOCTOR', 'SURGEON', 'ANAESTHETIST', 'PROVIDER', 'NURSE', 'THERAPIST')", reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='RoleAssignment',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('ended_at', models.DateTimeField(null=True)),
                ('branch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('role', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='people.role')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='people.staff')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('staff', 'role', 'branch'), name='people_roleassignment_once', nulls_distinct=False), kalon.kernel.rows.SameOrganization(field='staff_id', name='people_roleassignment_same_staff', through=('organization_id',), to='people.Staff'), kalon.kernel.rows.SameOrganization(field='role_id', name='people_roleassignment_same_role', through=('organization_id',), to='people.Role'), kalon.kernel.rows.SameOrganization(field='branch_id', name='people_roleassignment_same_branch', through=('organization_id',), to='people.Branch'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='people_roleassignment_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='AccessToken',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('label', models.CharField(max_length=80)),
                ('expires_at', models.DateTimeField()),
                ('last_used_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tokens', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='people_accesstoken_ends_later'), kalon.people.models.security.OwnedByAccount(name='people_accesstoken_rows')],
            },
        ),
    ]
