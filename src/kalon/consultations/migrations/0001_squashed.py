import django.core.validators
import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.encrypted
import kalon.kernel.ids
import kalon.kernel.live.announcing
import kalon.kernel.rows
import kalon.kernel.triggers
from django.db import migrations, models

# A visit is completed only when its encounter is signed: the rule of `lifecycles.doctor_has_closed`, in the database.
MAKE = """
CREATE FUNCTION consultations_closed_first() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NEW.status = 'COMPLETED' AND OLD.status <> 'COMPLETED' AND EXISTS (
        SELECT FROM consultations_consultation WHERE appointment_id = NEW.id AND status <> 'CLOSED'
    ) THEN
        RAISE EXCEPTION 'the consultation of this visit is not closed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_closed_first';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER consultations_closed_first BEFORE UPDATE OF status ON scheduling_appointment
    FOR EACH ROW EXECUTE FUNCTION consultations_closed_first();
"""
BACK = """
DROP TRIGGER consultations_closed_first ON scheduling_appointment;
DROP FUNCTION consultations_closed_first();
"""


class Migration(migrations.Migration):

    replaces = [('consultations', '0001_initial'), ('consultations', '0002_visit_waits'), ('consultations', '0003_live'), ('consultations', '0004_note'), ('consultations', '0005_diagnosis')]

    initial = True

    dependencies = [
        ('catalog', '0001_squashed'),
        ('kernel', '0006_joined'),
        ('patients', '0001_squashed'),
        ('people', '0005_tax_number'),
        ('scheduling', '0001_squashed'),
    ]

    operations = [
        migrations.CreateModel(
            name='Consultation',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('INITIAL', 'First consultation'), ('FOLLOW_UP', 'Follow-up'), ('PRE_OP', 'Before surgery'), ('POST_OP', 'After surgery'), ('REVIEW', 'Review'), ('EMERGENCY', 'Emergency')], max_length=20)),
                ('mode', models.CharField(choices=[('IN_PERSON', 'In person'), ('VIDEO', 'By video'), ('ASYNC', 'In writing')], default='IN_PERSON', max_length=20)),
                ('status', models.CharField(choices=[('SCHEDULED', 'Scheduled'), ('CHECKED_IN', 'Arrived'), ('IN_TRIAGE', 'In triage'), ('IN_CONSULTATION', 'With the doctor'), ('PLAN_CREATED', 'Outcome recorded'), ('CLOSED', 'Closed'), ('CANCELLED', 'Cancelled')], default='SCHEDULED', max_length=20)),
                ('outcome', models.CharField(blank=True, choices=[('NO_ACTION', 'No procedure recommended'), ('FOLLOW_UP', 'Follow-up'), ('PROCEDURE_PLANNED', 'Procedure recommended'), ('CONSERVATIVE', 'Treatment without a procedure'), ('REFERRED', 'Referred to another doctor')], max_length=20)),
                ('complaint', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('present_illness', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key', place='consultations_consultation.history')),
                ('systems', kalon.kernel.encrypted.EncryptedText(blank=True, key='patient.data_key', null=True)),
                ('subjective', kalon.kernel.encrypted.EncryptedText(blank=True, key='patient.data_key', null=True)),
                ('objective', kalon.kernel.encrypted.EncryptedText(blank=True, key='patient.data_key', null=True)),
                ('examination', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key', place='consultations_consultation.findings')),
                ('assessment', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key', place='consultations_consultation.diagnosis')),
                ('plan', kalon.kernel.encrypted.EncryptedText(blank=True, key='patient.data_key', null=True)),
                ('advice', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('referred_to', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('follow_up_on', models.DateField(blank=True, null=True)),
                ('edition', models.PositiveIntegerField(default=0)),
                ('editions', models.JSONField(default=dict, editable=False)),
                ('saved_at', models.DateTimeField(null=True)),
                ('signed_at', models.DateTimeField(null=True)),
                ('appointment', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='consultation', to='scheduling.appointment')),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('doctor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('signed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
            ],
            options={
                'db_table': 'consultations_consultation',
                'ordering': ['-created_at'],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.status IN ('SCHEDULED') THEN\n            NEW.status_at := kalon_now();\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION '% is no beginning of consultations_consultation', NEW.status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_consultation_status_moves';\n    END IF;\n    IF NEW.status = OLD.status THEN\n        NEW.status_at := OLD.status_at;\n        RETURN NEW;\n    END IF;\n    IF (OLD.status IN ('SCHEDULED') AND NEW.status = 'CHECKED_IN')\n        OR (OLD.status IN ('CHECKED_IN') AND NEW.status = 'SCHEDULED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('CHECKED_IN') AND NEW.status = 'IN_TRIAGE')\n        OR (OLD.status IN ('CHECKED_IN', 'IN_TRIAGE') AND NEW.status = 'IN_CONSULTATION')\n        OR (OLD.status IN ('IN_CONSULTATION') AND NEW.status = 'CHECKED_IN' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('IN_CONSULTATION') AND NEW.status = 'PLAN_CREATED' AND NULLIF(NEW.outcome::text, '') IS NOT NULL)\n        OR (OLD.status IN ('PLAN_CREATED') AND NEW.status = 'IN_CONSULTATION' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('PLAN_CREATED') AND NEW.status = 'CLOSED' AND NULLIF(NEW.outcome::text, '') IS NOT NULL AND NULLIF(NEW.signed_by_id::text, '') IS NOT NULL)\n        OR (OLD.status IN ('SCHEDULED', 'CHECKED_IN', 'IN_TRIAGE') AND NEW.status = 'CANCELLED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('CANCELLED') AND NEW.status = 'SCHEDULED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n    THEN\n        NEW.status_at := kalon_now();\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION '% may not become % in consultations_consultation', OLD.status, NEW.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_consultation_status_moves';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='consultations_consultation_status_moves'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN\n        INSERT INTO kernel_auditevent (kind, organization_id, patient_id, user_id, actor_name, actor_kind,\n            subject_table, subject_id, move, from_state, to_state, reason, origin_ip, request_id, facts, purpose)\n        VALUES ('MOVE', NEW.organization_id, NEW.patient_id, kalon_user(),\n            COALESCE(NULLIF(current_setting('kalon.actor', true), ''), session_user), COALESCE(kalon_kind(), 'sql'),\n            'consultations_consultation', NEW.id, COALESCE(NULLIF(current_setting('kalon.move', true), ''), 'sql'),\n            CASE WHEN TG_OP = 'UPDATE' THEN OLD.status ELSE '' END, NEW.status,\n            COALESCE(current_setting('kalon.reason', true), ''),\n            NULLIF(split_part(current_setting('kalon.origin', true), '|', 1), '')::inet,\n            COALESCE(split_part(current_setting('kalon.origin', true), '|', 2), ''), '{}', '');\n    END IF;\n    RETURN NULL;", declare='', events='AFTER INSERT OR UPDATE', level='ROW', name='consultations_consultation_history'), kalon.kernel.triggers.Trigger(body="\n    IF OLD.status NOT IN ('CLOSED', 'CANCELLED') THEN\n        IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;\n    END IF;\n    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['status', 'status_at'] = to_jsonb(OLD) - ARRAY['status', 'status_at'] THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'this row of consultations_consultation is sealed (%); correct it by a new record that names it', OLD.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_consultation_sealed';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='consultations_consultation_sealed'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='consultations_consultation_rows', patient='patient_id', portal='SELECT, INSERT, UPDATE', portal_where='', reviewed='', tenant='organization_id'), kalon.kernel.rows.SameOrganization(field='patient_id', name='consultation_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.SameOrganization(field='appointment_id', name='consultation_appointment_of_patient', through=('organization_id', 'patient_id'), to='scheduling.Appointment'), models.UniqueConstraint(fields=('organization', 'patient', 'id'), name='consultation_of_patient_once'), models.CheckConstraint(condition=models.Q(models.Q(('signed_at__isnull', True), ('signed_by__isnull', True)), models.Q(('signed_at__isnull', False), ('signed_by__isnull', False)), _connector='OR'), name='consultation_signed_together'), models.CheckConstraint(condition=models.Q(('mode', 'ASYNC'), ('appointment__isnull', False), _connector='OR'), name='consultation_async_without_appointment'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['PLAN_CREATED', 'CLOSED']), _negated=True), models.Q(('outcome', ''), _negated=True), _connector='OR'), name='consultation_closed_has_outcome'), kalon.kernel.live.announcing.Announces(columns=('status', 'doctor_id'), day='(SELECT (lower(visit.period) AT TIME ZONE place.timezone)::date FROM scheduling_appointment AS visit JOIN people_branch AS place ON place.id = visit.branch_id WHERE visit.id = {row}.appointment_id)', name='consultations_consultation_live', place='{row}.branch_id', topic='visits'), kalon.kernel.triggers.Trigger(body="\n    FOREACH part IN ARRAY ARRAY['complaint', 'present_illness', 'systems', 'subjective', 'objective', 'examination', 'assessment', 'plan', 'advice'] LOOP\n        IF to_jsonb(NEW) -> part IS DISTINCT FROM to_jsonb(OLD) -> part THEN\n            IF NOT EXISTS (\n                SELECT FROM consultations_noteversion AS version\n                WHERE version.consultation_id = NEW.id AND version.section = part AND version.stands\n                    AND version.edition = (NEW.editions ->> part)::int\n                    AND version.edition > COALESCE((OLD.editions ->> part)::int, 0)\n            ) THEN\n                RAISE EXCEPTION 'the words of % changed without a version', part\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_words_are_kept';\n            END IF;\n        END IF;\n    END LOOP;\n    RETURN NULL;", declare='part text;', events='AFTER UPDATE', level='ROW', name='consultations_words_are_kept'), kalon.kernel.triggers.Trigger(body="\n    IF current_user = 'kalon_portal' AND NOT (NEW.status IN ('SCHEDULED', 'CHECKED_IN', 'CANCELLED')\n        AND to_jsonb(NEW) - ARRAY['status', 'status_at', 'doctor_id', 'appointment_id']\n            = to_jsonb(OLD) - ARRAY['status', 'status_at', 'doctor_id', 'appointment_id']) THEN\n        RAISE EXCEPTION 'a patient does not write in the clinical record'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_not_by_patient';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE', level='ROW', name='consultations_not_by_patient')],
                'indexes': [models.Index(fields=['patient', '-created_at'], name='consultation_of_patient'), models.Index(fields=['doctor', 'status'], name='consultation_of_doctor')],
            },
        ),
        migrations.CreateModel(
            name='Addendum',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('text', kalon.kernel.encrypted.EncryptedText(key='patient.data_key')),
                ('signed_at', models.DateTimeField(default=kalon.kernel.clock.now)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('signed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='addenda', to='consultations.consultation')),
            ],
            options={
                'db_table': 'consultations_addendum',
                'ordering': ['id'],
                'constraints': [kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='consultations_addendum_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id'), kalon.kernel.rows.SameOrganization(field='patient_id', name='addendum_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.SameOrganization(field='consultation_id', name='addendum_consultation_of_patient', through=('organization_id', 'patient_id'), to='consultations.Consultation'), kalon.kernel.triggers.Trigger(body="\n    IF NOT EXISTS (\n        SELECT FROM consultations_consultation WHERE id = NEW.consultation_id AND status = 'CLOSED'\n    ) THEN\n        RAISE EXCEPTION 'an addendum follows a signed note'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_addendum_after_signing';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE INSERT', level='ROW', name='consultations_addendum_after_signing'), kalon.kernel.triggers.Trigger(body="\n    IF COALESCE(kalon_kind(), 'sql') <> 'system' AND NOT EXISTS (\n        SELECT FROM people_staff WHERE id = NEW.signed_by_id AND user_id = kalon_user()\n    ) THEN\n        RAISE EXCEPTION 'nobody signs in the name of another'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_addendum_in_own_name';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE INSERT', level='ROW', name='consultations_addendum_in_own_name'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of consultations_addendum are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_addendum_stays';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='consultations_addendum_stays'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of consultations_addendum are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_addendum_stays';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='consultations_addendum_stays_truncate')],
            },
        ),
        migrations.CreateModel(
            name='Diagnosis',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('system', models.CharField(blank=True, max_length=10)),
                ('code', models.CharField(blank=True, max_length=10)),
                ('title', kalon.kernel.encrypted.EncryptedText(key='patient.data_key', max_length=400)),
                ('rank', models.CharField(choices=[('PRIMARY', 'Primary'), ('SECONDARY', 'Secondary')], default='SECONDARY', max_length=10)),
                ('made_at', models.DateTimeField(default=kalon.kernel.clock.now)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='diagnoses', to='consultations.consultation')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
            ],
            options={
                'db_table': 'consultations_diagnosis',
                'ordering': ['rank', 'id'],
                'constraints': [kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='consultations_diagnosis_rows', patient='patient_id', portal='SELECT', portal_where="withdrawn_at IS NULL AND EXISTS (SELECT FROM consultations_consultation AS visit WHERE visit.id = consultation_id AND visit.status = 'CLOSED')", reviewed='', tenant='organization_id'), kalon.kernel.rows.SameOrganization(field='patient_id', name='diagnosis_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.SameOrganization(field='made_by_id', name='diagnosis_made_by_here', through=('organization_id',), to='people.Staff'), kalon.kernel.rows.SameOrganization(field='withdrawn_by_id', name='diagnosis_withdrawn_by_here', through=('organization_id',), to='people.Staff'), kalon.kernel.rows.SameOrganization(field='consultation_id', name='diagnosis_consultation_of_patient', through=('organization_id', 'patient_id'), to='consultations.Consultation'), kalon.kernel.triggers.Trigger(body="\n    SELECT status INTO found_status FROM consultations_consultation WHERE id = parent_id FOR KEY SHARE;\n    IF found_status IN ('CLOSED', 'CANCELLED') OR (TG_OP = 'UPDATE' AND OLD.consultation_id <> NEW.consultation_id) THEN\n        RAISE EXCEPTION 'consultations_consultation is % and its rows in consultations_diagnosis are sealed', found_status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_diagnosis_sealed';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;", declare="parent_id uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.consultation_id ELSE NEW.consultation_id END; found_status text;", events='BEFORE INSERT OR UPDATE OR DELETE', level='ROW', name='consultations_diagnosis_sealed'), kalon.kernel.triggers.Trigger(body="\n    IF OLD.withdrawn_at IS NOT NULL OR to_jsonb(NEW) - ARRAY['rank', 'withdrawn_at', 'withdrawn_by_id']\n        <> to_jsonb(OLD) - ARRAY['rank', 'withdrawn_at', 'withdrawn_by_id'] THEN\n        RAISE EXCEPTION 'a diagnosis is taken back and made anew, not rewritten'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_diagnosis_stays';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE', level='ROW', name='consultations_diagnosis_stays'), models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True), models.Q(('code', ''), _negated=True)), fields=('consultation', 'system', 'code'), name='diagnosis_code_once'), models.UniqueConstraint(condition=models.Q(('rank', 'PRIMARY'), ('withdrawn_at__isnull', True)), fields=('consultation',), name='diagnosis_one_primary'), models.CheckConstraint(condition=models.Q(models.Q(('code', ''), ('system', '')), models.Q(models.Q(('code', ''), _negated=True), models.Q(('system', ''), _negated=True)), _connector='OR'), name='diagnosis_code_with_system'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='diagnosis_withdrawn_together')],
                'indexes': [models.Index(fields=['patient', '-made_at'], name='diagnosis_of_patient')],
            },
        ),
        migrations.CreateModel(
            name='FavouriteCode',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('system', models.CharField(max_length=10)),
                ('code', models.CharField(max_length=10)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.staff')),
            ],
            options={
                'db_table': 'consultations_favouritecode',
                'ordering': ['code'],
                'constraints': [kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, DELETE', name='consultations_favouritecode_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id'), kalon.kernel.rows.SameOrganization(field='staff_id', name='favouritecode_staff_here', through=('organization_id',), to='people.Staff'), models.UniqueConstraint(fields=('staff', 'system', 'code'), name='favouritecode_once')],
            },
        ),
        migrations.CreateModel(
            name='NoteTemplate',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('name', models.CharField(max_length=100)),
                ('specialty', models.CharField(blank=True, max_length=100)),
                ('sections', models.JSONField(default=dict)),
                ('is_active', models.BooleanField(default=True)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('service', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.service')),
            ],
            options={
                'db_table': 'consultations_notetemplate',
                'ordering': ['name'],
                'constraints': [kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='consultations_notetemplate_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id'), kalon.kernel.rows.SameOrganization(field='service_id', name='notetemplate_service_here', through=('organization_id',), to='catalog.Service'), models.UniqueConstraint(fields=('organization', 'name'), name='notetemplate_name_once')],
            },
        ),
        migrations.CreateModel(
            name='NoteVersion',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('section', models.CharField(choices=[('complaint', 'Chief complaint'), ('present_illness', 'History of present illness'), ('systems', 'Review of systems'), ('subjective', 'What the patient says'), ('objective', 'What was measured'), ('examination', 'What I see'), ('assessment', 'Assessment'), ('plan', 'Plan'), ('advice', 'What the patient will read')], max_length=20)),
                ('edition', models.PositiveIntegerField()),
                ('text', kalon.kernel.encrypted.EncryptedText(blank=True, key='patient.data_key')),
                ('stands', models.BooleanField()),
                ('settles', models.BooleanField(default=False)),
                ('written_at', models.DateTimeField(default=kalon.kernel.clock.now)),
                ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='consultations.consultation')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('written_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
            ],
            options={
                'db_table': 'consultations_noteversion',
                'ordering': ['consultation', 'section', 'edition'],
                'constraints': [kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='consultations_noteversion_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id'), kalon.kernel.rows.SameOrganization(field='patient_id', name='noteversion_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.SameOrganization(field='consultation_id', name='noteversion_consultation_of_patient', through=('organization_id', 'patient_id'), to='consultations.Consultation'), kalon.kernel.triggers.Trigger(body="\n    SELECT status INTO found_status FROM consultations_consultation WHERE id = parent_id FOR KEY SHARE;\n    IF found_status IN ('CLOSED', 'CANCELLED') OR (TG_OP = 'UPDATE' AND OLD.consultation_id <> NEW.consultation_id) THEN\n        RAISE EXCEPTION 'consultations_consultation is % and its rows in consultations_noteversion are sealed', found_status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_noteversion_sealed';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;", declare="parent_id uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.consultation_id ELSE NEW.consultation_id END; found_status text;", events='BEFORE INSERT OR UPDATE OR DELETE', level='ROW', name='consultations_noteversion_sealed'), models.UniqueConstraint(fields=('consultation', 'section', 'edition'), name='noteversion_once'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of consultations_noteversion are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_noteversion_stays';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='consultations_noteversion_stays'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of consultations_noteversion are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_noteversion_stays';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='consultations_noteversion_stays_truncate')],
            },
        ),
        migrations.CreateModel(
            name='Vitals',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('systolic', models.PositiveSmallIntegerField(null=True, validators=[django.core.validators.MinValueValidator(40), django.core.validators.MaxValueValidator(300)])),
                ('diastolic', models.PositiveSmallIntegerField(null=True, validators=[django.core.validators.MinValueValidator(20), django.core.validators.MaxValueValidator(200)])),
                ('pulse', models.PositiveSmallIntegerField(null=True, validators=[django.core.validators.MinValueValidator(20), django.core.validators.MaxValueValidator(300)])),
                ('respiration', models.PositiveSmallIntegerField(null=True, validators=[django.core.validators.MinValueValidator(4), django.core.validators.MaxValueValidator(80)])),
                ('temperature', models.DecimalField(decimal_places=1, max_digits=3, null=True, validators=[django.core.validators.MinValueValidator(30), django.core.validators.MaxValueValidator(45)])),
                ('oxygen', models.PositiveSmallIntegerField(null=True, validators=[django.core.validators.MinValueValidator(40), django.core.validators.MaxValueValidator(100)])),
                ('glucose', models.DecimalField(decimal_places=1, max_digits=5, null=True, validators=[django.core.validators.MinValueValidator(10), django.core.validators.MaxValueValidator(1000)])),
                ('weight', models.DecimalField(decimal_places=1, max_digits=5, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(400)])),
                ('height', models.DecimalField(decimal_places=1, max_digits=4, null=True, validators=[django.core.validators.MinValueValidator(30), django.core.validators.MaxValueValidator(260)])),
                ('pain', models.PositiveSmallIntegerField(null=True, validators=[django.core.validators.MaxValueValidator(10)])),
                ('abnormal', models.JSONField(default=list, editable=False)),
                ('note', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('taken_at', models.DateTimeField(default=kalon.kernel.clock.now)),
                ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='vitals', to='consultations.consultation')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('taken_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
            ],
            options={
                'db_table': 'consultations_vitals',
                'ordering': ['-taken_at'],
                'constraints': [kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='consultations_vitals_rows', patient='patient_id', portal='SELECT', portal_where='', reviewed='', tenant='organization_id'), kalon.kernel.rows.SameOrganization(field='consultation_id', name='vitals_consultation_of_patient', through=('organization_id', 'patient_id'), to='consultations.Consultation'), kalon.kernel.triggers.Trigger(body="\n    SELECT status INTO found_status FROM consultations_consultation WHERE id = parent_id FOR KEY SHARE;\n    IF found_status IN ('CLOSED', 'CANCELLED') OR (TG_OP = 'UPDATE' AND OLD.consultation_id <> NEW.consultation_id) THEN\n        RAISE EXCEPTION 'consultations_consultation is % and its rows in consultations_vitals are sealed', found_status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_vitals_sealed';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;", declare="parent_id uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.consultation_id ELSE NEW.consultation_id END; found_status text;", events='BEFORE INSERT OR UPDATE OR DELETE', level='ROW', name='consultations_vitals_sealed'), models.UniqueConstraint(fields=('organization', 'patient', 'id'), name='vitals_of_patient_once'), models.CheckConstraint(condition=models.Q(models.Q(('diastolic__isnull', True), ('systolic__isnull', True)), ('systolic__gt', models.F('diastolic')), _connector='OR'), name='vitals_pressure_pair')],
                'indexes': [models.Index(fields=['patient', '-id'], name='vitals_of_patient')],
            },
        ),
        migrations.CreateModel(
            name='AlertSeen',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('shown', kalon.kernel.encrypted.EncryptedText(key='patient.data_key')),
                ('seen_at', models.DateTimeField(default=kalon.kernel.clock.now)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('seen_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.consultation')),
                ('vitals', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='seen', to='consultations.vitals')),
            ],
            options={
                'db_table': 'consultations_alertseen',
                'constraints': [kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='consultations_alertseen_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id'), kalon.kernel.rows.SameOrganization(field='patient_id', name='alertseen_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.SameOrganization(field='vitals_id', name='alertseen_vitals_of_patient', through=('organization_id', 'patient_id'), to='consultations.Vitals'), kalon.kernel.rows.SameOrganization(field='consultation_id', name='alertseen_consultation_of_patient', through=('organization_id', 'patient_id'), to='consultations.Consultation'), kalon.kernel.triggers.Trigger(body="\n    SELECT status INTO found_status FROM consultations_consultation WHERE id = parent_id FOR KEY SHARE;\n    IF found_status IN ('CLOSED', 'CANCELLED') OR (TG_OP = 'UPDATE' AND OLD.consultation_id <> NEW.consultation_id) THEN\n        RAISE EXCEPTION 'consultations_consultation is % and its rows in consultations_alertseen are sealed', found_status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_alertseen_sealed';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;", declare="parent_id uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.consultation_id ELSE NEW.consultation_id END; found_status text;", events='BEFORE INSERT OR UPDATE OR DELETE', level='ROW', name='consultations_alertseen_sealed'), kalon.kernel.triggers.Trigger(body="\n    IF COALESCE(kalon_kind(), 'sql') <> 'system' AND NOT EXISTS (\n        SELECT FROM people_staff WHERE id = NEW.seen_by_id AND user_id = kalon_user()\n    ) THEN\n        RAISE EXCEPTION 'nobody signs in the name of another'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_alert_in_own_name';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE INSERT', level='ROW', name='consultations_alert_in_own_name'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of consultations_alertseen are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_alertseen_stays';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='consultations_alertseen_stays'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of consultations_alertseen are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_alertseen_stays';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='consultations_alertseen_stays_truncate')],
            },
        ),
        migrations.RunSQL(MAKE, BACK),
    ]
