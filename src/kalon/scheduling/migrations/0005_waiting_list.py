import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.ids
import kalon.kernel.rows
import kalon.kernel.triggers
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0002_needs'),
        ('patients', '0002_search'),
        ('people', '0003_equipment'),
        ('scheduling', '0004_follow_ups'),
    ]

    operations = [
        migrations.AlterField(
            model_name='appointment',
            name='source',
            field=models.CharField(choices=[('FRONT_DESK', 'At the desk'), ('PHONE', 'By phone'), ('WALK_IN', 'Walk-in'), ('SELF_SERVICE', 'Online'), ('WHATSAPP', 'WhatsApp'), ('WAITING_LIST', 'From the waiting list')], default='FRONT_DESK', max_length=16),
        ),
        migrations.CreateModel(
            name='WaitingEntry',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('weekdays', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=list, size=None)),
                ('from_time', models.TimeField()),
                ('to_time', models.TimeField()),
                ('from_date', models.DateField()),
                ('until_date', models.DateField()),
                ('priority', models.CharField(choices=[('NORMAL', 'Normal'), ('URGENT', 'Urgent'), ('EMERGENCY', 'Emergency')], default='NORMAL', max_length=10)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('status', models.CharField(choices=[('WAITING', 'Waiting'), ('OFFERED', 'A time is offered'), ('BOOKED', 'Booked'), ('WITHDRAWN', 'Taken off the list'), ('EXPIRED', 'No time was found')], default='WAITING', max_length=16)),
                ('appointment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scheduling.appointment')),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('doctor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.service')),
                ('visit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scheduling.appointment')),
            ],
            options={
                'verbose_name_plural': 'waiting entries',
                'ordering': ['created_at', 'id'],
                'indexes': [models.Index(fields=['branch', 'status'], name='scheduling_waiting_of_branch')],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.status IN ('WAITING') THEN\n            NEW.status_at := kalon_now();\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION '% is no beginning of scheduling_waitingentry', NEW.status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_waitingentry_status_moves';\n    END IF;\n    IF NEW.status = OLD.status THEN\n        NEW.status_at := OLD.status_at;\n        RETURN NEW;\n    END IF;\n    IF (OLD.status IN ('WAITING') AND NEW.status = 'OFFERED')\n        OR (OLD.status IN ('OFFERED') AND NEW.status = 'WAITING')\n        OR (OLD.status IN ('WAITING', 'OFFERED') AND NEW.status = 'BOOKED' AND NULLIF(NEW.appointment_id::text, '') IS NOT NULL)\n        OR (OLD.status IN ('WAITING', 'OFFERED') AND NEW.status = 'WITHDRAWN' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('WAITING', 'OFFERED') AND NEW.status = 'EXPIRED')\n    THEN\n        NEW.status_at := kalon_now();\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION '% may not become % in scheduling_waitingentry', OLD.status, NEW.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_waitingentry_status_moves';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='scheduling_waitingentry_status_moves'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN\n        INSERT INTO kernel_auditevent (kind, organization_id, patient_id, user_id, actor_name, actor_kind,\n            subject_table, subject_id, move, from_state, to_state, reason, origin_ip, request_id, facts, purpose)\n        VALUES ('MOVE', NEW.organization_id, NEW.patient_id, kalon_user(),\n            COALESCE(NULLIF(current_setting('kalon.actor', true), ''), session_user), COALESCE(kalon_kind(), 'sql'),\n            'scheduling_waitingentry', NEW.id, COALESCE(NULLIF(current_setting('kalon.move', true), ''), 'sql'),\n            CASE WHEN TG_OP = 'UPDATE' THEN OLD.status ELSE '' END, NEW.status,\n            COALESCE(current_setting('kalon.reason', true), ''),\n            NULLIF(split_part(current_setting('kalon.origin', true), '|', 1), '')::inet,\n            COALESCE(split_part(current_setting('kalon.origin', true), '|', 2), ''), '{}', '');\n    END IF;\n    RETURN NULL;", declare='', events='AFTER INSERT OR UPDATE', level='ROW', name='scheduling_waitingentry_history'), kalon.kernel.triggers.Trigger(body="\n    IF OLD.status NOT IN ('BOOKED', 'WITHDRAWN', 'EXPIRED') THEN\n        IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;\n    END IF;\n    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['status', 'status_at'] = to_jsonb(OLD) - ARRAY['status', 'status_at'] THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'this row of scheduling_waitingentry is sealed (%); correct it by a new record that names it', OLD.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_waitingentry_sealed';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='scheduling_waitingentry_sealed'), kalon.kernel.triggers.Trigger(body="\n    IF current_user <> 'kalon_portal' THEN RETURN NEW; END IF;\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.status = 'WAITING' AND NEW.priority = 'NORMAL' AND NEW.appointment_id IS NULL THEN RETURN NEW; END IF;\n    ELSIF to_jsonb(NEW) - ARRAY['status', 'status_at'] = to_jsonb(OLD) - ARRAY['status', 'status_at']\n        AND NEW.status = 'WITHDRAWN'\n    THEN\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION 'a patient may join the waiting list and leave it, and nothing else'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_waitingentry_by_patient';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='scheduling_waitingentry_by_patient'), models.UniqueConstraint(condition=models.Q(('status__in', ('WAITING', 'OFFERED'))), fields=('patient', 'branch', 'service'), name='scheduling_waitingentry_once'), models.UniqueConstraint(fields=('organization', 'patient', 'id'), name='scheduling_waitingentry_of_patient'), models.CheckConstraint(condition=models.Q(('from_time__lt', models.F('to_time'))), name='scheduling_waitingentry_hours'), models.CheckConstraint(condition=models.Q(('from_date__lte', models.F('until_date'))), name='scheduling_waitingentry_days'), models.CheckConstraint(condition=models.Q(('weekdays__contained_by', [0, 1, 2, 3, 4, 5, 6]), ('weekdays__len__gte', 1)), name='scheduling_waitingentry_weekdays'), kalon.kernel.rows.SameOrganization(field='patient_id', name='scheduling_waitingentry_same_patient', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.SameOrganization(field='branch_id', name='scheduling_waitingentry_same_branch', through=('organization_id',), to='people.Branch'), kalon.kernel.rows.SameOrganization(field='service_id', name='scheduling_waitingentry_same_service', through=('organization_id',), to='catalog.Service'), kalon.kernel.rows.SameOrganization(field='doctor_id', name='scheduling_waitingentry_same_doctor', through=('organization_id',), to='people.Staff'), kalon.kernel.rows.SameOrganization(field='visit_id', name='scheduling_waitingentry_same_visit', through=('organization_id', 'patient_id'), to='scheduling.Appointment'), kalon.kernel.rows.SameOrganization(field='appointment_id', name='scheduling_waitingentry_same_appointment', through=('organization_id', 'patient_id'), to='scheduling.Appointment'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='scheduling_waitingentry_rows', patient='patient_id', portal='SELECT, INSERT, UPDATE', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='WaitingOffer',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('period', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ('starts_at', models.GeneratedField(db_persist=True, expression=models.Func(models.F('period'), function='lower'), output_field=models.DateTimeField())),
                ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('expires_at', models.DateTimeField()),
                ('status', models.CharField(choices=[('OPEN', 'Open'), ('ACCEPTED', 'Accepted'), ('DECLINED', 'Declined'), ('EXPIRED', 'Not answered in time'), ('LOST', 'Somebody was quicker')], default='OPEN', max_length=16)),
                ('appointment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scheduling.appointment')),
                ('doctor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='scheduling.waitingentry')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
                'indexes': [models.Index(condition=models.Q(('status', 'OPEN')), fields=['expires_at'], name='scheduling_offer_open')],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.status IN ('OPEN') THEN\n            NEW.status_at := kalon_now();\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION '% is no beginning of scheduling_waitingoffer', NEW.status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_waitingoffer_status_moves';\n    END IF;\n    IF NEW.status = OLD.status THEN\n        NEW.status_at := OLD.status_at;\n        RETURN NEW;\n    END IF;\n    IF (OLD.status IN ('OPEN') AND NEW.status = 'ACCEPTED' AND NULLIF(NEW.appointment_id::text, '') IS NOT NULL)\n        OR (OLD.status IN ('OPEN') AND NEW.status = 'DECLINED')\n        OR (OLD.status IN ('OPEN') AND NEW.status = 'EXPIRED')\n        OR (OLD.status IN ('OPEN') AND NEW.status = 'LOST')\n    THEN\n        NEW.status_at := kalon_now();\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION '% may not become % in scheduling_waitingoffer', OLD.status, NEW.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_waitingoffer_status_moves';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='scheduling_waitingoffer_status_moves'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN\n        INSERT INTO kernel_auditevent (kind, organization_id, patient_id, user_id, actor_name, actor_kind,\n            subject_table, subject_id, move, from_state, to_state, reason, origin_ip, request_id, facts, purpose)\n        VALUES ('MOVE', NEW.organization_id, NEW.patient_id, kalon_user(),\n            COALESCE(NULLIF(current_setting('kalon.actor', true), ''), session_user), COALESCE(kalon_kind(), 'sql'),\n            'scheduling_waitingoffer', NEW.id, COALESCE(NULLIF(current_setting('kalon.move', true), ''), 'sql'),\n            CASE WHEN TG_OP = 'UPDATE' THEN OLD.status ELSE '' END, NEW.status,\n            COALESCE(current_setting('kalon.reason', true), ''),\n            NULLIF(split_part(current_setting('kalon.origin', true), '|', 1), '')::inet,\n            COALESCE(split_part(current_setting('kalon.origin', true), '|', 2), ''), '{}', '');\n    END IF;\n    RETURN NULL;", declare='', events='AFTER INSERT OR UPDATE', level='ROW', name='scheduling_waitingoffer_history'), kalon.kernel.triggers.Trigger(body="\n    IF OLD.status NOT IN ('ACCEPTED', 'DECLINED', 'EXPIRED', 'LOST') THEN\n        IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;\n    END IF;\n    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['status', 'status_at'] = to_jsonb(OLD) - ARRAY['status', 'status_at'] THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'this row of scheduling_waitingoffer is sealed (%); correct it by a new record that names it', OLD.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_waitingoffer_sealed';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='scheduling_waitingoffer_sealed'), models.UniqueConstraint(condition=models.Q(('status', 'OPEN')), fields=('entry',), name='scheduling_waitingoffer_one_at_a_time'), models.UniqueConstraint(condition=models.Q(('status', 'ACCEPTED')), fields=('appointment',), name='scheduling_waitingoffer_one_visit'), models.CheckConstraint(condition=models.Q(('expires_at__lte', models.F('starts_at'))), name='scheduling_waitingoffer_answered_before'), kalon.kernel.rows.SameOrganization(field='entry_id', name='scheduling_waitingoffer_same_entry', through=('organization_id', 'patient_id'), to='scheduling.WaitingEntry'), kalon.kernel.rows.SameOrganization(field='appointment_id', name='scheduling_waitingoffer_same_appointment', through=('organization_id', 'patient_id'), to='scheduling.Appointment'), kalon.kernel.rows.SameOrganization(field='doctor_id', name='scheduling_waitingoffer_same_doctor', through=('organization_id',), to='people.Staff'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='scheduling_waitingoffer_rows', patient='patient_id', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
    ]
