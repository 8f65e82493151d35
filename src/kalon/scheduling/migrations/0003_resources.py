import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.comparison
import kalon.kernel.clock
import kalon.kernel.ids
import kalon.kernel.rows
import kalon.kernel.triggers
import kalon.scheduling.models.guards
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0002_needs'),
        ('patients', '0002_search'),
        ('people', '0003_equipment'),
        ('scheduling', '0002_live'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AppointmentSeries',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('count', models.PositiveSmallIntegerField()),
                ('interval_days', models.PositiveSmallIntegerField()),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'verbose_name_plural': 'appointment series',
                'ordering': ['-created_at', '-id'],
                'constraints': [
                    models.UniqueConstraint(fields=('organization', 'patient', 'id'), name='scheduling_appointmentseries_of_patient'),
                    models.CheckConstraint(condition=models.Q(('count__gte', 2), ('count__lte', 60)), name='scheduling_appointmentseries_count'),
                    models.CheckConstraint(condition=models.Q(('interval_days__gte', 1), ('interval_days__lte', 366)), name='scheduling_appointmentseries_interval'),
                    kalon.kernel.rows.SameOrganization(field='patient_id', name='scheduling_appointmentseries_same_patient', through=('organization_id',), to='patients.Patient'),
                    kalon.kernel.rows.SameOrganization(field='branch_id', name='scheduling_appointmentseries_same_branch', through=('organization_id',), to='people.Branch'),
                    kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='scheduling_appointmentseries_rows', patient='patient_id', portal='SELECT', portal_where='', reviewed='', tenant='organization_id'),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name='allocation',
            name='scheduling_allocation_one_resource',
        ),
        migrations.RemoveConstraint(
            model_name='allocation',
            name='scheduling_allocation_rooms_never_overbooked',
        ),
        migrations.RemoveConstraint(
            model_name='allocation',
            name='scheduling_allocation_visit_or_hold',
        ),
        migrations.RemoveConstraint(
            model_name='allocation',
            name='scheduling_allocation_rows',
        ),
        migrations.RemoveConstraint(
            model_name='allocation',
            name='scheduling_hold',
        ),
        migrations.RemoveConstraint(
            model_name='allocation',
            name='scheduling_release',
        ),
        migrations.RemoveConstraint(
            model_name='appointment',
            name='scheduling_appointment_places',
        ),
        migrations.RemoveConstraint(
            model_name='appointment',
            name='scheduling_appointment_by_patient',
        ),
        migrations.AddField(
            model_name='allocation',
            name='equipment',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.equipment'),
        ),
        migrations.AddField(
            model_name='allocation',
            name='hold_id',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='appointment',
            name='cleaning_minutes',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='appointment',
            name='equipment',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None),
        ),
        migrations.AddField(
            model_name='appointment',
            name='package',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.package'),
        ),
        migrations.AddField(
            model_name='appointment',
            name='patient_confirmed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='appointment',
            name='preparation_minutes',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='appointment',
            name='series_number',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='appointment',
            name='team',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None),
        ),
        # A computed column cannot be altered: it is made anew, with the rules that stand on it.
        migrations.RunSQL("UPDATE scheduling_allocation SET hold_id = id WHERE held_by IS NOT NULL", migrations.RunSQL.noop),
        migrations.RemoveConstraint(
            model_name='allocation',
            name='scheduling_allocation_no_overlap',
        ),
        migrations.RemoveConstraint(
            model_name='allocation',
            name='scheduling_allocation_one_branch',
        ),
        migrations.RemoveIndex(
            model_name='allocation',
            name='scheduling_allocation_when',
        ),
        migrations.RemoveField(
            model_name='allocation',
            name='resource_id',
        ),
        migrations.AddField(
            model_name='allocation',
            name='resource_id',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce('staff', 'room', 'equipment'), output_field=models.UUIDField()),
        ),
        migrations.AddIndex(
            model_name='allocation',
            index=models.Index(condition=models.Q(('is_live', True)), fields=['resource_id', 'starts_at'], name='scheduling_allocation_when'),
        ),
        migrations.AddConstraint(
            model_name='allocation',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('is_live', True), ('is_overbooked', False)), expressions=[('resource_id', '='), ('place', '='), ('period', '&&')], name='scheduling_allocation_no_overlap'),
        ),
        migrations.AddConstraint(
            model_name='allocation',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('is_live', True)), expressions=[('resource_id', '='), ('branch', '<>'), ('period', '&&')], name='scheduling_allocation_one_branch'),
        ),
        migrations.AddIndex(
            model_name='allocation',
            index=models.Index(condition=models.Q(('is_live', True)), fields=['held_by'], name='scheduling_allocation_held'),
        ),
        migrations.AddConstraint(
            model_name='allocation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('equipment', None), ('room', None), ('staff__isnull', False)), models.Q(('equipment', None), ('room__isnull', False), ('staff', None)), models.Q(('equipment__isnull', False), ('room', None), ('staff', None)), _connector='OR'), name='scheduling_allocation_one_resource'),
        ),
        migrations.AddConstraint(
            model_name='allocation',
            constraint=models.CheckConstraint(condition=models.Q(('is_overbooked', False), ('staff__isnull', False), _connector='OR'), name='scheduling_allocation_only_people_overbooked'),
        ),
        migrations.AddConstraint(
            model_name='allocation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('appointment__isnull', False), ('expires_at', None), ('held_by', None), ('hold_id', None)), models.Q(('appointment', None), ('expires_at__isnull', False), ('held_by__isnull', False), ('hold_id__isnull', False)), _connector='OR'), name='scheduling_allocation_visit_or_hold'),
        ),
        migrations.AddConstraint(
            model_name='allocation',
            constraint=kalon.kernel.rows.SameOrganization(field='equipment_id', name='scheduling_allocation_same_equipment', through=('organization_id',), to='people.Equipment'),
        ),
        migrations.AddConstraint(
            model_name='allocation',
            constraint=kalon.kernel.rows.RowSecurity(app='SELECT', name='scheduling_allocation_rows', patient='', portal='SELECT (id, organization_id, branch_id, staff_id, room_id, equipment_id, resource_id, place, period, starts_at, ends_at, expires_at, is_overbooked, is_live)', portal_where='', reviewed='SELECT, INSERT, UPDATE', tenant='organization_id'),
        ),
        migrations.AddConstraint(
            model_name='allocation',
            constraint=kalon.scheduling.models.guards.ReviewedFunction(arguments='clinic uuid, at_branch uuid, during tstzrange, doctor uuid, twice boolean, chamber uuid, team uuid[], devices uuid[], before integer, after integer, visit uuid, hold uuid, until timestamptz', body="\n    FOR wanted IN\n        SELECT * FROM (\n            SELECT doctor AS id, 'staff' AS kind, during AS used, 0 AS places, twice AS doubled WHERE doctor IS NOT NULL\n            UNION ALL SELECT member, 'staff', tstzrange(lower(during) - make_interval(mins => before),\n                upper(during) + make_interval(mins => after)), 0, false FROM unnest(team) AS member\n            UNION ALL SELECT room.id, 'room', tstzrange(lower(during) - make_interval(mins => before),\n                upper(during) + make_interval(mins => greatest(after, room.buffer_minutes))), room.capacity, false\n                FROM people_room AS room WHERE room.id = chamber AND room.branch_id = at_branch\n            UNION ALL SELECT device.id, 'equipment', tstzrange(lower(during) - make_interval(mins => before),\n                upper(during) + make_interval(mins => greatest(after, device.buffer_minutes))), 1, false\n                FROM people_equipment AS device WHERE device.id = ANY (devices) AND device.branch_id = at_branch\n        ) AS everything ORDER BY id\n    LOOP\n        taken := taken + 1;\n        PERFORM pg_advisory_xact_lock(hashtextextended(wanted.id::text, 7));\n        UPDATE scheduling_allocation SET is_live = false\n            WHERE resource_id = wanted.id AND is_live AND appointment_id IS NULL AND period && wanted.used\n            AND (expires_at <= kalon_now() OR held_by = kalon_user());\n        IF wanted.kind = 'staff' THEN\n            wanted.places := (SELECT COALESCE(max(line.capacity), 1) FROM scheduling_weeklyschedule AS line\n            JOIN people_branch AS here ON here.id = line.branch_id,\n            LATERAL (SELECT lower(during) AT TIME ZONE here.timezone AS wall) AS clock\n            WHERE line.staff_id = wanted.id AND line.branch_id = at_branch AND line.is_active\n                AND line.weekday = EXTRACT(isodow FROM clock.wall) - 1\n                AND line.starts_at <= clock.wall::time AND clock.wall::time < line.ends_at\n                AND line.valid_from <= clock.wall::date AND COALESCE(clock.wall::date <= line.valid_to, true));\n        END IF;\n        -- The lowest place nobody has; when there is none, the first one, so that the constraint says no by its name.\n        FOR part IN SELECT unnest(CASE WHEN hold IS NULL THEN tstzmultirange(wanted.used)\n            ELSE tstzmultirange(wanted.used) - COALESCE((SELECT range_agg(own.period) FROM scheduling_allocation AS own\n                WHERE own.appointment_id = visit AND own.resource_id = wanted.id AND own.is_live), '{}') END)\n        LOOP\n            INSERT INTO scheduling_allocation (id, created_at, organization_id, branch_id, staff_id, room_id,\n                equipment_id, appointment_id, hold_id, held_by, expires_at, period, is_overbooked, is_live, place)\n            VALUES (gen_random_uuid(), kalon_now(), clinic, at_branch,\n                CASE WHEN wanted.kind = 'staff' THEN wanted.id END,\n                CASE WHEN wanted.kind = 'room' THEN wanted.id END,\n                CASE WHEN wanted.kind = 'equipment' THEN wanted.id END,\n                CASE WHEN hold IS NULL THEN visit END, hold, CASE WHEN hold IS NOT NULL THEN kalon_user() END, until,\n                part, wanted.doubled, true,\n                COALESCE((SELECT min(free.place) FROM generate_series(0, wanted.places - 1) AS free (place)\n                    WHERE NOT EXISTS (SELECT 1 FROM scheduling_allocation AS other\n                        WHERE other.resource_id = wanted.id AND other.is_live AND NOT other.is_overbooked\n                        AND other.place = free.place AND other.period && part)), 0));\n        END LOOP;\n    END LOOP;\n    IF taken <> (doctor IS NOT NULL)::int + (chamber IS NOT NULL)::int\n        + cardinality(team) + cardinality(devices)\n    THEN\n        RAISE EXCEPTION 'a room or device is in another branch, or named twice'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_appointment_all_here';\n    END IF;", callers='', declare='wanted record; part tstzrange; taken integer := 0;', name='scheduling_take', returns='void'),
        ),
        migrations.AddConstraint(
            model_name='allocation',
            constraint=kalon.scheduling.models.guards.ReviewedFunction(arguments='at_branch uuid, during tstzrange, doctor uuid, chamber uuid, team uuid[], devices uuid[], before integer, after integer, visit uuid, seconds integer', body="\n    IF kalon_organization() IS NULL OR kalon_user() IS NULL OR seconds NOT BETWEEN 5 AND 900\n        OR lower(during) < kalon_now() OR upper(during) > lower(during) + interval '24 hours'\n        OR before NOT BETWEEN 0 AND 240 OR after NOT BETWEEN 0 AND 240 OR cardinality(team) + cardinality(devices) > 20\n    THEN\n        RAISE EXCEPTION 'a signed-in person may hold a coming time for up to 15 minutes'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_hold_terms';\n    END IF;\n    UPDATE scheduling_allocation SET is_live = false\n        WHERE organization_id = kalon_organization() AND held_by = kalon_user() AND is_live AND appointment_id IS NULL;\n    PERFORM scheduling_take(kalon_organization(), at_branch, during, doctor, false, chamber, team, devices, before,\n        after, (SELECT id FROM scheduling_appointment WHERE id = visit AND organization_id = kalon_organization()),\n        hold, kalon_now() + make_interval(secs => seconds));\n    RETURN hold;", callers='kalon_app, kalon_portal', declare='hold uuid := gen_random_uuid();', name='scheduling_hold', returns='uuid'),
        ),
        migrations.AddConstraint(
            model_name='allocation',
            constraint=kalon.scheduling.models.guards.ReviewedFunction(arguments='hold uuid', body='\n    UPDATE scheduling_allocation SET is_live = false WHERE hold_id = hold AND is_live AND appointment_id IS NULL\n        AND organization_id = kalon_organization() AND held_by = kalon_user();\n    RETURN FOUND;', callers='kalon_app, kalon_portal', declare='', name='scheduling_release', returns='boolean'),
        ),
        migrations.AddField(
            model_name='appointment',
            name='series',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='scheduling.appointmentseries'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=kalon.scheduling.models.guards.ReviewedTrigger(body="\n    IF TG_OP = 'UPDATE' THEN\n        IF (OLD.status IN ('CANCELLED', 'RESCHEDULED', 'NO_SHOW')) = (NEW.status IN ('CANCELLED', 'RESCHEDULED', 'NO_SHOW')) AND\n            (OLD.period, OLD.branch_id, OLD.doctor_id, OLD.room_id, OLD.team, OLD.equipment, OLD.preparation_minutes, OLD.cleaning_minutes, OLD.is_overbooked) IS NOT DISTINCT FROM (NEW.period, NEW.branch_id, NEW.doctor_id, NEW.room_id, NEW.team, NEW.equipment, NEW.preparation_minutes, NEW.cleaning_minutes, NEW.is_overbooked)\n        THEN RETURN NULL; END IF;\n        UPDATE scheduling_allocation SET is_live = false WHERE appointment_id = NEW.id AND is_live;\n    END IF;\n    IF NEW.status IN ('CANCELLED', 'RESCHEDULED', 'NO_SHOW') THEN RETURN NULL; END IF;\n    PERFORM scheduling_take(NEW.organization_id, NEW.branch_id, NEW.period, NEW.doctor_id, NEW.is_overbooked,\n        NEW.room_id, NEW.team, NEW.equipment, NEW.preparation_minutes, NEW.cleaning_minutes, NEW.id, NULL, NULL);\n    RETURN NULL;", declare='', events='AFTER INSERT OR UPDATE', level='ROW', name='scheduling_appointment_places'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF current_user <> 'kalon_portal' THEN RETURN NEW; END IF;\n    IF TG_OP = 'INSERT' THEN\n        allowed := NEW.source = 'SELF_SERVICE' AND NOT NEW.is_overbooked AND NEW.off_schedule_reason = ''\n            AND lower(NEW.period) > kalon_now()\n            AND (NEW.predecessor_id IS NULL AND NEW.status IN ('REQUESTED', 'PENDING_PAYMENT')\n                OR EXISTS (SELECT 1 FROM scheduling_appointment AS earlier\n                    WHERE earlier.id = NEW.predecessor_id\n                    AND earlier.status = NEW.status AND earlier.patient_id = NEW.patient_id\n                    AND earlier.service_id IS NOT DISTINCT FROM NEW.service_id\n                    AND earlier.amount_due IS NOT DISTINCT FROM NEW.amount_due));\n    ELSE\n        allowed := to_jsonb(NEW) - ARRAY['status', 'status_at', 'successor_id', 'cancelled_reason', 'period', 'starts_at', 'ends_at', 'doctor_id', 'room_id', 'team', 'equipment', 'patient_confirmed_at', 'chief_complaint', 'patient_note', 'edition'] = to_jsonb(OLD) - ARRAY['status', 'status_at', 'successor_id', 'cancelled_reason', 'period', 'starts_at', 'ends_at', 'doctor_id', 'room_id', 'team', 'equipment', 'patient_confirmed_at', 'chief_complaint', 'patient_note', 'edition']\n            AND NEW.status IN (OLD.status, 'CANCELLED', 'RESCHEDULED')\n            AND (NEW.period = OLD.period OR lower(NEW.period) > kalon_now());\n    END IF;\n    IF allowed THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'a patient may ask for a visit, move it or cancel it, and nothing else'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_appointment_by_patient';", declare='allowed boolean;', events='BEFORE INSERT OR UPDATE', level='ROW', name='scheduling_appointment_by_patient'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('service', None), ('package', None), _connector='OR'), name='scheduling_appointment_service_or_package'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('cleaning_minutes__lte', 240), ('preparation_minutes__lte', 240)), name='scheduling_appointment_preparation'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('equipment__len__lte', 12), ('team__len__lte', 12)), name='scheduling_appointment_team_size'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('series', None), ('series_number', None)), models.Q(('series__isnull', False), ('series_number__gte', 1)), _connector='OR'), name='scheduling_appointment_series_number'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.UniqueConstraint(condition=models.Q(('predecessor', None), models.Q(('status__in', ('CANCELLED', 'RESCHEDULED', 'NO_SHOW')), _negated=True)), fields=('series', 'series_number'), name='scheduling_appointment_series_once'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=kalon.kernel.rows.SameOrganization(field='package_id', name='scheduling_appointment_same_package', through=('organization_id',), to='catalog.Package'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=kalon.kernel.rows.SameOrganization(field='series_id', name='scheduling_appointment_same_series', through=('organization_id', 'patient_id'), to='scheduling.AppointmentSeries'),
        ),
    ]
