import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.crypto.boxes
import kalon.kernel.encrypted
import kalon.kernel.ids
import kalon.kernel.rows
import kalon.kernel.triggers
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0002_functions'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Patient',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('data_key', models.BinaryField(default=kalon.kernel.crypto.boxes.new_data_key, null=True)),
                ('mrn', models.CharField(editable=False, max_length=24)),
                ('given_name', kalon.kernel.encrypted.EncryptedText(key='data_key', max_length=100)),
                ('family_name', kalon.kernel.encrypted.EncryptedText(key='data_key', max_length=100)),
                ('birth_date', kalon.kernel.encrypted.EncryptedDate(key='data_key', null=True)),
                ('gender', models.CharField(choices=[('female', 'Female'), ('male', 'Male'), ('other', 'Other'), ('unknown', 'Not said')], default='unknown', max_length=8)),
                ('phone', kalon.kernel.encrypted.EncryptedText(key='data_key', max_length=20)),
                ('email', kalon.kernel.encrypted.EncryptedText(key='data_key', max_length=254)),
                ('address', kalon.kernel.encrypted.EncryptedJSON(key='data_key', null=True)),
                ('abha_number', kalon.kernel.encrypted.EncryptedText(key='data_key', max_length=14)),
                ('abha_address', kalon.kernel.encrypted.EncryptedText(key='data_key', max_length=100)),
                ('abha_hash', models.CharField(blank=True, editable=False, max_length=64)),
                ('language', models.CharField(choices=[('en', 'English'), ('hi', 'Hindi'), ('ml', 'Malayalam'), ('ta', 'Tamil'), ('kn', 'Kannada'), ('te', 'Telugu'), ('mr', 'Marathi'), ('gu', 'Gujarati'), ('bn', 'Bengali'), ('pa', 'Punjabi'), ('ur', 'Urdu'), ('ar', 'Arabic')], default='en', max_length=12)),
                ('referral_source', models.CharField(blank=True, max_length=200)),
                ('allergy_state', models.CharField(choices=[('NOT_RECORDED', 'Not recorded'), ('NONE_KNOWN', 'No known allergies'), ('KNOWN', 'Known allergies'), ('UNAVAILABLE', 'Could not be asked')], default='NOT_RECORDED', editable=False, max_length=16)),
                ('allergies_asked_at', models.DateTimeField(editable=False, null=True)),
                ('allergies_asked_by', models.CharField(blank=True, editable=False, max_length=200)),
                ('search_tokens', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('registered_by', models.CharField(editable=False, max_length=200)),
                ('is_active', models.BooleanField(default=True)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('possible_duplicate_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'db_table': 'patients_patient',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['search_tokens'], name='patients_patient_search')],
                'constraints': [models.UniqueConstraint(fields=('organization', 'id'), name='patients_patient_in_organization'), models.UniqueConstraint(fields=('organization', 'mrn'), name='patients_patient_mrn'), models.UniqueConstraint(condition=models.Q(('abha_hash', ''), _negated=True), fields=('organization', 'abha_hash'), name='patients_patient_abha'), models.CheckConstraint(condition=models.Q(models.Q(('allergies_asked_at__isnull', True), ('allergies_asked_by', ''), ('allergy_state', 'NOT_RECORDED')), models.Q(models.Q(('allergy_state', 'NOT_RECORDED'), _negated=True), ('allergies_asked_at__isnull', False), models.Q(('allergies_asked_by', ''), _negated=True)), _connector='OR'), name='patients_patient_allergies_asked'), kalon.kernel.rows.SameOrganization(field='possible_duplicate_of_id', name='patients_patient_duplicate_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='patients_patient_rows', patient='id', portal='SELECT', portal_where='', reviewed='SELECT', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='HistoryItem',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('CONDITION', 'Condition'), ('MEDICATION', 'Medicine taken'), ('SURGERY', 'Earlier operation'), ('FAMILY', 'In the family'), ('SOCIAL', 'Habits')], max_length=12)),
                ('text', kalon.kernel.encrypted.EncryptedText(key='patient.data_key', max_length=1000)),
                ('noted_by', models.CharField(max_length=200)),
                ('is_current', models.BooleanField(default=True)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'db_table': 'patients_historyitem',
                'indexes': [models.Index(fields=['patient'], name='patients_history_patient')],
                'constraints': [kalon.kernel.rows.SameOrganization(field='patient_id', name='patients_history_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='patients_historyitem_rows', patient='patient_id', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Coverage',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('payer', models.CharField(max_length=200)),
                ('policy_number', kalon.kernel.encrypted.EncryptedText(key='patient.data_key', max_length=60)),
                ('holder', kalon.kernel.encrypted.EncryptedText(key='patient.data_key', max_length=200)),
                ('valid_from', models.DateField(null=True)),
                ('valid_to', models.DateField(null=True)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'db_table': 'patients_coverage',
                'indexes': [models.Index(fields=['patient'], name='patients_coverage_patient')],
                'constraints': [models.UniqueConstraint(fields=('organization', 'patient', 'id'), name='patients_coverage_of_patient'), models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='patients_coverage_span'), kalon.kernel.rows.SameOrganization(field='patient_id', name='patients_coverage_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='patients_coverage_rows', patient='patient_id', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('name', kalon.kernel.encrypted.EncryptedText(key='patient.data_key', max_length=200)),
                ('phone', kalon.kernel.encrypted.EncryptedText(key='patient.data_key', max_length=20)),
                ('email', kalon.kernel.encrypted.EncryptedText(key='patient.data_key', max_length=254)),
                ('relationship', models.CharField(max_length=60)),
                ('is_emergency', models.BooleanField(default=False)),
                ('is_guardian', models.BooleanField(default=False)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'db_table': 'patients_contact',
                'indexes': [models.Index(fields=['patient'], name='patients_contact_patient')],
                'constraints': [models.CheckConstraint(condition=models.Q(('person__isnull', True), models.Q(('person', models.F('patient')), _negated=True), _connector='OR'), name='patients_contact_another_person'), kalon.kernel.rows.SameOrganization(field='patient_id', name='patients_contact_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.SameOrganization(field='person_id', name='patients_contact_person_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='patients_contact_rows', patient='patient_id', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Allergy',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('substance', models.CharField(max_length=200)),
                ('reaction', models.CharField(blank=True, max_length=200)),
                ('severity', models.CharField(choices=[('UNKNOWN', 'Severity not known'), ('MILD', 'Mild'), ('MODERATE', 'Moderate'), ('SEVERE', 'Severe'), ('LIFE_THREATENING', 'Life-threatening')], default='UNKNOWN', max_length=16)),
                ('since_year', models.PositiveSmallIntegerField(null=True)),
                ('noted_by', models.CharField(max_length=200)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.CharField(blank=True, max_length=200)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'db_table': 'patients_allergy',
                'indexes': [models.Index(fields=['patient'], name='patients_allergy_patient')],
                'constraints': [models.CheckConstraint(condition=models.Q(('substance', ''), _negated=True), name='patients_allergy_substance'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by', '')), models.Q(('ended_at__isnull', False), models.Q(('ended_by', ''), _negated=True)), _connector='OR'), name='patients_allergy_ended'), kalon.kernel.rows.SameOrganization(field='patient_id', name='patients_allergy_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='patients_allergy_rows', patient='patient_id', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='PatientAccess',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('data_key', models.BinaryField(default=kalon.kernel.crypto.boxes.new_data_key, null=True)),
                ('relation', models.CharField(choices=[('SELF', 'Myself'), ('GUARDIAN', 'Guardian')], max_length=8)),
                ('called', kalon.kernel.encrypted.EncryptedText(key='data_key', max_length=100)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'patients_access',
                'constraints': [models.UniqueConstraint(fields=('user', 'patient'), name='patients_access_once'), models.UniqueConstraint(condition=models.Q(('relation', 'SELF')), fields=('user',), name='patients_access_one_self'), models.UniqueConstraint(condition=models.Q(('relation', 'SELF')), fields=('patient',), name='patients_access_one_account'), kalon.kernel.rows.SameOrganization(field='patient_id', name='patients_access_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='patients_access_rows', patient='', portal='SELECT', portal_where='user_id = (SELECT kalon_user())', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Registration',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('data_key', models.BinaryField(default=kalon.kernel.crypto.boxes.new_data_key, null=True)),
                ('status_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status', models.CharField(choices=[('PENDING', 'Waiting for the code'), ('CONFIRMED', 'Confirmed'), ('EXPIRED', 'Expired')], default='PENDING', editable=False, max_length=12)),
                ('payload', kalon.kernel.encrypted.EncryptedJSON(key='data_key', null=True)),
                ('channel', models.CharField(max_length=8)),
                ('address_hash', models.CharField(max_length=64)),
                ('code_hash', models.CharField(max_length=64)),
                ('opens', models.BooleanField(default=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('sends', models.PositiveSmallIntegerField(default=1)),
                ('sent_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('origin_ip', models.GenericIPAddressField(null=True)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'db_table': 'patients_registration',
                'indexes': [models.Index(fields=['address_hash', 'created_at'], name='patients_registration_address'), models.Index(fields=['origin_ip', 'created_at'], name='patients_registration_origin')],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.status IN ('PENDING') THEN\n            NEW.status_at := kalon_now();\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION '% is no beginning of patients_registration', NEW.status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'patients_registration_status_moves';\n    END IF;\n    IF NEW.status = OLD.status THEN\n        NEW.status_at := OLD.status_at;\n        RETURN NEW;\n    END IF;\n    IF (OLD.status IN ('PENDING') AND NEW.status = 'CONFIRMED')\n        OR (OLD.status IN ('PENDING') AND NEW.status = 'EXPIRED')\n    THEN\n        NEW.status_at := kalon_now();\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION '% may not become % in patients_registration', OLD.status, NEW.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'patients_registration_status_moves';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='patients_registration_status_moves'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN\n        INSERT INTO kernel_auditevent (kind, organization_id, patient_id, user_id, actor_name, actor_kind,\n            subject_table, subject_id, move, from_state, to_state, reason, origin_ip, request_id, facts, purpose)\n        VALUES ('MOVE', NEW.organization_id, NEW.patient_id, kalon_user(),\n            COALESCE(NULLIF(current_setting('kalon.actor', true), ''), session_user), COALESCE(kalon_kind(), 'sql'),\n            'patients_registration', NEW.id, COALESCE(NULLIF(current_setting('kalon.move', true), ''), 'sql'),\n            CASE WHEN TG_OP = 'UPDATE' THEN OLD.status ELSE '' END, NEW.status,\n            COALESCE(current_setting('kalon.reason', true), ''),\n            NULLIF(split_part(current_setting('kalon.origin', true), '|', 1), '')::inet,\n            COALESCE(split_part(current_setting('kalon.origin', true), '|', 2), ''), '{}', '');\n    END IF;\n    RETURN NULL;", declare='', events='AFTER INSERT OR UPDATE', level='ROW', name='patients_registration_history'), kalon.kernel.triggers.Trigger(body="\n    IF OLD.status NOT IN ('CONFIRMED', 'EXPIRED') THEN\n        IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;\n    END IF;\n    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['status', 'status_at'] = to_jsonb(OLD) - ARRAY['status', 'status_at'] THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'this row of patients_registration is sealed (%); correct it by a new record that names it', OLD.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'patients_registration_sealed';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='patients_registration_sealed'), models.CheckConstraint(condition=models.Q(('attempts__lte', 5)), name='patients_registration_attempts'), models.CheckConstraint(condition=models.Q(('sends__lte', 4)), name='patients_registration_sends'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'CONFIRMED'), _negated=True), models.Q(('opens', True), ('patient__isnull', False)), _connector='OR'), name='patients_registration_confirmed'), kalon.kernel.rows.SameOrganization(field='patient_id', name='patients_registration_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='patients_registration_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
    ]
