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

from kalon.kernel.search import CANDIDATES_SQL, CANDIDATES_SQL_BACK


class Migration(migrations.Migration):

    replaces = [('patients', '0001_initial'), ('patients', '0002_search'), ('patients', '0003_search_among_some'), ('patients', '0004_own_reach'), ('patients', '0005_history'), ('patients', '0006_joining')]

    initial = True

    dependencies = [
        ('kernel', '0006_joined'),
        ('people', '0005_tax_number'),
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
                'constraints': [models.UniqueConstraint(fields=('organization', 'id'), name='patients_patient_in_organization'), models.UniqueConstraint(fields=('organization', 'mrn'), name='patients_patient_mrn'), models.UniqueConstraint(condition=models.Q(('abha_hash', ''), _negated=True), fields=('organization', 'abha_hash'), name='patients_patient_abha'), models.CheckConstraint(condition=models.Q(models.Q(('allergies_asked_at__isnull', True), ('allergies_asked_by', ''), ('allergy_state', 'NOT_RECORDED')), models.Q(models.Q(('allergy_state', 'NOT_RECORDED'), _negated=True), ('allergies_asked_at__isnull', False), models.Q(('allergies_asked_by', ''), _negated=True)), _connector='OR'), name='patients_patient_allergies_asked'), kalon.kernel.rows.SameOrganization(field='possible_duplicate_of_id', name='patients_patient_duplicate_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='patients_patient_rows', patient='id', portal='SELECT', portal_where='', reviewed='SELECT', tenant='organization_id'), kalon.kernel.rows.PortalChanges(columns=('phone', 'email', 'address', 'language', 'search_tokens', 'version'), name='patients_patient_own_reach')],
                'indexes': [django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['search_tokens'], name='patients_patient_search'), django.contrib.postgres.indexes.GinIndex(condition=models.Q(('id__endswith', '0')), fastupdate=False, fields=['search_tokens'], name='patients_patient_search_some')],
            },
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status', models.CharField(choices=[('MERGED', 'Joined'), ('UNDONE', 'Separated again')], default='MERGED', editable=False, max_length=8)),
                ('reason', models.CharField(max_length=300)),
                ('joined_by', models.CharField(editable=False, max_length=200)),
                ('changes', kalon.kernel.encrypted.EncryptedJSON(key='survivor.data_key')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('absorbed', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('survivor', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'db_table': 'patients_merge',
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.status IN ('MERGED') THEN\n            NEW.status_at := kalon_now();\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION '% is no beginning of patients_merge', NEW.status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'patients_merge_status_moves';\n    END IF;\n    IF NEW.status = OLD.status THEN\n        NEW.status_at := OLD.status_at;\n        RETURN NEW;\n    END IF;\n    IF (OLD.status IN ('MERGED') AND NEW.status = 'UNDONE' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL AND OLD.status_at > kalon_now() - interval '86400 seconds')\n    THEN\n        NEW.status_at := kalon_now();\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION '% may not become % in patients_merge', OLD.status, NEW.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'patients_merge_status_moves';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='patients_merge_status_moves'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN\n        INSERT INTO kernel_auditevent (kind, organization_id, patient_id, user_id, actor_name, actor_kind,\n            subject_table, subject_id, move, from_state, to_state, reason, origin_ip, request_id, facts, purpose)\n        VALUES ('MOVE', NEW.organization_id, NEW.survivor_id, kalon_user(),\n            COALESCE(NULLIF(current_setting('kalon.actor', true), ''), session_user), COALESCE(kalon_kind(), 'sql'),\n            'patients_merge', NEW.id, COALESCE(NULLIF(current_setting('kalon.move', true), ''), 'sql'),\n            CASE WHEN TG_OP = 'UPDATE' THEN OLD.status ELSE '' END, NEW.status,\n            COALESCE(current_setting('kalon.reason', true), ''),\n            NULLIF(split_part(current_setting('kalon.origin', true), '|', 1), '')::inet,\n            COALESCE(split_part(current_setting('kalon.origin', true), '|', 2), ''), '{}', '');\n    END IF;\n    RETURN NULL;", declare='', events='AFTER INSERT OR UPDATE', level='ROW', name='patients_merge_history'), kalon.kernel.triggers.Trigger(body="\n    IF OLD.status NOT IN ('MERGED', 'UNDONE') THEN\n        IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;\n    END IF;\n    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['status', 'status_at'] = to_jsonb(OLD) - ARRAY['status', 'status_at'] THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'this row of patients_merge is sealed (%); correct it by a new record that names it', OLD.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'patients_merge_sealed';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='patients_merge_sealed'), kalon.kernel.triggers.Trigger(body="\n    PERFORM 1 FROM patients_patient WHERE id IN (NEW.survivor_id, NEW.absorbed_id) ORDER BY id FOR UPDATE;\n    IF EXISTS (SELECT FROM patients_merge\n        WHERE status = 'MERGED' AND (absorbed_id = NEW.survivor_id OR survivor_id = NEW.absorbed_id))\n    THEN\n        RAISE EXCEPTION 'one of the two records is part of another join'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'patients_merge_chain';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE INSERT', level='ROW', name='patients_merge_chain'), models.UniqueConstraint(condition=models.Q(('status', 'MERGED')), fields=('absorbed',), name='patients_merge_absorbed_once'), models.CheckConstraint(condition=models.Q(('survivor', models.F('absorbed')), _negated=True), name='patients_merge_two_records'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='patients_merge_reason'), kalon.kernel.rows.SameOrganization(field='survivor_id', name='patients_merge_survivor_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.SameOrganization(field='absorbed_id', name='patients_merge_absorbed_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='patients_merge_rows', patient='survivor_id', portal='SELECT', portal_where='', reviewed='SELECT', tenant='organization_id')],
                'indexes': [models.Index(fields=['survivor'], name='patients_merge_survivor')],
            },
        ),
        migrations.CreateModel(
            name='HistoryItem',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('CONDITION', 'Condition'), ('MEDICATION', 'Medicine taken'), ('SURGERY', 'Earlier operation'), ('FAMILY', 'In the family'), ('SOCIAL', 'Habits')], max_length=12)),
                ('text', kalon.kernel.encrypted.EncryptedText(key='patient.data_key', max_length=1000)),
                ('code', models.CharField(blank=True, max_length=10)),
                ('dose', kalon.kernel.encrypted.EncryptedText(key='patient.data_key', max_length=200, null=True)),
                ('since_year', models.PositiveSmallIntegerField(null=True)),
                ('source', models.CharField(choices=[('SELF_REPORTED', 'Told by the patient'), ('CONSULTATION', 'Found here'), ('EXTERNAL', 'From outside papers')], default='CONSULTATION', max_length=16)),
                ('verified_at', models.DateTimeField(null=True)),
                ('verified_by', models.CharField(blank=True, max_length=200)),
                ('noted_by', models.CharField(max_length=200)),
                ('is_current', models.BooleanField(default=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.CharField(blank=True, max_length=200)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'db_table': 'patients_historyitem',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('verified_at__isnull', True), ('verified_by', '')), models.Q(('verified_at__isnull', False), models.Q(('verified_by', ''), _negated=True)), _connector='OR'), name='patients_history_verified'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by', '')), models.Q(('ended_at__isnull', False), ('is_current', False), models.Q(('ended_by', ''), _negated=True)), _connector='OR'), name='patients_history_ended'), kalon.kernel.triggers.Trigger(body="\n    IF current_user = 'kalon_portal' AND (NEW.source <> 'SELF_REPORTED' OR NEW.verified_at IS NOT NULL\n        OR NEW.ended_at IS NOT NULL)\n    THEN\n        RAISE EXCEPTION 'a patient adds what they know; the clinic verifies it'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'patients_history_own_words';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE INSERT', level='ROW', name='patients_history_own_words'), kalon.kernel.rows.SameOrganization(field='patient_id', name='patients_history_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='patients_historyitem_rows', patient='patient_id', portal='SELECT, INSERT', portal_where='', reviewed='', tenant='organization_id')],
                'indexes': [models.Index(fields=['patient'], name='patients_history_patient')],
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
                'constraints': [models.UniqueConstraint(fields=('organization', 'patient', 'id'), name='patients_coverage_of_patient'), models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='patients_coverage_span'), kalon.kernel.rows.SameOrganization(field='patient_id', name='patients_coverage_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='patients_coverage_rows', patient='patient_id', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
                'indexes': [models.Index(fields=['patient'], name='patients_coverage_patient')],
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
                'constraints': [models.CheckConstraint(condition=models.Q(('person__isnull', True), models.Q(('person', models.F('patient')), _negated=True), _connector='OR'), name='patients_contact_another_person'), kalon.kernel.rows.SameOrganization(field='patient_id', name='patients_contact_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.SameOrganization(field='person_id', name='patients_contact_person_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='patients_contact_rows', patient='patient_id', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
                'indexes': [models.Index(fields=['patient'], name='patients_contact_patient')],
            },
        ),
        migrations.CreateModel(
            name='Allergy',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('substance', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('DRUG', 'Medicine'), ('FOOD', 'Food'), ('ENVIRONMENTAL', 'Environment'), ('LATEX', 'Latex'), ('OTHER', 'Other')], default='OTHER', max_length=16)),
                ('source', models.CharField(choices=[('SELF_REPORTED', 'Told by the patient'), ('CONSULTATION', 'Found here'), ('EXTERNAL', 'From outside papers')], default='CONSULTATION', max_length=16)),
                ('verified_at', models.DateTimeField(null=True)),
                ('verified_by', models.CharField(blank=True, max_length=200)),
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
                'constraints': [models.CheckConstraint(condition=models.Q(('substance', ''), _negated=True), name='patients_allergy_substance'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by', '')), models.Q(('ended_at__isnull', False), models.Q(('ended_by', ''), _negated=True)), _connector='OR'), name='patients_allergy_ended'), models.CheckConstraint(condition=models.Q(models.Q(('verified_at__isnull', True), ('verified_by', '')), models.Q(('verified_at__isnull', False), models.Q(('verified_by', ''), _negated=True)), _connector='OR'), name='patients_allergy_verified'), kalon.kernel.triggers.Trigger(body="\n    IF current_user = 'kalon_portal' AND (NEW.source <> 'SELF_REPORTED' OR NEW.verified_at IS NOT NULL\n        OR NEW.ended_at IS NOT NULL)\n    THEN\n        RAISE EXCEPTION 'a patient adds what they know; the clinic verifies it'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'patients_allergy_own_words';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE INSERT', level='ROW', name='patients_allergy_own_words'), kalon.kernel.rows.SameOrganization(field='patient_id', name='patients_allergy_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='patients_allergy_rows', patient='patient_id', portal='SELECT, INSERT', portal_where='', reviewed='', tenant='organization_id')],
                'indexes': [models.Index(fields=['patient'], name='patients_allergy_patient')],
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
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.status IN ('PENDING') THEN\n            NEW.status_at := kalon_now();\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION '% is no beginning of patients_registration', NEW.status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'patients_registration_status_moves';\n    END IF;\n    IF NEW.status = OLD.status THEN\n        NEW.status_at := OLD.status_at;\n        RETURN NEW;\n    END IF;\n    IF (OLD.status IN ('PENDING') AND NEW.status = 'CONFIRMED')\n        OR (OLD.status IN ('PENDING') AND NEW.status = 'EXPIRED')\n    THEN\n        NEW.status_at := kalon_now();\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION '% may not become % in patients_registration', OLD.status, NEW.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'patients_registration_status_moves';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='patients_registration_status_moves'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN\n        INSERT INTO kernel_auditevent (kind, organization_id, patient_id, user_id, actor_name, actor_kind,\n            subject_table, subject_id, move, from_state, to_state, reason, origin_ip, request_id, facts, purpose)\n        VALUES ('MOVE', NEW.organization_id, NEW.patient_id, kalon_user(),\n            COALESCE(NULLIF(current_setting('kalon.actor', true), ''), session_user), COALESCE(kalon_kind(), 'sql'),\n            'patients_registration', NEW.id, COALESCE(NULLIF(current_setting('kalon.move', true), ''), 'sql'),\n            CASE WHEN TG_OP = 'UPDATE' THEN OLD.status ELSE '' END, NEW.status,\n            COALESCE(current_setting('kalon.reason', true), ''),\n            NULLIF(split_part(current_setting('kalon.origin', true), '|', 1), '')::inet,\n            COALESCE(split_part(current_setting('kalon.origin', true), '|', 2), ''), '{}', '');\n    END IF;\n    RETURN NULL;", declare='', events='AFTER INSERT OR UPDATE', level='ROW', name='patients_registration_history'), kalon.kernel.triggers.Trigger(body="\n    IF OLD.status NOT IN ('CONFIRMED', 'EXPIRED') THEN\n        IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;\n    END IF;\n    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['status', 'status_at'] = to_jsonb(OLD) - ARRAY['status', 'status_at'] THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'this row of patients_registration is sealed (%); correct it by a new record that names it', OLD.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'patients_registration_sealed';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='patients_registration_sealed'), models.CheckConstraint(condition=models.Q(('attempts__lte', 5)), name='patients_registration_attempts'), models.CheckConstraint(condition=models.Q(('sends__lte', 4)), name='patients_registration_sends'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'CONFIRMED'), _negated=True), models.Q(('opens', True), ('patient__isnull', False)), _connector='OR'), name='patients_registration_confirmed'), kalon.kernel.rows.SameOrganization(field='patient_id', name='patients_registration_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='patients_registration_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
                'indexes': [models.Index(fields=['address_hash', 'created_at'], name='patients_registration_address'), models.Index(fields=['origin_ip', 'created_at'], name='patients_registration_origin')],
            },
        ),
        migrations.RunSQL(CANDIDATES_SQL, CANDIDATES_SQL_BACK),
        # a right to lock a row, for the guard of joined records (kalon.kernel.joined)
        migrations.RunSQL(
            "GRANT UPDATE (version) ON patients_patient TO kalon_reviewed",
            "REVOKE UPDATE (version) ON patients_patient FROM kalon_reviewed",
        ),
    ]
