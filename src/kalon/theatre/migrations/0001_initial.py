import django.contrib.postgres.fields
import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.encrypted
import kalon.kernel.ids
import kalon.kernel.rows
import kalon.kernel.triggers
import kalon.theatre.models.clearances
from django.db import migrations, models

from kalon.theatre.models.evidence import EVIDENCE, EVIDENCE_OFF


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('consents', '0002_procedure_consents'),
        ('orders', '0001_squashed'),
        ('quotes', '0003_bundles'),
        ('patients', '0001_squashed'),
        ('people', '0005_tax_number'),
        ('plans', '0003_entries'),
    ]

    operations = [
        migrations.CreateModel(
            name='Clearance',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('surgery_date', models.DateField()),
                ('status', models.CharField(choices=[('OPEN', 'Open'), ('CLEARED', 'Cleared'), ('NOT_CLEARED', 'Not cleared'), ('EXPIRED', 'Expired')], default='OPEN', max_length=12)),
                ('cleared_at', models.DateTimeField(null=True)),
                ('valid_until', models.DateField(null=True)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('cleared_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.procedureplan')),
            ],
            options={
                'db_table': 'theatre_clearance',
                'ordering': ['surgery_date', 'id'],
                'indexes': [models.Index(fields=['organization', 'surgery_date'], name='theatre_clearance_by_date'), models.Index(fields=['plan', '-id'], name='theatre_clearance_of_plan'), models.Index(fields=['patient'], name='theatre_clearance_of_patient')],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.status IN ('OPEN') THEN\n            NEW.status_at := kalon_now();\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION '% is no beginning of theatre_clearance', NEW.status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'theatre_clearance_status_moves';\n    END IF;\n    IF NEW.status = OLD.status THEN\n        NEW.status_at := OLD.status_at;\n        RETURN NEW;\n    END IF;\n    IF (OLD.status IN ('OPEN') AND NEW.status = 'CLEARED' AND NULLIF(NEW.cleared_by_id::text, '') IS NOT NULL AND NULLIF(NEW.valid_until::text, '') IS NOT NULL)\n        OR (OLD.status IN ('OPEN') AND NEW.status = 'NOT_CLEARED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('NOT_CLEARED') AND NEW.status = 'OPEN')\n        OR (OLD.status IN ('CLEARED') AND NEW.status = 'EXPIRED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n    THEN\n        NEW.status_at := kalon_now();\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION '% may not become % in theatre_clearance', OLD.status, NEW.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'theatre_clearance_status_moves';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='theatre_clearance_status_moves'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN\n        INSERT INTO kernel_auditevent (kind, organization_id, patient_id, user_id, actor_name, actor_kind,\n            subject_table, subject_id, move, from_state, to_state, reason, origin_ip, request_id, facts, purpose)\n        VALUES ('MOVE', NEW.organization_id, NEW.patient_id, kalon_user(),\n            COALESCE(NULLIF(current_setting('kalon.actor', true), ''), session_user), COALESCE(kalon_kind(), 'sql'),\n            'theatre_clearance', NEW.id, COALESCE(NULLIF(current_setting('kalon.move', true), ''), 'sql'),\n            CASE WHEN TG_OP = 'UPDATE' THEN OLD.status ELSE '' END, NEW.status,\n            COALESCE(current_setting('kalon.reason', true), ''),\n            NULLIF(split_part(current_setting('kalon.origin', true), '|', 1), '')::inet,\n            COALESCE(split_part(current_setting('kalon.origin', true), '|', 2), ''), '{}', '');\n    END IF;\n    RETURN NULL;", declare='', events='AFTER INSERT OR UPDATE', level='ROW', name='theatre_clearance_history'), kalon.kernel.triggers.Trigger(body="\n    IF OLD.status NOT IN ('CLEARED', 'EXPIRED') THEN\n        IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;\n    END IF;\n    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['status', 'status_at'] = to_jsonb(OLD) - ARRAY['status', 'status_at'] THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'this row of theatre_clearance is sealed (%); correct it by a new record that names it', OLD.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'theatre_clearance_sealed';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='theatre_clearance_sealed'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'UPDATE' THEN\n        IF NEW.plan_id <> OLD.plan_id OR NEW.patient_id <> OLD.patient_id THEN\n            RAISE EXCEPTION 'a clearance stays with its plan' USING ERRCODE = 'check_violation', CONSTRAINT = 'theatre_clearance_of_a_surgery';\n        END IF;\n        RETURN NEW;\n    END IF;\n    PERFORM 1 FROM plans_procedureplan plan WHERE plan.id = NEW.plan_id AND plan.plan_type = 'SURGICAL'\n        AND plan.status IN ('APPROVED', 'CONSENT_PENDING', 'CONSENT_SIGNED', 'SCHEDULED');\n    IF FOUND THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'a clearance hangs from an approved surgery' USING ERRCODE = 'check_violation', CONSTRAINT = 'theatre_clearance_of_a_surgery';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='theatre_clearance_of_a_surgery'), kalon.kernel.triggers.Trigger(body="\n    IF NEW.status <> 'CLEARED' OR OLD.status = 'CLEARED' THEN RETURN NEW; END IF;\n    PERFORM 1 FROM theatre_requirement WHERE clearance_id = NEW.id FOR SHARE;\n    IF (SELECT count(*) FROM theatre_requirement line WHERE line.clearance_id = NEW.id AND line.kind IN ('CONSENT', 'FITNESS', 'MEDICINES', 'MONEY')\n            AND line.moment = 'BEFORE') < 4\n        OR EXISTS (SELECT FROM theatre_requirement line WHERE line.clearance_id = NEW.id\n            AND line.moment = 'BEFORE' AND NOT theatre_holds(line)) THEN\n        RAISE EXCEPTION 'a line of this clearance has no evidence that holds' USING ERRCODE = 'check_violation', CONSTRAINT = 'theatre_clearance_lines';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE', level='ROW', name='theatre_clearance_lines'), models.UniqueConstraint(condition=models.Q(('status', 'EXPIRED'), _negated=True), fields=('plan', 'surgery_date'), name='theatre_clearance_one_live'), models.UniqueConstraint(fields=('organization_id', 'patient_id', 'id'), name='theatre_clearance_of_patient_once'), models.CheckConstraint(condition=models.Q(models.Q(('cleared_at__isnull', False), ('cleared_by__isnull', False), ('status__in', ['CLEARED', 'EXPIRED']), ('valid_until__isnull', False)), models.Q(('cleared_at', None), ('cleared_by', None), ('status__in', ['OPEN', 'NOT_CLEARED']), ('valid_until', None)), _connector='OR'), name='theatre_clearance_cleared_by_somebody'), kalon.kernel.rows.SameOrganization(field='plan_id', name='theatre_clearance_plan_of_patient', through=('organization_id', 'patient_id'), to='plans.ProcedurePlan'), kalon.kernel.rows.SameOrganization(field='patient_id', name='theatre_clearance_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.SameOrganization(field='branch_id', name='theatre_clearance_branch_here', through=('organization_id',), to='people.Branch'), kalon.kernel.rows.SameOrganization(field='cleared_by_id', name='theatre_clearance_by_staff_here', through=('organization_id',), to='people.Staff'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='theatre_clearance_rows', patient='patient_id', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Policy',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('lab_codes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), blank=True, default=kalon.theatre.models.clearances.usual_tests, size=20)),
                ('lab_days', models.PositiveSmallIntegerField(default=90)),
                ('valid_days', models.PositiveSmallIntegerField(default=14)),
                ('follow_up_days', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, default=kalon.theatre.models.clearances.usual_follow_ups, size=8)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'db_table': 'theatre_policy',
                'constraints': [models.UniqueConstraint(fields=('organization',), name='theatre_policy_one'), models.CheckConstraint(condition=models.Q(('lab_days__range', (1, 365)), ('valid_days__range', (1, 90))), name='theatre_policy_days'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='theatre_policy_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Requirement',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('kind', models.CharField(max_length=20)),
                ('moment', models.CharField(choices=[('BEFORE', 'Before the day'), ('DAY_OF', 'On the day')], max_length=6)),
                ('position', models.PositiveSmallIntegerField()),
                ('subject', models.CharField(blank=True, max_length=300)),
                ('title', models.CharField(max_length=80)),
                ('evidence_kind', models.CharField(blank=True, max_length=60)),
                ('evidence_id', models.UUIDField(null=True)),
                ('met_at', models.DateTimeField(null=True)),
                ('met_by', models.CharField(blank=True, max_length=200)),
                ('reopened_at', models.DateTimeField(null=True)),
                ('reopened_because', models.CharField(blank=True, max_length=200)),
                ('clearance', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='theatre.clearance')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'db_table': 'theatre_requirement',
                'ordering': ['clearance', 'position'],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    SELECT status INTO stands FROM theatre_clearance WHERE id = NEW.clearance_id FOR KEY SHARE;\n    IF stands IS DISTINCT FROM 'OPEN'\n        AND NOT (TG_OP = 'UPDATE' AND stands = 'CLEARED' AND NEW.moment = 'DAY_OF') THEN\n        RAISE EXCEPTION 'the lines of this clearance are closed (%)', stands USING ERRCODE = 'check_violation', CONSTRAINT = 'theatre_requirement_closed';\n    END IF;\n    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['evidence_kind', 'evidence_id', 'met_at', 'met_by', 'reopened_at', 'reopened_because'] <> to_jsonb(OLD) - ARRAY['evidence_kind', 'evidence_id', 'met_at', 'met_by', 'reopened_at', 'reopened_because'] THEN\n        RAISE EXCEPTION 'a line says for good what it asks' USING ERRCODE = 'check_violation', CONSTRAINT = 'theatre_requirement_fixed';\n    END IF;\n    IF NEW.evidence_id IS NULL THEN RETURN NEW; END IF;\n    IF TG_OP = 'INSERT' OR NOT theatre_holds(NEW) THEN\n        RAISE EXCEPTION 'this row is no evidence for this line' USING ERRCODE = 'check_violation', CONSTRAINT = 'theatre_requirement_evidence';\n    END IF;\n    RETURN NEW;", declare='stands text;', events='BEFORE INSERT OR UPDATE', level='ROW', name='theatre_requirement_answered'), models.UniqueConstraint(fields=('clearance', 'kind'), name='theatre_requirement_once'), models.UniqueConstraint(fields=('organization_id', 'patient_id', 'id'), name='theatre_requirement_of_patient_once'), models.CheckConstraint(condition=models.Q(models.Q(('evidence_id__isnull', False), ('evidence_kind__regex', '^[a-z_]+\\.[a-z_]+$'), ('met_at__isnull', False)), models.Q(('evidence_id', None), ('evidence_kind', ''), ('met_at', None), ('met_by', '')), _connector='OR'), name='theatre_requirement_evidence_whole'), models.CheckConstraint(condition=models.Q(('moment__in', ['BEFORE', 'DAY_OF'])), name='theatre_requirement_moment'), kalon.kernel.rows.SameOrganization(field='clearance_id', name='theatre_requirement_of_clearance', through=('organization_id', 'patient_id'), to='theatre.Clearance'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='theatre_requirement_rows', patient='patient_id', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('words', kalon.kernel.encrypted.EncryptedText(key='patient.data_key')),
                ('said_at', models.DateTimeField()),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('requirement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='theatre.requirement')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('withdraws', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='withdrawn_by', to='theatre.statement')),
            ],
            options={
                'db_table': 'theatre_statement',
                'ordering': ['said_at', 'id'],
                'constraints': [kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of theatre_statement are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'theatre_statement_stays';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='theatre_statement_stays'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of theatre_statement are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'theatre_statement_stays';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='theatre_statement_stays_truncate'), kalon.kernel.triggers.Trigger(body="\n    IF EXISTS (SELECT FROM people_staff who WHERE who.id = NEW.staff_id AND who.user_id = kalon_user())\n    THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'nobody says this in the name of somebody else' USING ERRCODE = 'check_violation', CONSTRAINT = 'theatre_statement_by_who_acts';", declare='', events='BEFORE INSERT', level='ROW', name='theatre_statement_by_who_acts'), models.UniqueConstraint(fields=('organization_id', 'patient_id', 'requirement', 'id'), name='theatre_statement_of_line_once'), kalon.kernel.rows.SameOrganization(field='requirement_id', name='theatre_statement_of_requirement', through=('organization_id', 'patient_id'), to='theatre.Requirement'), kalon.kernel.rows.SameOrganization(field='withdraws_id', name='theatre_statement_withdraws_of_line', through=('organization_id', 'patient_id', 'requirement_id'), to='theatre.Statement'), kalon.kernel.rows.SameOrganization(field='staff_id', name='theatre_statement_staff_here', through=('organization_id',), to='people.Staff'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='theatre_statement_rows', patient='patient_id', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Waiver',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('reason', kalon.kernel.encrypted.EncryptedText(key='patient.data_key')),
                ('signed_name', models.CharField(max_length=120)),
                ('signed_at', models.DateTimeField()),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('requirement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='waiver', to='theatre.requirement')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
            ],
            options={
                'db_table': 'theatre_waiver',
                'constraints': [kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of theatre_waiver are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'theatre_waiver_stays';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='theatre_waiver_stays'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of theatre_waiver are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'theatre_waiver_stays';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='theatre_waiver_stays_truncate'), kalon.kernel.triggers.Trigger(body="\n    IF EXISTS (SELECT FROM people_staff who WHERE who.id = NEW.staff_id AND who.user_id = kalon_user() AND who.kind IN ('DOCTOR', 'SURGEON', 'ANAESTHETIST'))\n    THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'nobody says this in the name of somebody else' USING ERRCODE = 'check_violation', CONSTRAINT = 'theatre_waiver_by_who_acts';", declare='', events='BEFORE INSERT', level='ROW', name='theatre_waiver_by_who_acts'), models.CheckConstraint(condition=models.Q(('signed_name', ''), _negated=True), name='theatre_waiver_signed'), kalon.kernel.rows.SameOrganization(field='requirement_id', name='theatre_waiver_of_requirement', through=('organization_id', 'patient_id'), to='theatre.Requirement'), kalon.kernel.rows.SameOrganization(field='staff_id', name='theatre_waiver_staff_here', through=('organization_id',), to='people.Staff'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='theatre_waiver_rows', patient='patient_id', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.RunSQL(EVIDENCE, EVIDENCE_OFF),
    ]
