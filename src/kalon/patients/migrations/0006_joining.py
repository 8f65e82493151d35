"""Two records of one person are joined, and separated again within a day."""

import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.encrypted
import kalon.kernel.ids
import kalon.kernel.rows
import kalon.kernel.triggers
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0005_history'),
        ('kernel', '0006_joined'),
        ('people', '0004_role_offered'),
    ]

    operations = [
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
                ('absorbed', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('survivor', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'db_table': 'patients_merge',
                'indexes': [models.Index(fields=['survivor'], name='patients_merge_survivor')],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.status IN ('MERGED') THEN\n            NEW.status_at := kalon_now();\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION '% is no beginning of patients_merge', NEW.status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'patients_merge_status_moves';\n    END IF;\n    IF NEW.status = OLD.status THEN\n        NEW.status_at := OLD.status_at;\n        RETURN NEW;\n    END IF;\n    IF (OLD.status IN ('MERGED') AND NEW.status = 'UNDONE' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL AND OLD.status_at > kalon_now() - interval '86400 seconds')\n    THEN\n        NEW.status_at := kalon_now();\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION '% may not become % in patients_merge', OLD.status, NEW.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'patients_merge_status_moves';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='patients_merge_status_moves'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN\n        INSERT INTO kernel_auditevent (kind, organization_id, patient_id, user_id, actor_name, actor_kind,\n            subject_table, subject_id, move, from_state, to_state, reason, origin_ip, request_id, facts, purpose)\n        VALUES ('MOVE', NEW.organization_id, NEW.survivor_id, kalon_user(),\n            COALESCE(NULLIF(current_setting('kalon.actor', true), ''), session_user), COALESCE(kalon_kind(), 'sql'),\n            'patients_merge', NEW.id, COALESCE(NULLIF(current_setting('kalon.move', true), ''), 'sql'),\n            CASE WHEN TG_OP = 'UPDATE' THEN OLD.status ELSE '' END, NEW.status,\n            COALESCE(current_setting('kalon.reason', true), ''),\n            NULLIF(split_part(current_setting('kalon.origin', true), '|', 1), '')::inet,\n            COALESCE(split_part(current_setting('kalon.origin', true), '|', 2), ''), '{}', '');\n    END IF;\n    RETURN NULL;", declare='', events='AFTER INSERT OR UPDATE', level='ROW', name='patients_merge_history'), kalon.kernel.triggers.Trigger(body="\n    IF OLD.status NOT IN ('MERGED', 'UNDONE') THEN\n        IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;\n    END IF;\n    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['status', 'status_at'] = to_jsonb(OLD) - ARRAY['status', 'status_at'] THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'this row of patients_merge is sealed (%); correct it by a new record that names it', OLD.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'patients_merge_sealed';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='patients_merge_sealed'), kalon.kernel.triggers.Trigger(body="\n    PERFORM 1 FROM patients_patient WHERE id IN (NEW.survivor_id, NEW.absorbed_id) ORDER BY id FOR UPDATE;\n    IF EXISTS (SELECT FROM patients_merge\n        WHERE status = 'MERGED' AND (absorbed_id = NEW.survivor_id OR survivor_id = NEW.absorbed_id))\n    THEN\n        RAISE EXCEPTION 'one of the two records is part of another join'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'patients_merge_chain';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE INSERT', level='ROW', name='patients_merge_chain'), models.UniqueConstraint(condition=models.Q(('status', 'MERGED')), fields=('absorbed',), name='patients_merge_absorbed_once'), models.CheckConstraint(condition=models.Q(('survivor', models.F('absorbed')), _negated=True), name='patients_merge_two_records'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='patients_merge_reason'), kalon.kernel.rows.SameOrganization(field='survivor_id', name='patients_merge_survivor_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.SameOrganization(field='absorbed_id', name='patients_merge_absorbed_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='patients_merge_rows', patient='survivor_id', portal='SELECT', portal_where='', reviewed='SELECT', tenant='organization_id')],
            },
        ),
        # a right to lock a row, for the guard of joined records (kalon.kernel.joined)
        migrations.RunSQL(
            "GRANT UPDATE (version) ON patients_patient TO kalon_reviewed",
            "REVOKE UPDATE (version) ON patients_patient FROM kalon_reviewed",
        ),
    ]
