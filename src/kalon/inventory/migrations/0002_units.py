import django.db.models.deletion
import kalon.inventory.models.items
import kalon.inventory.models.unit_guards
import kalon.kernel.clock
import kalon.kernel.encrypted
import kalon.kernel.ids
import kalon.kernel.rows
import kalon.kernel.triggers
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0002_procedures'),
        ('inventory', '0001_initial'),
        ('patients', '0001_squashed'),
        ('people', '0005_tax_number'),
        ('people', '__first__'),
        ('plans', '0003_entries'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='balance',
            name='inventory_balance_derives',
        ),
        migrations.RemoveConstraint(
            model_name='batch',
            name='inventory_batch_complete',
        ),
        migrations.RemoveConstraint(
            model_name='item',
            name='inventory_item_unit_fixed',
        ),
        migrations.RemoveConstraint(
            model_name='movement',
            name='inventory_movement_may_be',
        ),
        migrations.RemoveConstraint(
            model_name='movement',
            name='inventory_movement_counts',
        ),
        migrations.RemoveConstraint(
            model_name='movement',
            name='inventory_movement_two_sides',
        ),
        migrations.RemoveConstraint(
            model_name='movement',
            name='inventory_movement_explained',
        ),
        migrations.RemoveConstraint(
            model_name='movement',
            name='inventory_movement_rows',
        ),
        migrations.CreateModel(
            name='KitLine',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('quantity', kalon.inventory.models.items.QuantityField(decimal_places=3, max_digits=12)),
                ('need', models.CharField(choices=[('REQUIRED', 'It cannot begin without it'), ('OPTIONAL', 'Good to have')], default='REQUIRED', max_length=8)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.item')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('procedure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.procedure')),
            ],
            options={
                'ordering': ['need', 'item__name', 'id'],
                'constraints': [models.UniqueConstraint(fields=('procedure', 'item'), name='inventory_kitline_once'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='inventory_kitline_positive'), kalon.kernel.rows.SameOrganization(field='procedure_id', name='inventory_kitline_same_procedure', through=('organization_id',), to='catalog.Procedure'), kalon.kernel.rows.SameOrganization(field='item_id', name='inventory_kitline_same_item', through=('organization_id',), to='inventory.Item'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE, DELETE', name='inventory_kitline_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='SerialUnit',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('serial', models.CharField(max_length=40, verbose_name='Serial number')),
                ('udi', models.CharField(blank=True, max_length=200, verbose_name='UDI')),
                ('status', models.CharField(choices=[('IN_STOCK', 'In stock'), ('RESERVED', 'Reserved'), ('IMPLANTED', 'Implanted'), ('EXPLANTED', 'Taken out'), ('CONSUMED', 'Used up'), ('RETURNED', 'Sent back'), ('QUARANTINED', 'Locked away'), ('EXPIRED', 'Expired'), ('WASTED', 'Wasted')], default='IN_STOCK', editable=False, max_length=12)),
                ('recall', models.CharField(choices=[('CLEAR', 'No recall'), ('AFFECTED', 'Recalled'), ('ACTION_REQUIRED', 'Recalled: act')], default='CLEAR', editable=False, max_length=16)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='units', to='inventory.batch')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='units', to='inventory.item')),
                ('location', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='units', to='inventory.location')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'ordering': ['batch__expires_on', 'serial', 'id'],
                'indexes': [models.Index(fields=['organization', 'serial'], name='inventory_serialunit_serial'), models.Index(fields=['batch', 'status'], name='inventory_serialunit_in_batch'), models.Index(fields=['item', 'status'], name='inventory_serialunit_of_item')],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.status IN ('IN_STOCK') THEN\n            NEW.status_at := kalon_now();\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION '% is no beginning of inventory_serialunit', NEW.status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_serialunit_status_moves';\n    END IF;\n    IF NEW.status = OLD.status THEN\n        NEW.status_at := OLD.status_at;\n        RETURN NEW;\n    END IF;\n    IF (OLD.status IN ('IN_STOCK') AND NEW.status = 'RESERVED' AND NEW.recall::text IN ('CLEAR'))\n        OR (OLD.status IN ('RESERVED') AND NEW.status = 'IN_STOCK' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('RESERVED') AND NEW.status = 'IMPLANTED' AND NEW.recall::text IN ('CLEAR'))\n        OR (OLD.status IN ('IMPLANTED') AND NEW.status = 'EXPLANTED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('RESERVED') AND NEW.status = 'CONSUMED' AND NEW.recall::text IN ('CLEAR'))\n        OR (OLD.status IN ('IN_STOCK', 'QUARANTINED') AND NEW.status = 'RETURNED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('IN_STOCK') AND NEW.status = 'QUARANTINED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('QUARANTINED') AND NEW.status = 'IN_STOCK' AND NEW.recall::text IN ('CLEAR') AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('IN_STOCK', 'QUARANTINED') AND NEW.status = 'EXPIRED')\n        OR (OLD.status IN ('IN_STOCK', 'QUARANTINED') AND NEW.status = 'WASTED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n    THEN\n        NEW.status_at := kalon_now();\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION '% may not become % in inventory_serialunit', OLD.status, NEW.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_serialunit_status_moves';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='inventory_serialunit_status_moves'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN\n        INSERT INTO kernel_auditevent (kind, organization_id, patient_id, user_id, actor_name, actor_kind,\n            subject_table, subject_id, move, from_state, to_state, reason, origin_ip, request_id, facts, purpose)\n        VALUES ('MOVE', NEW.organization_id, NULL, kalon_user(),\n            COALESCE(NULLIF(current_setting('kalon.actor', true), ''), session_user), COALESCE(kalon_kind(), 'sql'),\n            'inventory_serialunit', NEW.id, COALESCE(NULLIF(current_setting('kalon.move', true), ''), 'sql'),\n            CASE WHEN TG_OP = 'UPDATE' THEN OLD.status ELSE '' END, NEW.status,\n            COALESCE(current_setting('kalon.reason', true), ''),\n            NULLIF(split_part(current_setting('kalon.origin', true), '|', 1), '')::inet,\n            COALESCE(split_part(current_setting('kalon.origin', true), '|', 2), ''), '{}', '');\n    END IF;\n    RETURN NULL;", declare='', events='AFTER INSERT OR UPDATE', level='ROW', name='inventory_serialunit_history'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'UPDATE' THEN\n        IF (NEW.item_id, NEW.batch_id, NEW.serial, NEW.udi, NEW.organization_id)\n            IS DISTINCT FROM (OLD.item_id, OLD.batch_id, OLD.serial, OLD.udi, OLD.organization_id) THEN\n            RAISE EXCEPTION 'a unit keeps its serial, its lot and its code; write off the wrong one'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_serialunit_fixed';\n        END IF;\n        RETURN NEW;\n    END IF;\n    IF NOT EXISTS (SELECT FROM inventory_item WHERE id = NEW.item_id AND needs_serial) THEN\n        RAISE EXCEPTION 'this item is not known by serials'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_serialunit_of_serial_item';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='inventory_serialunit_complete'), kalon.kernel.triggers.Trigger(body='\n    NEW.location_id := (SELECT place FROM (\n        SELECT to_location_id AS place, 1 AS way FROM inventory_movement\n            WHERE unit_id = NEW.id AND to_location_id IS NOT NULL\n        UNION ALL SELECT from_location_id, -1 FROM inventory_movement\n            WHERE unit_id = NEW.id AND from_location_id IS NOT NULL) AS carried\n        GROUP BY place HAVING sum(way) > 0 LIMIT 1);\n    RETURN NEW;', declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='inventory_serialunit_derives'), kalon.kernel.triggers.Trigger(body="\n    IF NEW.status <> OLD.status AND 'QUARANTINED' IN (NEW.status, OLD.status) THEN\n        UPDATE inventory_balance SET quantity = 0 WHERE (location_id, batch_id) = (NEW.location_id, NEW.batch_id);\n    END IF;\n    RETURN NULL;", declare='', events='AFTER UPDATE', level='ROW', name='inventory_serialunit_counts'), kalon.inventory.models.unit_guards.AtTheEnd(body="\n    SELECT status, location_id INTO unit FROM inventory_serialunit WHERE id = NEW.id;\n    SELECT count(*) FILTER (WHERE kind = 'RECEIVED') AS came, max(kind) FILTER (WHERE to_location_id IS NULL) AS gone\n        INTO ledger FROM inventory_movement WHERE unit_id = NEW.id;\n    SELECT count(*) AS times, max(location_id::text) AS place INTO held\n        FROM inventory_reservation WHERE unit_id = NEW.id AND status = 'HELD';\n    SELECT count(*) AS times, count(explanted_at) AS taken_out INTO inside\n        FROM inventory_implant WHERE unit_id = NEW.id;\n    fits := unit.status IS NOT NULL AND ledger.came = 1\n        AND (unit.status IN ('IN_STOCK', 'RESERVED', 'QUARANTINED')) = (unit.location_id IS NOT NULL)\n        AND CASE ledger.gone WHEN 'ISSUED' THEN unit.status IN ('IMPLANTED', 'CONSUMED', 'EXPLANTED') WHEN 'SENT_BACK' THEN unit.status IN ('RETURNED') WHEN 'WASTED' THEN unit.status IN ('WASTED') WHEN 'EXPIRED' THEN unit.status IN ('EXPIRED') ELSE unit.status IN ('IN_STOCK', 'RESERVED', 'QUARANTINED') END\n        AND held.times = CASE unit.status WHEN 'RESERVED' THEN 1 ELSE 0 END\n        AND (held.times = 0 OR held.place = unit.location_id::text)\n        AND inside.times = CASE WHEN unit.status IN ('IMPLANTED', 'EXPLANTED') THEN 1 ELSE 0 END\n        AND inside.taken_out = CASE unit.status WHEN 'EXPLANTED' THEN 1 ELSE 0 END;\n    IF fits IS DISTINCT FROM true THEN\n        RAISE EXCEPTION 'what is said of this unit does not agree (%)', unit.status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_serialunit_in_step';\n    END IF;\n    RETURN NULL;", declare='unit record; ledger record; held record; inside record; fits boolean;', events='DEFERRED AFTER INSERT OR UPDATE', level='ROW', name='inventory_serialunit_in_step'), models.UniqueConstraint(fields=('organization', 'id'), name='inventory_serialunit_in_organization'), models.UniqueConstraint(fields=('organization', 'batch', 'id'), name='inventory_serialunit_of_batch'), models.UniqueConstraint(fields=('item', 'serial'), name='inventory_serialunit_once'), models.CheckConstraint(condition=models.Q(('serial', ''), _negated=True), name='inventory_serialunit_named'), models.CheckConstraint(condition=models.Q(('recall', 'CLEAR'), models.Q(('status__in', ['IN_STOCK', 'RESERVED']), _negated=True), _connector='OR'), name='inventory_serialunit_recalled_is_locked'), kalon.kernel.rows.SameOrganization(field='batch_id', name='inventory_serialunit_same_batch', through=('organization_id', 'item_id'), to='inventory.Batch'), kalon.kernel.rows.SameOrganization(field='location_id', name='inventory_serialunit_same_place', through=('organization_id',), to='inventory.Location'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='inventory_serialunit_rows', patient='', portal='', portal_where='', reviewed='SELECT', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Reservation',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('source_kind', models.CharField(max_length=60)),
                ('source_id', models.UUIDField()),
                ('quantity', kalon.inventory.models.items.QuantityField(decimal_places=3, max_digits=12)),
                ('used', kalon.inventory.models.items.QuantityField(decimal_places=3, default=Decimal('0'), editable=False, max_digits=12)),
                ('needed_on', models.DateField()),
                ('status', models.CharField(choices=[('HELD', 'Reserved'), ('USED', 'Used'), ('RELEASED', 'Given free')], default='HELD', editable=False, max_length=8)),
                ('made_by_name', models.CharField(max_length=120)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reservations', to='inventory.batch')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reservations', to='inventory.item')),
                ('location', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.location')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.procedureplan')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reservations', to='inventory.serialunit')),
            ],
            options={
                'ordering': ['needed_on', 'created_at', 'id'],
                'indexes': [models.Index(condition=models.Q(('status', 'HELD')), fields=['batch', 'location'], name='inventory_reservation_held'), models.Index(fields=['plan', 'status'], name='inventory_reserved_for_plan'), models.Index(fields=['source_id'], name='inventory_reserved_for_source'), models.Index(fields=['organization', 'status', 'needed_on'], name='inventory_reserved_by_day')],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.status IN ('HELD') THEN\n            NEW.status_at := kalon_now();\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION '% is no beginning of inventory_reservation', NEW.status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_reservation_status_moves';\n    END IF;\n    IF NEW.status = OLD.status THEN\n        NEW.status_at := OLD.status_at;\n        RETURN NEW;\n    END IF;\n    IF (OLD.status IN ('HELD') AND NEW.status = 'USED')\n        OR (OLD.status IN ('HELD') AND NEW.status = 'RELEASED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n    THEN\n        NEW.status_at := kalon_now();\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION '% may not become % in inventory_reservation', OLD.status, NEW.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_reservation_status_moves';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='inventory_reservation_status_moves'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN\n        INSERT INTO kernel_auditevent (kind, organization_id, patient_id, user_id, actor_name, actor_kind,\n            subject_table, subject_id, move, from_state, to_state, reason, origin_ip, request_id, facts, purpose)\n        VALUES ('MOVE', NEW.organization_id, NEW.patient_id, kalon_user(),\n            COALESCE(NULLIF(current_setting('kalon.actor', true), ''), session_user), COALESCE(kalon_kind(), 'sql'),\n            'inventory_reservation', NEW.id, COALESCE(NULLIF(current_setting('kalon.move', true), ''), 'sql'),\n            CASE WHEN TG_OP = 'UPDATE' THEN OLD.status ELSE '' END, NEW.status,\n            COALESCE(current_setting('kalon.reason', true), ''),\n            NULLIF(split_part(current_setting('kalon.origin', true), '|', 1), '')::inet,\n            COALESCE(split_part(current_setting('kalon.origin', true), '|', 2), ''), '{}', '');\n    END IF;\n    RETURN NULL;", declare='', events='AFTER INSERT OR UPDATE', level='ROW', name='inventory_reservation_history'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'UPDATE' THEN\n        IF (NEW.organization_id, NEW.patient_id, NEW.plan_id, NEW.source_kind, NEW.source_id, NEW.item_id, NEW.batch_id,\n            NEW.unit_id, NEW.quantity) IS DISTINCT FROM (OLD.organization_id, OLD.patient_id, OLD.plan_id,\n            OLD.source_kind, OLD.source_id, OLD.item_id, OLD.batch_id, OLD.unit_id, OLD.quantity)\n            OR NEW.unit_id IS NULL AND NEW.location_id <> OLD.location_id THEN\n            RAISE EXCEPTION 'what was reserved stays as it was; release it and reserve anew'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_reservation_fixed';\n        END IF;\n        SELECT COALESCE(sum(quantity), 0) INTO NEW.used FROM inventory_movement\n            WHERE reservation_id = NEW.id AND kind = 'ISSUED';\n        IF NEW.needed_on = OLD.needed_on THEN RETURN NEW; END IF;\n    ELSE\n        NEW.used := 0;\n        SELECT status INTO planned FROM plans_procedureplan WHERE id = NEW.plan_id FOR SHARE;\n        IF planned IN ('DRAFT', 'PENDING_APPROVAL', 'COMPLETED', 'CANCELLED') THEN\n            RAISE EXCEPTION 'nothing is put aside for a plan that is % ', planned\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_reservation_plan';\n        END IF;\n        SELECT step, needs_serial INTO smallest, by_serial FROM inventory_item WHERE id = NEW.item_id;\n        IF mod(NEW.quantity, smallest) <> 0 THEN\n            RAISE EXCEPTION 'this item moves in steps of %', smallest\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_reservation_whole_steps';\n        END IF;\n        IF by_serial IS DISTINCT FROM (NEW.unit_id IS NOT NULL) THEN\n            RAISE EXCEPTION 'an item with serials is put aside piece by piece, any other by quantity'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_reservation_by_unit';\n        END IF;\n    END IF;\n    SELECT status, expires_on INTO found FROM inventory_batch WHERE id = NEW.batch_id FOR SHARE;\n    IF found.status <> 'AVAILABLE' THEN\n        RAISE EXCEPTION 'what is locked away is not put aside for a patient'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_reservation_quarantined';\n    END IF;\n    IF found.expires_on < NEW.needed_on THEN\n        RAISE EXCEPTION 'this will have expired on that day'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_reservation_expires';\n    END IF;\n    RETURN NEW;", declare='found record; smallest numeric; by_serial boolean; planned text;', events='BEFORE INSERT OR UPDATE', level='ROW', name='inventory_reservation_may_be'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'UPDATE' THEN before := OLD.location_id; END IF;\n    FOR place IN SELECT DISTINCT id FROM unnest(ARRAY[NEW.location_id, before]) AS place(id) ORDER BY id LOOP\n        INSERT INTO inventory_balance (id, created_at, organization_id, location_id, batch_id, item_id, quantity, held)\n            VALUES (gen_random_uuid(), kalon_now(), NEW.organization_id, place, NEW.batch_id, NEW.item_id, 0, 0)\n            ON CONFLICT ON CONSTRAINT inventory_balance_once DO UPDATE SET quantity = 0;\n    END LOOP;\n    IF NEW.unit_id IS NOT NULL THEN\n        UPDATE inventory_serialunit SET status = status WHERE id = NEW.unit_id;\n    END IF;\n    RETURN NULL;", declare='place uuid; before uuid := NEW.location_id;', events='AFTER INSERT OR UPDATE', level='ROW', name='inventory_reservation_counts'), models.UniqueConstraint(fields=('organization', 'id'), name='inventory_reservation_in_organization'), models.UniqueConstraint(condition=models.Q(('status', 'HELD')), fields=('unit',), name='inventory_reservation_unit_once'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0), ('used__gte', 0), ('used__lte', models.F('quantity'))), name='inventory_reservation_quantity'), models.CheckConstraint(condition=models.Q(('unit', None), ('quantity', 1), _connector='OR'), name='inventory_reservation_unit_is_one'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'USED'), _negated=True), ('used', models.F('quantity')), _connector='OR'), name='inventory_reservation_all_used'), kalon.kernel.rows.SameOrganization(field='batch_id', name='inventory_reservation_same_batch', through=('organization_id', 'item_id'), to='inventory.Batch'), kalon.kernel.rows.SameOrganization(field='unit_id', name='inventory_reservation_same_unit', through=('organization_id', 'batch_id'), to='inventory.SerialUnit'), kalon.kernel.rows.SameOrganization(field='location_id', name='inventory_reservation_same_place', through=('organization_id',), to='inventory.Location'), kalon.kernel.rows.SameOrganization(field='plan_id', name='inventory_reservation_same_plan', through=('organization_id', 'patient_id'), to='plans.ProcedurePlan'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='inventory_reservation_rows', patient='', portal='', portal_where='', reviewed='SELECT', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Implant',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('source_kind', models.CharField(max_length=60)),
                ('source_id', models.UUIDField()),
                ('side', models.CharField(choices=[('NONE', 'No side'), ('LEFT', 'Left'), ('RIGHT', 'Right'), ('MIDLINE', 'Midline')], max_length=8)),
                ('implanted_at', models.DateTimeField()),
                ('surgeon_name', models.CharField(blank=True, max_length=120)),
                ('made_by_name', models.CharField(max_length=120)),
                ('item_name', models.CharField(max_length=160)),
                ('manufacturer', models.CharField(blank=True, max_length=120)),
                ('model', models.CharField(blank=True, max_length=60)),
                ('size', models.CharField(blank=True, max_length=40)),
                ('shape', models.CharField(blank=True, max_length=40)),
                ('device_code', models.CharField(blank=True, max_length=30)),
                ('lot', models.CharField(blank=True, max_length=40)),
                ('serial', models.CharField(max_length=40)),
                ('udi', models.CharField(blank=True, max_length=200)),
                ('expires_on', models.DateField(null=True)),
                ('explanted_at', models.DateTimeField(null=True)),
                ('explanted_by_name', models.CharField(blank=True, max_length=120)),
                ('explant_reason', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('movement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.movement')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.procedureplan')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='implants', to='inventory.serialunit')),
            ],
            options={
                'ordering': ['-implanted_at', '-id'],
                'indexes': [models.Index(fields=['patient', '-implanted_at'], name='inventory_implant_in'), models.Index(fields=['source_id'], name='inventory_implant_of_source')],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF NOT EXISTS (SELECT FROM inventory_movement WHERE id = NEW.movement_id AND kind = 'ISSUED'\n        AND (unit_id, patient_id, source_kind, source_id)\n            = (NEW.unit_id, NEW.patient_id, NEW.source_kind, NEW.source_id)) THEN\n        RAISE EXCEPTION 'an implant stands on the movement that carried it to its patient'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_implant_moved';\n    END IF;\n    IF NEW.explanted_at IS NOT NULL THEN\n        RAISE EXCEPTION 'an implant is put in before it is taken out'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_implant_kept';\n    END IF;\n    IF NEW.side IN ('LEFT', 'RIGHT') AND NOT EXISTS (SELECT FROM plans_planline\n        WHERE plan_id = NEW.plan_id AND side IN (NEW.side, 'BOTH')) THEN\n        RAISE EXCEPTION 'the plan does not work on this side'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_implant_side';\n    END IF;\n    SELECT item.name, item.manufacturer, item.model, item.size, item.shape, item.device_code, batch.number,\n        batch.expires_on, unit.serial, unit.udi INTO STRICT kept\n        FROM inventory_serialunit unit JOIN inventory_item item ON item.id = unit.item_id\n        JOIN inventory_batch batch ON batch.id = unit.batch_id WHERE unit.id = NEW.unit_id;\n    NEW.item_name := kept.name; NEW.manufacturer := kept.manufacturer; NEW.model := kept.model;\n    NEW.size := kept.size; NEW.shape := kept.shape; NEW.device_code := kept.device_code; NEW.lot := kept.number;\n    NEW.expires_on := kept.expires_on; NEW.serial := kept.serial; NEW.udi := kept.udi;\n    RETURN NEW;", declare='kept record;', events='BEFORE INSERT', level='ROW', name='inventory_implant_may_be'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'UPDATE' AND OLD.explanted_at IS NULL AND to_jsonb(NEW) - added = to_jsonb(OLD) - added THEN\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION 'the implant registry is never changed; only that an implant was taken out is added'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_implant_kept';", declare="added text[] := ARRAY['explanted_at', 'explanted_by_name', 'explant_reason'];", events='BEFORE UPDATE OR DELETE', level='ROW', name='inventory_implant_kept'), kalon.kernel.triggers.Trigger(body='\n    IF NEW.unit_id IS NOT NULL THEN\n        UPDATE inventory_serialunit SET status = status WHERE id = NEW.unit_id;\n    END IF;\n    RETURN NULL;', declare='', events='AFTER INSERT OR UPDATE', level='ROW', name='inventory_implant_looks_again'), models.UniqueConstraint(fields=('unit',), name='inventory_implant_one_patient'), models.UniqueConstraint(fields=('organization', 'patient', 'id'), name='inventory_implant_of_patient'), models.CheckConstraint(condition=models.Q(models.Q(('explanted_at', None), ('explanted_by_name', '')), models.Q(('explanted_at__isnull', False), models.Q(('explanted_by_name', ''), _negated=True)), _connector='OR'), name='inventory_implant_explanted_by'), kalon.kernel.rows.SameOrganization(field='unit_id', name='inventory_implant_same_unit', through=('organization_id',), to='inventory.SerialUnit'), kalon.kernel.rows.SameOrganization(field='plan_id', name='inventory_implant_same_plan', through=('organization_id', 'patient_id'), to='plans.ProcedurePlan'), kalon.kernel.rows.SameOrganization(field='movement_id', name='inventory_implant_same_movement', through=('organization_id',), to='inventory.Movement'), kalon.kernel.rows.SameOrganization(field='branch_id', name='inventory_implant_same_branch', through=('organization_id',), to='people.Branch'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='inventory_implant_rows', patient='patient_id', portal='SELECT', portal_where='', reviewed='SELECT', tenant='organization_id')],
            },
        ),
        migrations.AddField(
            model_name='balance',
            name='held',
            field=kalon.inventory.models.items.QuantityField(decimal_places=3, default=Decimal('0'), editable=False, max_digits=12),
        ),
        migrations.AddField(
            model_name='item',
            name='device_code',
            field=models.CharField(blank=True, max_length=30, verbose_name='GTIN or device identifier'),
        ),
        migrations.AddField(
            model_name='item',
            name='model',
            field=models.CharField(blank=True, max_length=60, verbose_name='Model or reference'),
        ),
        migrations.AddField(
            model_name='item',
            name='needs_serial',
            field=models.BooleanField(default=False, verbose_name='Each piece has a serial number'),
        ),
        migrations.AddField(
            model_name='item',
            name='shape',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='item',
            name='size',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='movement',
            name='key',
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AlterField(
            model_name='movement',
            name='kind',
            field=models.CharField(choices=[('RECEIVED', 'Received'), ('ISSUED', 'Given to a patient'), ('RETURNED', 'Given back'), ('MOVED', 'Moved'), ('ADJUSTED', 'Counted'), ('WASTED', 'Wasted'), ('EXPIRED', 'Expired'), ('SENT_BACK', 'Sent back')], max_length=9),
        ),
        migrations.AddConstraint(
            model_name='balance',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'UPDATE' AND (NEW.location_id, NEW.batch_id, NEW.item_id, NEW.organization_id)\n        <> (OLD.location_id, OLD.batch_id, OLD.item_id, OLD.organization_id) THEN\n        RAISE EXCEPTION 'a balance stays with its batch and place'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_balance_fixed';\n    END IF;\n    SELECT COALESCE(sum(CASE WHEN to_location_id = NEW.location_id THEN quantity ELSE -quantity END), 0)\n        INTO NEW.quantity FROM inventory_movement\n        WHERE batch_id = NEW.batch_id AND NEW.location_id IN (from_location_id, to_location_id);\n    NEW.held := (SELECT COALESCE(sum(quantity - used), 0) FROM inventory_reservation\n            WHERE batch_id = NEW.batch_id AND location_id = NEW.location_id AND status = 'HELD')\n        + (SELECT count(*) FROM inventory_serialunit\n            WHERE batch_id = NEW.batch_id AND location_id = NEW.location_id AND status = 'QUARANTINED');\n    RETURN NEW;", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='inventory_balance_derives'),
        ),
        migrations.AddConstraint(
            model_name='balance',
            constraint=models.CheckConstraint(condition=models.Q(('held__gte', 0), ('held__lte', models.F('quantity'))), name='inventory_balance_promised_is_there'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'UPDATE' THEN\n        IF (NEW.item_id, NEW.number, NEW.expires_on, NEW.organization_id)\n            IS DISTINCT FROM (OLD.item_id, OLD.number, OLD.expires_on, OLD.organization_id) THEN\n            RAISE EXCEPTION 'a batch keeps its number and its expiry; write off the wrong one and receive it anew'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_batch_fixed';\n        END IF;\n        IF NEW.status = 'QUARANTINED' AND OLD.status <> 'QUARANTINED' AND EXISTS (\n            SELECT FROM inventory_reservation WHERE batch_id = NEW.id AND status = 'HELD') THEN\n            RAISE EXCEPTION 'some of this batch is reserved; release that first'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_batch_promised';\n        END IF;\n        RETURN NEW;\n    END IF;\n    SELECT needs_batch, needs_expiry INTO kept FROM inventory_item WHERE id = NEW.item_id;\n    IF (kept.needs_batch AND NEW.number = '') OR (NOT kept.needs_batch AND NEW.number <> '') THEN\n        RAISE EXCEPTION 'the batch number is missing, or the item has none'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_batch_numbered';\n    END IF;\n    IF kept.needs_expiry AND NEW.expires_on IS NULL THEN\n        RAISE EXCEPTION 'the expiry date is missing'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_batch_expires';\n    END IF;\n    RETURN NEW;", declare='kept record;', events='BEFORE INSERT OR UPDATE', level='ROW', name='inventory_batch_complete'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF (NEW.unit, NEW.needs_serial, NEW.organization_id)\n        IS DISTINCT FROM (OLD.unit, OLD.needs_serial, OLD.organization_id)\n        AND EXISTS (SELECT FROM inventory_movement WHERE item_id = OLD.id) THEN\n        RAISE EXCEPTION 'the unit of an item that was in stock is fixed; add another item'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_item_unit_fixed';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE', level='ROW', name='inventory_item_unit_fixed'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(('needs_serial', False), models.Q(('kind', 'IMPLANT'), ('needs_batch', True), ('step', 1)), _connector='OR'), name='inventory_item_serial_of_implant'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(('device_code__regex', '^([0-9]{14}|[A-Z][A-Z0-9]{5,22})?$')), name='inventory_item_device_shape'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.UniqueConstraint(condition=models.Q(('device_code', ''), _negated=True), fields=('organization', 'device_code'), name='inventory_item_device_once'),
        ),
        migrations.AddField(
            model_name='movement',
            name='reservation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='inventory.reservation'),
        ),
        migrations.AddField(
            model_name='movement',
            name='unit',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='inventory.serialunit'),
        ),
        migrations.AddIndex(
            model_name='movement',
            index=models.Index(condition=models.Q(('unit__isnull', False)), fields=['unit'], name='inventory_movement_of_unit'),
        ),
        migrations.AddIndex(
            model_name='movement',
            index=models.Index(condition=models.Q(('reservation__isnull', False)), fields=['reservation'], name='inventory_movement_of_hold'),
        ),
        migrations.AddConstraint(
            model_name='movement',
            constraint=kalon.kernel.triggers.Trigger(body="\n    SELECT step, needs_serial INTO smallest, by_serial FROM inventory_item WHERE id = NEW.item_id;\n    IF by_serial IS DISTINCT FROM (NEW.unit_id IS NOT NULL) THEN\n        RAISE EXCEPTION 'an item with serials moves piece by piece, any other without'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_by_unit';\n    END IF;\n    IF by_serial THEN\n        SELECT status, location_id, recall INTO piece FROM inventory_serialunit WHERE id = NEW.unit_id FOR UPDATE;\n        IF NEW.kind <> 'RECEIVED' AND NEW.from_location_id IS DISTINCT FROM piece.location_id THEN\n            RAISE EXCEPTION 'this piece does not stand there'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_unit_elsewhere';\n        END IF;\n        IF NEW.kind = 'ISSUED' AND (piece.recall <> 'CLEAR' OR piece.status = 'QUARANTINED') THEN\n            RAISE EXCEPTION 'a piece that is recalled or locked away never leaves to a patient'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_unit_recalled';\n        END IF;\n        IF NEW.kind = 'ISSUED' AND NEW.reservation_id IS NULL THEN\n            RAISE EXCEPTION 'a piece leaves to a patient for whom it is reserved'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_unit_reserved';\n        END IF;\n    END IF;\n    IF NEW.reservation_id IS NOT NULL AND NOT EXISTS (\n        SELECT FROM inventory_reservation kept WHERE kept.id = NEW.reservation_id AND kept.status = 'HELD'\n            AND (kept.patient_id, kept.batch_id, kept.location_id)\n                = (NEW.patient_id, NEW.batch_id, NEW.from_location_id)\n            AND kept.unit_id IS NOT DISTINCT FROM NEW.unit_id FOR UPDATE) THEN\n        RAISE EXCEPTION 'this is not what was reserved for this patient'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_as_reserved';\n    END IF;\n    IF mod(NEW.quantity, smallest) <> 0 AND NEW.kind <> 'ADJUSTED' THEN\n        RAISE EXCEPTION 'this item moves in steps of %', smallest\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_whole_steps';\n    END IF;\n    IF NEW.kind NOT IN ('ISSUED', 'EXPIRED') THEN RETURN NEW; END IF;\n    SELECT (kalon_now() AT TIME ZONE branch.timezone)::date INTO today\n        FROM inventory_location place JOIN people_branch branch ON branch.id = place.branch_id\n        WHERE place.id = NEW.from_location_id;\n    SELECT status, expires_on INTO found FROM inventory_batch WHERE id = NEW.batch_id FOR SHARE;\n    IF NEW.kind = 'EXPIRED' THEN\n        IF found.expires_on IS NULL OR found.expires_on >= today THEN\n            RAISE EXCEPTION 'this batch has not expired'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_not_expired';\n        END IF;\n        RETURN NEW;\n    END IF;\n    IF found.expires_on < today THEN\n        RAISE EXCEPTION 'an expired batch never leaves to a patient'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_expired';\n    END IF;\n    IF found.status <> 'AVAILABLE' THEN\n        RAISE EXCEPTION 'a batch that is locked away never leaves to a patient'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_quarantined';\n    END IF;\n    IF NEW.pick = 'FIRST_EXPIRED' AND EXISTS (\n        SELECT FROM inventory_balance balance JOIN inventory_batch other ON other.id = balance.batch_id\n        WHERE balance.location_id = NEW.from_location_id AND balance.item_id = NEW.item_id\n            AND balance.quantity > balance.held\n            AND other.status = 'AVAILABLE' AND other.expires_on >= today\n            AND other.expires_on < COALESCE(found.expires_on, 'infinity'::date)) THEN\n        RAISE EXCEPTION 'another batch of this item expires first'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_first_expired';\n    END IF;\n    RETURN NEW;", declare='found record; piece record; smallest numeric; by_serial boolean; today date;', events='BEFORE INSERT', level='ROW', name='inventory_movement_may_be'),
        ),
        migrations.AddConstraint(
            model_name='movement',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF NEW.unit_id IS NOT NULL THEN\n        UPDATE inventory_serialunit SET location_id = NULL WHERE id = NEW.unit_id;\n        IF NEW.kind = 'MOVED' THEN\n            UPDATE inventory_reservation SET location_id = NEW.to_location_id\n                WHERE unit_id = NEW.unit_id AND status = 'HELD';\n        END IF;\n    END IF;\n    IF NEW.reservation_id IS NOT NULL THEN\n        UPDATE inventory_reservation SET used = 0 WHERE id = NEW.reservation_id;\n    END IF;\n    FOR end_id IN\n        SELECT id FROM unnest(ARRAY[NEW.from_location_id, NEW.to_location_id]) AS place(id)\n        WHERE id IS NOT NULL ORDER BY id\n    LOOP\n        INSERT INTO inventory_balance (id, created_at, organization_id, location_id, batch_id, item_id, quantity, held)\n            VALUES (gen_random_uuid(), kalon_now(), NEW.organization_id, end_id, NEW.batch_id, NEW.item_id, 0, 0)\n            ON CONFLICT ON CONSTRAINT inventory_balance_once DO UPDATE SET quantity = 0;\n    END LOOP;\n    IF NEW.kind = 'RETURNED' THEN\n        SELECT kind, quantity, item_id, batch_id, from_location_id, patient_id INTO issued\n            FROM inventory_movement WHERE id = NEW.returns_id;\n        IF issued.kind IS DISTINCT FROM 'ISSUED' OR (issued.item_id, issued.batch_id, issued.from_location_id,\n            issued.patient_id) IS DISTINCT FROM (NEW.item_id, NEW.batch_id, NEW.to_location_id, NEW.patient_id) THEN\n            RAISE EXCEPTION 'what comes back goes where it came from'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_returns_an_issue';\n        END IF;\n        -- the balance that both go back to is held, so two returns of one issue are counted one after the other\n        IF (SELECT sum(quantity) FROM inventory_movement WHERE returns_id = NEW.returns_id) > issued.quantity THEN\n            RAISE EXCEPTION 'more comes back than was issued'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_over_returned';\n        END IF;\n    END IF;\n    RETURN NULL;", declare='end_id uuid; issued record;', events='AFTER INSERT', level='ROW', name='inventory_movement_counts'),
        ),
        migrations.AddConstraint(
            model_name='movement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('RECEIVED', 'RETURNED')), ('from_location', None), ('to_location__isnull', False)), models.Q(('kind__in', ('ISSUED', 'WASTED', 'EXPIRED', 'SENT_BACK')), ('from_location__isnull', False), ('to_location', None)), models.Q(('kind', 'ADJUSTED'), models.Q(models.Q(('from_location', None), ('to_location__isnull', False)), models.Q(('from_location__isnull', False), ('to_location', None)), _connector='OR')), models.Q(('from_location__isnull', False), ('kind', 'MOVED'), ('to_location__isnull', False), models.Q(('from_location', models.F('to_location')), _negated=True)), _connector='OR'), name='inventory_movement_two_sides'),
        ),
        migrations.AddConstraint(
            model_name='movement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('ADJUSTED', 'WASTED', 'RETURNED', 'SENT_BACK')), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='inventory_movement_explained'),
        ),
        migrations.AddConstraint(
            model_name='movement',
            constraint=models.CheckConstraint(condition=models.Q(('unit', None), models.Q(('quantity', 1), models.Q(('kind__in', ('ADJUSTED', 'RETURNED')), _negated=True)), _connector='OR'), name='inventory_movement_unit_is_one'),
        ),
        migrations.AddConstraint(
            model_name='movement',
            constraint=models.CheckConstraint(condition=models.Q(('reservation', None), ('kind', 'ISSUED'), _connector='OR'), name='inventory_movement_reserved_is_issued'),
        ),
        migrations.AddConstraint(
            model_name='movement',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'RECEIVED')), fields=('unit',), name='inventory_movement_unit_comes_once'),
        ),
        migrations.AddConstraint(
            model_name='movement',
            constraint=models.UniqueConstraint(condition=models.Q(('to_location', None)), fields=('unit',), name='inventory_movement_unit_leaves_once'),
        ),
        migrations.AddConstraint(
            model_name='movement',
            constraint=models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('organization', 'key'), name='inventory_movement_key_once'),
        ),
        migrations.AddConstraint(
            model_name='movement',
            constraint=kalon.kernel.rows.SameOrganization(field='unit_id', name='inventory_movement_same_unit', through=('organization_id', 'batch_id'), to='inventory.SerialUnit'),
        ),
        migrations.AddConstraint(
            model_name='movement',
            constraint=kalon.kernel.rows.SameOrganization(field='reservation_id', name='inventory_movement_same_reservation', through=('organization_id',), to='inventory.Reservation'),
        ),
        migrations.AddConstraint(
            model_name='movement',
            constraint=kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='inventory_movement_rows', patient='', portal='', portal_where='', reviewed='SELECT', tenant='organization_id'),
        ),
    ]
