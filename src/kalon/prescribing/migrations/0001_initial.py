import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.encrypted
import kalon.kernel.ids
import kalon.kernel.rows
import kalon.kernel.triggers
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('consultations', '0003_live'),
        ('patients', '0004_own_reach'),
        ('people', '0003_equipment'),
    ]

    operations = [
        migrations.CreateModel(
            name='Prescription',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status', models.CharField(choices=[('DRAFT', 'Draft'), ('FINALIZED', 'Finalised'), ('PARTIALLY_DISPENSED', 'Partly handed out'), ('DISPENSED', 'Handed out'), ('SENT_TO_PHARMACY', 'Sent to a pharmacy'), ('CANCELLED', 'Cancelled')], default='DRAFT', editable=False, max_length=20)),
                ('number', models.CharField(max_length=24, null=True)),
                ('serial', models.BigIntegerField(null=True)),
                ('prescribed_on', models.DateField(null=True)),
                ('pregnancy', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('kidneys', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('advice', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('diet', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('follow_up', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('refills', models.PositiveSmallIntegerField(default=0)),
                ('refills_used', models.PositiveSmallIntegerField(default=0)),
                ('refills_until', models.DateField(null=True)),
                ('finalized_at', models.DateTimeField(null=True)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.consultation')),
                ('doctor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('finalized_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('repeats', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='prescribing.prescription')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
                'indexes': [models.Index(fields=['patient', '-created_at'], name='prescribing_of_patient'), models.Index(fields=['consultation'], name='prescribing_of_consultation'), models.Index(fields=['organization', 'status', '-created_at'], name='prescribing_by_status')],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.status IN ('DRAFT') THEN\n            NEW.status_at := kalon_now();\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION '% is no beginning of prescribing_prescription', NEW.status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_prescription_status_moves';\n    END IF;\n    IF NEW.status = OLD.status THEN\n        NEW.status_at := OLD.status_at;\n        RETURN NEW;\n    END IF;\n    IF (OLD.status IN ('DRAFT') AND NEW.status = 'FINALIZED' AND NULLIF(NEW.number::text, '') IS NOT NULL AND NULLIF(NEW.finalized_by_id::text, '') IS NOT NULL)\n        OR (OLD.status IN ('FINALIZED') AND NEW.status = 'SENT_TO_PHARMACY')\n        OR (OLD.status IN ('FINALIZED') AND NEW.status = 'PARTIALLY_DISPENSED')\n        OR (OLD.status IN ('FINALIZED', 'PARTIALLY_DISPENSED') AND NEW.status = 'DISPENSED')\n        OR (OLD.status IN ('DISPENSED') AND NEW.status = 'PARTIALLY_DISPENSED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('PARTIALLY_DISPENSED', 'DISPENSED') AND NEW.status = 'FINALIZED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('DISPENSED') AND NEW.status = 'PARTIALLY_DISPENSED')\n        OR (OLD.status IN ('DRAFT', 'FINALIZED', 'SENT_TO_PHARMACY') AND NEW.status = 'CANCELLED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n    THEN\n        NEW.status_at := kalon_now();\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION '% may not become % in prescribing_prescription', OLD.status, NEW.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_prescription_status_moves';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='prescribing_prescription_status_moves'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN\n        INSERT INTO kernel_auditevent (kind, organization_id, patient_id, user_id, actor_name, actor_kind,\n            subject_table, subject_id, move, from_state, to_state, reason, origin_ip, request_id, facts, purpose)\n        VALUES ('MOVE', NEW.organization_id, NEW.patient_id, kalon_user(),\n            COALESCE(NULLIF(current_setting('kalon.actor', true), ''), session_user), COALESCE(kalon_kind(), 'sql'),\n            'prescribing_prescription', NEW.id, COALESCE(NULLIF(current_setting('kalon.move', true), ''), 'sql'),\n            CASE WHEN TG_OP = 'UPDATE' THEN OLD.status ELSE '' END, NEW.status,\n            COALESCE(current_setting('kalon.reason', true), ''),\n            NULLIF(split_part(current_setting('kalon.origin', true), '|', 1), '')::inet,\n            COALESCE(split_part(current_setting('kalon.origin', true), '|', 2), ''), '{}', '');\n    END IF;\n    RETURN NULL;", declare='', events='AFTER INSERT OR UPDATE', level='ROW', name='prescribing_prescription_history'), kalon.kernel.triggers.Trigger(body="\n    IF OLD.status NOT IN ('FINALIZED', 'PARTIALLY_DISPENSED', 'DISPENSED', 'SENT_TO_PHARMACY', 'CANCELLED') THEN\n        IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;\n    END IF;\n    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['status', 'status_at', 'refills_used'] = to_jsonb(OLD) - ARRAY['status', 'status_at', 'refills_used'] THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'this row of prescribing_prescription is sealed (%); correct it by a new record that names it', OLD.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_prescription_sealed';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='prescribing_prescription_sealed'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        SELECT doctor_id, branch_id, status INTO encounter FROM consultations_consultation\n            WHERE id = NEW.consultation_id FOR KEY SHARE;\n        IF encounter.status NOT IN ('IN_CONSULTATION', 'PLAN_CREATED') THEN\n            RAISE EXCEPTION 'a prescription is written while its consultation is open'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_while_open';\n        END IF;\n        IF encounter.doctor_id <> NEW.doctor_id OR encounter.branch_id <> NEW.branch_id THEN\n            RAISE EXCEPTION 'a prescription belongs to the doctor of its consultation'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_of_its_doctor';\n        END IF;\n    ELSIF (NEW.consultation_id, NEW.doctor_id, NEW.patient_id, NEW.branch_id)\n        IS DISTINCT FROM (OLD.consultation_id, OLD.doctor_id, OLD.patient_id, OLD.branch_id) THEN\n        RAISE EXCEPTION 'a prescription does not move to another consultation'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_of_its_doctor';\n    END IF;\n    IF kalon_kind() = 'staff' AND (TG_OP = 'INSERT' OR OLD.status = 'DRAFT') AND NOT EXISTS (\n        SELECT 1 FROM people_staff WHERE id = NEW.doctor_id AND user_id = kalon_user()) THEN\n        RAISE EXCEPTION 'only the doctor of the consultation writes its prescription'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_of_its_doctor';\n    END IF;\n    RETURN NEW;", declare='encounter record;', events='BEFORE INSERT OR UPDATE', level='ROW', name='prescribing_of_its_doctor'), kalon.kernel.triggers.Trigger(body="\n    IF OLD.status = 'DRAFT' AND NEW.status = 'FINALIZED' THEN\n        IF NOT EXISTS (SELECT 1 FROM prescribing_prescriptionitem WHERE prescription_id = NEW.id) THEN\n            RAISE EXCEPTION 'a prescription holds at least one medicine'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_not_empty';\n        END IF;\n        IF NOT EXISTS (SELECT 1 FROM prescribing_keptfinding WHERE prescription_id = NEW.id) THEN\n            RAISE EXCEPTION 'a prescription is checked before it is finalised'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_checked_first';\n        END IF;\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE', level='ROW', name='prescribing_checked_first'), models.UniqueConstraint(fields=('organization', 'patient', 'id'), name='prescribing_once_of_patient'), models.UniqueConstraint(fields=('organization', 'number'), name='prescribing_number_once'), models.CheckConstraint(condition=models.Q(models.Q(('finalized_at', None), ('finalized_by', None), ('number', None), ('status', 'DRAFT')), models.Q(('finalized_at', None), ('finalized_by', None), ('number', None), ('status', 'CANCELLED')), models.Q(models.Q(('status', 'DRAFT'), _negated=True), ('finalized_at__isnull', False), ('number__isnull', False), ('prescribed_on__isnull', False), ('serial__isnull', False), ('finalized_by', models.F('doctor'))), _connector='OR'), name='prescribing_numbered'), models.CheckConstraint(condition=models.Q(('refills__lte', 12), ('refills_used__lte', models.F('refills')), models.Q(models.Q(('refills', 0), ('refills_until', None)), models.Q(('refills__gt', 0), ('refills_until__isnull', False)), _connector='OR')), name='prescribing_refills_authorised'), kalon.kernel.rows.SameOrganization(field='patient_id', name='prescribing_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.SameOrganization(field='branch_id', name='prescribing_branch_here', through=('organization_id',), to='people.Branch'), kalon.kernel.rows.SameOrganization(field='doctor_id', name='prescribing_doctor_here', through=('organization_id',), to='people.Staff'), kalon.kernel.rows.SameOrganization(field='consultation_id', name='prescribing_consultation_of_patient', through=('organization_id', 'patient_id'), to='consultations.Consultation'), kalon.kernel.rows.SameOrganization(field='repeats_id', name='prescribing_repeats_of_patient', through=('organization_id', 'patient_id'), to='prescribing.Prescription'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='prescribing_prescription_rows', patient='patient_id', portal='SELECT', portal_where="status <> 'DRAFT'", reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='KeptFinding',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('severity', models.CharField(max_length=4)),
                ('key', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('title', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('mechanism', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('action', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('source', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('reason', kalon.kernel.encrypted.EncryptedText(key='patient.data_key', null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('prescription', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='prescribing.prescription')),
            ],
            options={
                'ordering': ['prescription', 'created_at', 'id'],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    SELECT status INTO found_status FROM prescribing_prescription WHERE id = parent_id FOR KEY SHARE;\n    IF found_status IN ('FINALIZED', 'PARTIALLY_DISPENSED', 'DISPENSED', 'SENT_TO_PHARMACY', 'CANCELLED') OR (TG_OP = 'UPDATE' AND OLD.prescription_id <> NEW.prescription_id) THEN\n        RAISE EXCEPTION 'prescribing_prescription is % and its rows in prescribing_keptfinding are sealed', found_status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_keptfinding_sealed';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;", declare="parent_id uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.prescription_id ELSE NEW.prescription_id END; found_status text;", events='BEFORE INSERT OR UPDATE OR DELETE', level='ROW', name='prescribing_keptfinding_sealed'), models.CheckConstraint(condition=models.Q(('severity__in', ['stop', 'warn', 'note'])), name='prescribing_finding_severity'), models.CheckConstraint(condition=models.Q(models.Q(('severity', 'stop'), _negated=True), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('reason__isnull', False)), _connector='OR'), name='prescribing_stop_has_reason'), kalon.kernel.rows.SameOrganization(field='prescription_id', name='prescribing_finding_same_prescription', through=('organization_id', 'patient_id'), to='prescribing.Prescription'), kalon.kernel.rows.SameOrganization(field='answered_by_id', name='prescribing_finding_answered_here', through=('organization_id',), to='people.Staff'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE, DELETE', name='prescribing_keptfinding_rows', patient='patient_id', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='PrescriptionItem',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('medicine', models.CharField(blank=True, max_length=80)),
                ('name', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('form', models.CharField(blank=True, max_length=60)),
                ('strength', models.CharField(blank=True, max_length=60)),
                ('route', models.CharField(blank=True, max_length=40)),
                ('dose', models.DecimalField(decimal_places=3, default=Decimal('1'), max_digits=9)),
                ('dose_unit', models.CharField(default='tablet', max_length=20)),
                ('frequency', models.CharField(default='OD', max_length=8)),
                ('every_hours', models.PositiveSmallIntegerField(null=True)),
                ('most_a_day', models.PositiveSmallIntegerField(null=True)),
                ('days', models.PositiveSmallIntegerField(null=True)),
                ('steps', models.JSONField(default=list)),
                ('timing', models.CharField(blank=True, max_length=20)),
                ('quantity', models.DecimalField(decimal_places=3, max_digits=10, null=True)),
                ('is_in_house', models.BooleanField(default=False)),
                ('stock_item', models.UUIDField(null=True)),
                ('instructions', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('prescription', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='prescribing.prescription')),
            ],
            options={
                'ordering': ['prescription', 'position', 'id'],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    SELECT status INTO found_status FROM prescribing_prescription WHERE id = parent_id FOR KEY SHARE;\n    IF found_status IN ('FINALIZED', 'PARTIALLY_DISPENSED', 'DISPENSED', 'SENT_TO_PHARMACY', 'CANCELLED') OR (TG_OP = 'UPDATE' AND OLD.prescription_id <> NEW.prescription_id) THEN\n        RAISE EXCEPTION 'prescribing_prescription is % and its rows in prescribing_prescriptionitem are sealed', found_status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_prescriptionitem_sealed';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;", declare="parent_id uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.prescription_id ELSE NEW.prescription_id END; found_status text;", events='BEFORE INSERT OR UPDATE OR DELETE', level='ROW', name='prescribing_prescriptionitem_sealed'), models.UniqueConstraint(fields=('organization', 'patient', 'id'), name='prescribing_item_of_patient'), models.CheckConstraint(condition=models.Q(('frequency__in', ['OD', 'BD', 'TDS', 'QDS', 'HS', 'EVERY', 'SOS', 'ALT', 'WEEKLY', 'STAT'])), name='prescribing_item_frequency_known'), models.CheckConstraint(condition=models.Q(('timing__in', ['', 'BEFORE_FOOD', 'AFTER_FOOD', 'WITH_FOOD', 'EMPTY', 'BEDTIME', 'BEFORE_PROCEDURE'])), name='prescribing_item_timing_known'), models.CheckConstraint(condition=models.Q(('dose__gt', 0), models.Q(('quantity', None), ('quantity__gt', 0), _connector='OR')), name='prescribing_item_above_zero'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(('every_hours__range', (1, 24)), ('frequency', 'EVERY')), models.Q(('every_hours', None), ('frequency', 'EVERY'), _negated=True), _connector='OR'), models.Q(models.Q(('frequency', 'SOS'), _negated=True), ('most_a_day__isnull', False), _connector='OR')), name='prescribing_item_frequency_complete'), kalon.kernel.rows.SameOrganization(field='prescription_id', name='prescribing_item_same_prescription', through=('organization_id', 'patient_id'), to='prescribing.Prescription'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE, DELETE', name='prescribing_prescriptionitem_rows', patient='patient_id', portal='SELECT', portal_where="prescription_id IN (SELECT id FROM prescribing_prescription WHERE status <> 'DRAFT')", reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Favourite',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('label', models.CharField(max_length=120)),
                ('line', models.JSONField()),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
            ],
            options={
                'ordering': ['label', 'id'],
                'constraints': [models.UniqueConstraint(fields=('staff', 'label'), name='prescribing_favourite_once'), kalon.kernel.rows.SameOrganization(field='staff_id', name='prescribing_favourite_staff_here', through=('organization_id',), to='people.Staff'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE, DELETE', name='prescribing_favourite_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
    ]
