import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.ids
import kalon.kernel.rows
import kalon.kernel.triggers
import kalon.scheduling.models.guards
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0003_equipment'),
        ('people', '__first__'),
        ('scheduling', '0006_as_offered'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='allocation',
            name='scheduling_take',
        ),
        migrations.RemoveConstraint(
            model_name='schedulebreak',
            name='scheduling_schedulebreak_hours',
        ),
        migrations.RemoveConstraint(
            model_name='timeoff',
            name='scheduling_timeoff_rows',
        ),
        migrations.RemoveConstraint(
            model_name='weeklyschedule',
            name='scheduling_weeklyschedule_hours',
        ),
        migrations.RemoveConstraint(
            model_name='weeklyschedule',
            name='scheduling_weeklyschedule_works_once',
        ),
        migrations.AddField(
            model_name='timeoff',
            name='equipment',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.equipment'),
        ),
        migrations.AddField(
            model_name='timeoff',
            name='except_staff',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None),
        ),
        migrations.AddField(
            model_name='timeoff',
            name='room',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.room'),
        ),
        migrations.AddField(
            model_name='timeoff',
            name='series',
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='weeklyschedule',
            name='timezone',
            field=models.CharField(default='', editable=False, max_length=60),
        ),
        # The owner sees no rows of a clinic unless its own tables are opened to it for the moment.
        migrations.RunSQL(
            sql='ALTER TABLE people_branch NO FORCE ROW LEVEL SECURITY;\nALTER TABLE scheduling_weeklyschedule NO FORCE ROW LEVEL SECURITY;\nUPDATE scheduling_weeklyschedule AS line SET timezone = here.timezone FROM people_branch AS here WHERE here.id = line.branch_id;\nALTER TABLE scheduling_weeklyschedule FORCE ROW LEVEL SECURITY;\nALTER TABLE people_branch FORCE ROW LEVEL SECURITY;',
            reverse_sql='',
        ),
        migrations.AlterField(
            model_name='timeoff',
            name='kind',
            field=models.CharField(choices=[('LEAVE', 'Leave'), ('HOLIDAY', 'Holiday'), ('MEETING', 'Meeting'), ('MAINTENANCE', 'Maintenance'), ('CLEANING', 'Deep cleaning')], default='LEAVE', max_length=16),
        ),
        migrations.AddIndex(
            model_name='timeoff',
            index=models.Index(condition=models.Q(('series__isnull', False)), fields=['series'], name='scheduling_timeoff_of_series'),
        ),
        migrations.AddConstraint(
            model_name='allocation',
            constraint=kalon.scheduling.models.guards.ReviewedFunction(arguments='clinic uuid, at_branch uuid, during tstzrange, doctor uuid, twice boolean, chamber uuid, team uuid[], devices uuid[], before integer, after integer, visit uuid, hold uuid, until timestamptz', body="\n    FOR wanted IN\n        SELECT * FROM (\n            SELECT doctor AS id, 'staff' AS kind, during AS used, 0 AS places, twice AS doubled WHERE doctor IS NOT NULL\n            UNION ALL SELECT member, 'staff', tstzrange(lower(during) - make_interval(mins => before),\n                upper(during) + make_interval(mins => after)), 0, false FROM unnest(team) AS member\n            UNION ALL SELECT room.id, 'room', tstzrange(lower(during) - make_interval(mins => before),\n                upper(during) + make_interval(mins => greatest(after, room.buffer_minutes))), room.capacity, false\n                FROM people_room AS room WHERE room.id = chamber AND room.branch_id = at_branch\n            UNION ALL SELECT device.id, 'equipment', tstzrange(lower(during) - make_interval(mins => before),\n                upper(during) + make_interval(mins => greatest(after, device.buffer_minutes))), 1, false\n                FROM people_equipment AS device WHERE device.id = ANY (devices) AND device.branch_id = at_branch\n        ) AS everything ORDER BY id\n    LOOP\n        taken := taken + 1;\n        PERFORM pg_advisory_xact_lock(hashtextextended(wanted.id::text, 7));\n        UPDATE scheduling_allocation SET is_live = false\n            WHERE resource_id = wanted.id AND is_live AND appointment_id IS NULL AND period && wanted.used\n            AND (expires_at <= kalon_now() OR held_by = kalon_user());\n        IF wanted.kind = 'staff' THEN\n            wanted.places := (SELECT COALESCE(max(line.capacity), 1) FROM scheduling_weeklyschedule AS line\n            JOIN people_branch AS here ON here.id = line.branch_id,\n            LATERAL (SELECT lower(during) AT TIME ZONE here.timezone AS wall) AS clock\n            WHERE line.staff_id = wanted.id AND line.branch_id = at_branch AND line.is_active\n                AND (line.weekday = EXTRACT(isodow FROM clock.wall) - 1 AND line.starts_at <= clock.wall::time\n                    AND (clock.wall::time < line.ends_at OR line.ends_at <= line.starts_at)\n                    AND line.valid_from <= clock.wall::date AND COALESCE(clock.wall::date <= line.valid_to, true)\n                OR line.ends_at <= line.starts_at AND clock.wall::time < line.ends_at\n                    AND line.weekday = EXTRACT(isodow FROM clock.wall - interval '1 day') - 1\n                    AND line.valid_from < clock.wall::date\n                    AND COALESCE(clock.wall::date <= line.valid_to + 1, true)));\n        END IF;\n        -- The lowest place nobody has; when there is none, the first one, so that the constraint says no by its name.\n        FOR part IN SELECT unnest(CASE WHEN hold IS NULL THEN tstzmultirange(wanted.used)\n            ELSE tstzmultirange(wanted.used) - COALESCE((SELECT range_agg(own.period) FROM scheduling_allocation AS own\n                WHERE own.appointment_id = visit AND own.resource_id = wanted.id AND own.is_live), '{}') END)\n        LOOP\n            INSERT INTO scheduling_allocation (id, created_at, organization_id, branch_id, staff_id, room_id,\n                equipment_id, appointment_id, hold_id, held_by, expires_at, period, is_overbooked, is_live, place)\n            VALUES (gen_random_uuid(), kalon_now(), clinic, at_branch,\n                CASE WHEN wanted.kind = 'staff' THEN wanted.id END,\n                CASE WHEN wanted.kind = 'room' THEN wanted.id END,\n                CASE WHEN wanted.kind = 'equipment' THEN wanted.id END,\n                CASE WHEN hold IS NULL THEN visit END, hold, CASE WHEN hold IS NOT NULL THEN kalon_user() END, until,\n                part, wanted.doubled, true,\n                COALESCE((SELECT min(free.place) FROM generate_series(0, wanted.places - 1) AS free (place)\n                    WHERE NOT EXISTS (SELECT 1 FROM scheduling_allocation AS other\n                        WHERE other.resource_id = wanted.id AND other.is_live AND NOT other.is_overbooked\n                        AND other.place = free.place AND other.period && part)), 0));\n        END LOOP;\n    END LOOP;\n    IF taken <> (doctor IS NOT NULL)::int + (chamber IS NOT NULL)::int\n        + cardinality(team) + cardinality(devices)\n    THEN\n        RAISE EXCEPTION 'a room or device is in another branch, or named twice'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_appointment_all_here';\n    END IF;", callers='', declare='wanted record; part tstzrange; taken integer := 0;', name='scheduling_take', returns='void'),
        ),
        migrations.AddConstraint(
            model_name='schedulebreak',
            constraint=models.CheckConstraint(condition=models.Q(('starts_at', models.F('ends_at')), _negated=True), name='scheduling_schedulebreak_hours'),
        ),
        migrations.AddConstraint(
            model_name='timeoff',
            constraint=models.UniqueConstraint(fields=('organization', 'id'), name='scheduling_timeoff_in_organization'),
        ),
        migrations.AddConstraint(
            model_name='timeoff',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('equipment', None), ('room', None)), models.Q(('branch__isnull', False), ('kind__in', ('MAINTENANCE', 'CLEANING', 'MEETING')), ('staff', None), models.Q(('equipment__isnull', False), ('room__isnull', False), _negated=True)), _connector='OR'), name='scheduling_timeoff_of_a_thing'),
        ),
        migrations.AddConstraint(
            model_name='timeoff',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('MAINTENANCE', 'CLEANING')), _negated=True), models.Q(('equipment', None), ('room', None), _negated=True), _connector='OR'), name='scheduling_timeoff_upkeep_of_a_thing'),
        ),
        migrations.AddConstraint(
            model_name='timeoff',
            constraint=models.CheckConstraint(condition=models.Q(('except_staff__len', 0), models.Q(('staff', None), ('equipment', None), ('room', None)), _connector='OR'), name='scheduling_timeoff_exceptions_of_all'),
        ),
        migrations.AddConstraint(
            model_name='timeoff',
            constraint=kalon.kernel.rows.SameOrganization(field='room_id', name='scheduling_timeoff_same_room', through=('organization_id',), to='people.Room'),
        ),
        migrations.AddConstraint(
            model_name='timeoff',
            constraint=kalon.kernel.rows.SameOrganization(field='equipment_id', name='scheduling_timeoff_same_equipment', through=('organization_id',), to='people.Equipment'),
        ),
        migrations.AddConstraint(
            model_name='timeoff',
            constraint=kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='scheduling_timeoff_rows', patient='', portal='SELECT (id, organization_id, staff_id, room_id, equipment_id, branch_id, period, except_staff, is_active)', portal_where='', reviewed='', tenant='organization_id'),
        ),
        migrations.AddConstraint(
            model_name='weeklyschedule',
            constraint=kalon.kernel.triggers.Trigger(body='\n    NEW.timezone := (SELECT timezone FROM people_branch WHERE id = NEW.branch_id);\n    RETURN NEW;', declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='scheduling_weeklyschedule_clock'),
        ),
        migrations.AddConstraint(
            model_name='weeklyschedule',
            constraint=models.CheckConstraint(condition=models.Q(('starts_at', models.F('ends_at')), _negated=True), name='scheduling_weeklyschedule_hours'),
        ),
        migrations.AddConstraint(
            model_name='weeklyschedule',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('is_active', True)), expressions=[('staff', '='), ('timezone', '='), (models.Func(models.F('weekday'), models.F('starts_at'), models.F('ends_at'), template='(CASE WHEN (weekday * 86400 + EXTRACT(epoch FROM ends_at)::int + CASE WHEN ends_at <= starts_at THEN 86400 ELSE 0 END) > 604800 THEN int4multirange(int4range((weekday * 86400 + EXTRACT(epoch FROM starts_at)::int), 604800), int4range(0, (weekday * 86400 + EXTRACT(epoch FROM ends_at)::int + CASE WHEN ends_at <= starts_at THEN 86400 ELSE 0 END) - 604800)) ELSE int4multirange(int4range((weekday * 86400 + EXTRACT(epoch FROM starts_at)::int), (weekday * 86400 + EXTRACT(epoch FROM ends_at)::int + CASE WHEN ends_at <= starts_at THEN 86400 ELSE 0 END))) END)'), '&&'), (models.Func(models.F('valid_from'), models.F('valid_to'), models.Value('[]'), function='daterange'), '&&')], name='scheduling_weeklyschedule_works_once'),
        ),
        migrations.CreateModel(
            name='Holiday',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('on_date', models.DateField()),
                ('name', models.CharField(max_length=120)),
                ('is_own', models.BooleanField(default=False)),
                ('decision', models.CharField(choices=[('PROPOSED', 'To decide'), ('CLOSED', 'Closed'), ('OPEN', 'Open as usual')], default='PROPOSED', max_length=10)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('time_off', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='holiday', to='scheduling.timeoff')),
            ],
            options={
                'ordering': ['on_date', 'name', 'id'],
                'constraints': [models.UniqueConstraint(fields=('branch', 'on_date', 'name'), name='scheduling_holiday_known_once'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='scheduling_holiday_named'), models.CheckConstraint(condition=models.Q(models.Q(('decision', 'CLOSED'), ('time_off__isnull', False)), models.Q(models.Q(('decision', 'CLOSED'), _negated=True), ('time_off', None)), _connector='OR'), name='scheduling_holiday_closed_by_time_off'), kalon.kernel.rows.SameOrganization(field='branch_id', name='scheduling_holiday_same_branch', through=('organization_id',), to='people.Branch'), kalon.kernel.rows.SameOrganization(field='time_off_id', name='scheduling_holiday_same_time_off', through=('organization_id',), to='scheduling.TimeOff'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE, DELETE', name='scheduling_holiday_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='HolidayCalendar',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('country', models.CharField(max_length=2)),
                ('subdivision', models.CharField(blank=True, max_length=12)),
                ('categories', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('branch',), name='scheduling_holidaycalendar_one'), models.CheckConstraint(condition=models.Q(('country__regex', '^[A-Z]{2}$')), name='scheduling_holidaycalendar_country'), kalon.kernel.rows.SameOrganization(field='branch_id', name='scheduling_holidaycalendar_same_branch', through=('organization_id',), to='people.Branch'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='scheduling_holidaycalendar_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='LeaveRequest',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('period', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ('words', models.CharField(max_length=120)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('status', models.CharField(choices=[('REQUESTED', 'Asked for'), ('APPROVED', 'Approved'), ('DECLINED', 'Declined'), ('WITHDRAWN', 'Withdrawn')], default='REQUESTED', max_length=10)),
                ('answer', models.CharField(blank=True, max_length=300)),
                ('decided_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('time_off', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='leave_request', to='scheduling.timeoff')),
            ],
            options={
                'ordering': ['period', 'id'],
                'indexes': [models.Index(fields=['staff', 'status'], name='scheduling_leave_of_staff')],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.status IN ('REQUESTED') THEN\n            NEW.status_at := kalon_now();\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION '% is no beginning of scheduling_leaverequest', NEW.status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_leaverequest_status_moves';\n    END IF;\n    IF NEW.status = OLD.status THEN\n        NEW.status_at := OLD.status_at;\n        RETURN NEW;\n    END IF;\n    IF (OLD.status IN ('REQUESTED') AND NEW.status = 'APPROVED' AND NULLIF(NEW.time_off_id::text, '') IS NOT NULL)\n        OR (OLD.status IN ('REQUESTED') AND NEW.status = 'DECLINED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('REQUESTED') AND NEW.status = 'WITHDRAWN')\n    THEN\n        NEW.status_at := kalon_now();\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION '% may not become % in scheduling_leaverequest', OLD.status, NEW.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_leaverequest_status_moves';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='scheduling_leaverequest_status_moves'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN\n        INSERT INTO kernel_auditevent (kind, organization_id, patient_id, user_id, actor_name, actor_kind,\n            subject_table, subject_id, move, from_state, to_state, reason, origin_ip, request_id, facts, purpose)\n        VALUES ('MOVE', NEW.organization_id, NULL, kalon_user(),\n            COALESCE(NULLIF(current_setting('kalon.actor', true), ''), session_user), COALESCE(kalon_kind(), 'sql'),\n            'scheduling_leaverequest', NEW.id, COALESCE(NULLIF(current_setting('kalon.move', true), ''), 'sql'),\n            CASE WHEN TG_OP = 'UPDATE' THEN OLD.status ELSE '' END, NEW.status,\n            COALESCE(current_setting('kalon.reason', true), ''),\n            NULLIF(split_part(current_setting('kalon.origin', true), '|', 1), '')::inet,\n            COALESCE(split_part(current_setting('kalon.origin', true), '|', 2), ''), '{}', '');\n    END IF;\n    RETURN NULL;", declare='', events='AFTER INSERT OR UPDATE', level='ROW', name='scheduling_leaverequest_history'), kalon.kernel.triggers.Trigger(body="\n    IF OLD.status NOT IN ('APPROVED', 'DECLINED', 'WITHDRAWN') THEN\n        IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;\n    END IF;\n    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['status', 'status_at'] = to_jsonb(OLD) - ARRAY['status', 'status_at'] THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'this row of scheduling_leaverequest is sealed (%); correct it by a new record that names it', OLD.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_leaverequest_sealed';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='scheduling_leaverequest_sealed'), models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__lower_inf', False), ('period__upper_inf', False)), name='scheduling_leaverequest_takes_time'), models.CheckConstraint(condition=models.Q(('time_off', None), ('status', 'APPROVED'), _connector='OR'), name='scheduling_leaverequest_time_off_approved'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'DECLINED'), _negated=True), models.Q(('answer', ''), _negated=True), _connector='OR'), name='scheduling_leaverequest_declined_with_answer'), kalon.kernel.rows.SameOrganization(field='staff_id', name='scheduling_leaverequest_same_staff', through=('organization_id',), to='people.Staff'), kalon.kernel.rows.SameOrganization(field='time_off_id', name='scheduling_leaverequest_same_time_off', through=('organization_id',), to='scheduling.TimeOff'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='scheduling_leaverequest_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
    ]
