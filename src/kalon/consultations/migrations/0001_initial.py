import django.core.validators
import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.encrypted
import kalon.kernel.ids
import kalon.kernel.rows
import kalon.kernel.triggers
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('kernel', '0002_functions'),
        ('patients', '0002_search'),
        ('people', '0002_functions'),
        ('scheduling', '0001_initial'),
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
                ('history', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('findings', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('diagnosis', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('advice', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('referred_to', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('follow_up_on', models.DateField(blank=True, null=True)),
                ('edition', models.PositiveIntegerField(default=0)),
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
                'indexes': [models.Index(fields=['patient', '-created_at'], name='consultation_of_patient'), models.Index(fields=['doctor', 'status'], name='consultation_of_doctor')],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.status IN ('SCHEDULED') THEN\n            NEW.status_at := kalon_now();\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION '% is no beginning of consultations_consultation', NEW.status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_consultation_status_moves';\n    END IF;\n    IF NEW.status = OLD.status THEN\n        NEW.status_at := OLD.status_at;\n        RETURN NEW;\n    END IF;\n    IF (OLD.status IN ('SCHEDULED') AND NEW.status = 'CHECKED_IN')\n        OR (OLD.status IN ('CHECKED_IN') AND NEW.status = 'SCHEDULED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('CHECKED_IN') AND NEW.status = 'IN_TRIAGE')\n        OR (OLD.status IN ('CHECKED_IN', 'IN_TRIAGE') AND NEW.status = 'IN_CONSULTATION')\n        OR (OLD.status IN ('IN_CONSULTATION') AND NEW.status = 'CHECKED_IN' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('IN_CONSULTATION') AND NEW.status = 'PLAN_CREATED' AND NULLIF(NEW.outcome::text, '') IS NOT NULL)\n        OR (OLD.status IN ('PLAN_CREATED') AND NEW.status = 'IN_CONSULTATION' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('PLAN_CREATED') AND NEW.status = 'CLOSED' AND NULLIF(NEW.outcome::text, '') IS NOT NULL AND NULLIF(NEW.signed_by_id::text, '') IS NOT NULL)\n        OR (OLD.status IN ('SCHEDULED', 'CHECKED_IN', 'IN_TRIAGE') AND NEW.status = 'CANCELLED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('CANCELLED') AND NEW.status = 'SCHEDULED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n    THEN\n        NEW.status_at := kalon_now();\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION '% may not become % in consultations_consultation', OLD.status, NEW.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_consultation_status_moves';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='consultations_consultation_status_moves'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN\n        INSERT INTO kernel_auditevent (kind, organization_id, patient_id, user_id, actor_name, actor_kind,\n            subject_table, subject_id, move, from_state, to_state, reason, origin_ip, request_id, facts, purpose)\n        VALUES ('MOVE', NEW.organization_id, NEW.patient_id, kalon_user(),\n            COALESCE(NULLIF(current_setting('kalon.actor', true), ''), session_user), COALESCE(kalon_kind(), 'sql'),\n            'consultations_consultation', NEW.id, COALESCE(NULLIF(current_setting('kalon.move', true), ''), 'sql'),\n            CASE WHEN TG_OP = 'UPDATE' THEN OLD.status ELSE '' END, NEW.status,\n            COALESCE(current_setting('kalon.reason', true), ''),\n            NULLIF(split_part(current_setting('kalon.origin', true), '|', 1), '')::inet,\n            COALESCE(split_part(current_setting('kalon.origin', true), '|', 2), ''), '{}', '');\n    END IF;\n    RETURN NULL;", declare='', events='AFTER INSERT OR UPDATE', level='ROW', name='consultations_consultation_history'), kalon.kernel.triggers.Trigger(body="\n    IF OLD.status NOT IN ('CLOSED', 'CANCELLED') THEN\n        IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;\n    END IF;\n    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['status', 'status_at'] = to_jsonb(OLD) - ARRAY['status', 'status_at'] THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'this row of consultations_consultation is sealed (%); correct it by a new record that names it', OLD.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_consultation_sealed';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='consultations_consultation_sealed'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='consultations_consultation_rows', patient='patient_id', portal='SELECT, INSERT, UPDATE', portal_where='', reviewed='', tenant='organization_id'), kalon.kernel.rows.SameOrganization(field='patient_id', name='consultation_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.SameOrganization(field='appointment_id', name='consultation_appointment_of_patient', through=('organization_id', 'patient_id'), to='scheduling.Appointment'), models.UniqueConstraint(fields=('organization', 'patient', 'id'), name='consultation_of_patient_once'), models.CheckConstraint(condition=models.Q(models.Q(('signed_at__isnull', True), ('signed_by__isnull', True)), models.Q(('signed_at__isnull', False), ('signed_by__isnull', False)), _connector='OR'), name='consultation_signed_together'), models.CheckConstraint(condition=models.Q(('mode', 'ASYNC'), ('appointment__isnull', False), _connector='OR'), name='consultation_async_without_appointment'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['PLAN_CREATED', 'CLOSED']), _negated=True), models.Q(('outcome', ''), _negated=True), _connector='OR'), name='consultation_closed_has_outcome'), kalon.kernel.triggers.Trigger(body="\n    IF current_user = 'kalon_portal' AND NOT (NEW.status IN ('SCHEDULED', 'CHECKED_IN', 'CANCELLED')\n        AND to_jsonb(NEW) - ARRAY['status', 'status_at', 'doctor_id', 'appointment_id']\n            = to_jsonb(OLD) - ARRAY['status', 'status_at', 'doctor_id', 'appointment_id']) THEN\n        RAISE EXCEPTION 'a patient does not write in the clinical record'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_not_by_patient';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE', level='ROW', name='consultations_not_by_patient')],
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
                ('weight', models.DecimalField(decimal_places=1, max_digits=5, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(400)])),
                ('height', models.DecimalField(decimal_places=1, max_digits=4, null=True, validators=[django.core.validators.MinValueValidator(30), django.core.validators.MaxValueValidator(260)])),
                ('pain', models.PositiveSmallIntegerField(null=True, validators=[django.core.validators.MaxValueValidator(10)])),
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
                'constraints': [kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='consultations_vitals_rows', patient='patient_id', portal='SELECT', portal_where='', reviewed='', tenant='organization_id'), kalon.kernel.rows.SameOrganization(field='consultation_id', name='vitals_consultation_of_patient', through=('organization_id', 'patient_id'), to='consultations.Consultation'), kalon.kernel.triggers.Trigger(body="\n    SELECT status INTO found_status FROM consultations_consultation WHERE id = parent_id FOR KEY SHARE;\n    IF found_status IN ('CLOSED', 'CANCELLED') OR (TG_OP = 'UPDATE' AND OLD.consultation_id <> NEW.consultation_id) THEN\n        RAISE EXCEPTION 'consultations_consultation is % and its rows in consultations_vitals are sealed', found_status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_vitals_sealed';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;", declare="parent_id uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.consultation_id ELSE NEW.consultation_id END; found_status text;", events='BEFORE INSERT OR UPDATE OR DELETE', level='ROW', name='consultations_vitals_sealed'), models.CheckConstraint(condition=models.Q(models.Q(('diastolic__isnull', True), ('systolic__isnull', True)), ('systolic__gt', models.F('diastolic')), _connector='OR'), name='vitals_pressure_pair')],
            },
        ),
    ]
