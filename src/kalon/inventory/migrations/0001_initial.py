import django.core.validators
import django.db.models.deletion
import kalon.inventory.models.items
import kalon.kernel.clock
import kalon.kernel.ids
import kalon.kernel.money
import kalon.kernel.rows
import kalon.kernel.triggers
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('patients', '0004_own_reach'),
        ('people', '0003_equipment'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Item',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('name', models.CharField(max_length=160)),
                ('kind', models.CharField(choices=[('MEDICINE', 'Medicine'), ('INJECTABLE', 'Injectable'), ('CONSUMABLE', 'Consumable'), ('IMPLANT', 'Implant'), ('DEVICE_PART', 'Device part')], max_length=16)),
                ('unit', models.CharField(max_length=16, verbose_name='Unit of stock')),
                ('step', kalon.inventory.models.items.QuantityField(decimal_places=3, default=Decimal('1'), max_digits=12, validators=[django.core.validators.MinValueValidator(Decimal('0.001'))], verbose_name='Smallest quantity')),
                ('units_per_pack', kalon.inventory.models.items.QuantityField(decimal_places=3, default=Decimal('1'), max_digits=12, validators=[django.core.validators.MinValueValidator(Decimal('0.001'))], verbose_name='Units in a pack')),
                ('generic', models.CharField(blank=True, max_length=60, validators=[django.core.validators.RegexValidator('^([a-z0-9]+(-[a-z0-9]+)*)?$', 'Write it as the formulary does: small letters, such as lidocaine.')])),
                ('strength', models.CharField(blank=True, max_length=60)),
                ('form', models.CharField(blank=True, max_length=60)),
                ('manufacturer', models.CharField(blank=True, max_length=120)),
                ('hsn', models.CharField(blank=True, max_length=8, validators=[django.core.validators.RegexValidator('^([0-9]{4,8})?$', 'An HSN code has 4 to 8 digits.')], verbose_name='HSN code')),
                ('tax_code', models.CharField(blank=True, max_length=40, verbose_name='Tax')),
                ('price', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('0'), max_digits=14, validators=[django.core.validators.MinValueValidator(Decimal('0'))])),
                ('reorder_level', kalon.inventory.models.items.QuantityField(decimal_places=3, default=Decimal('0'), max_digits=12, validators=[django.core.validators.MinValueValidator(Decimal('0'))])),
                ('needs_batch', models.BooleanField(default=True, verbose_name='Has batch numbers')),
                ('needs_expiry', models.BooleanField(default=True, verbose_name='Expires')),
                ('is_active', models.BooleanField(default=True, verbose_name='In use')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'ordering': ['name', 'id'],
                'indexes': [models.Index(fields=['organization', 'generic'], name='inventory_item_generic')],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF (NEW.unit, NEW.organization_id) IS DISTINCT FROM (OLD.unit, OLD.organization_id)\n        AND EXISTS (SELECT FROM inventory_movement WHERE item_id = OLD.id) THEN\n        RAISE EXCEPTION 'the unit of an item that was in stock is fixed; add another item'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_item_unit_fixed';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE', level='ROW', name='inventory_item_unit_fixed'), models.UniqueConstraint(fields=('organization', 'id'), name='inventory_item_in_organization'), models.UniqueConstraint(fields=('organization', 'name'), name='inventory_item_name_once'), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('unit', ''), _negated=True)), name='inventory_item_named'), models.CheckConstraint(condition=models.Q(('price__gte', 0), ('reorder_level__gte', 0), ('step__gt', 0), ('units_per_pack__gt', 0)), name='inventory_item_not_negative'), models.CheckConstraint(condition=models.Q(('hsn__regex', '^([0-9]{4,8})?$')), name='inventory_item_hsn_shape'), models.CheckConstraint(condition=models.Q(('generic__regex', '^([a-z0-9]+(-[a-z0-9]+)*)?$')), name='inventory_item_generic_shape'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='inventory_item_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('number', models.CharField(blank=True, max_length=40)),
                ('expires_on', models.DateField(null=True)),
                ('status', models.CharField(choices=[('AVAILABLE', 'Available'), ('QUARANTINED', 'Quarantined')], default='AVAILABLE', editable=False, max_length=12)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='batches', to='inventory.item')),
            ],
            options={
                'ordering': ['expires_on', 'id'],
                'indexes': [models.Index(fields=['organization', 'expires_on'], name='inventory_batch_expiry')],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.status IN ('AVAILABLE') THEN\n            NEW.status_at := kalon_now();\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION '% is no beginning of inventory_batch', NEW.status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_batch_status_moves';\n    END IF;\n    IF NEW.status = OLD.status THEN\n        NEW.status_at := OLD.status_at;\n        RETURN NEW;\n    END IF;\n    IF (OLD.status IN ('AVAILABLE') AND NEW.status = 'QUARANTINED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('QUARANTINED') AND NEW.status = 'AVAILABLE' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n    THEN\n        NEW.status_at := kalon_now();\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION '% may not become % in inventory_batch', OLD.status, NEW.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_batch_status_moves';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='inventory_batch_status_moves'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN\n        INSERT INTO kernel_auditevent (kind, organization_id, patient_id, user_id, actor_name, actor_kind,\n            subject_table, subject_id, move, from_state, to_state, reason, origin_ip, request_id, facts, purpose)\n        VALUES ('MOVE', NEW.organization_id, NULL, kalon_user(),\n            COALESCE(NULLIF(current_setting('kalon.actor', true), ''), session_user), COALESCE(kalon_kind(), 'sql'),\n            'inventory_batch', NEW.id, COALESCE(NULLIF(current_setting('kalon.move', true), ''), 'sql'),\n            CASE WHEN TG_OP = 'UPDATE' THEN OLD.status ELSE '' END, NEW.status,\n            COALESCE(current_setting('kalon.reason', true), ''),\n            NULLIF(split_part(current_setting('kalon.origin', true), '|', 1), '')::inet,\n            COALESCE(split_part(current_setting('kalon.origin', true), '|', 2), ''), '{}', '');\n    END IF;\n    RETURN NULL;", declare='', events='AFTER INSERT OR UPDATE', level='ROW', name='inventory_batch_history'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'UPDATE' THEN\n        IF (NEW.item_id, NEW.number, NEW.expires_on, NEW.organization_id)\n            IS DISTINCT FROM (OLD.item_id, OLD.number, OLD.expires_on, OLD.organization_id) THEN\n            RAISE EXCEPTION 'a batch keeps its number and its expiry; write off the wrong one and receive it anew'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_batch_fixed';\n        END IF;\n        RETURN NEW;\n    END IF;\n    SELECT needs_batch, needs_expiry INTO kept FROM inventory_item WHERE id = NEW.item_id;\n    IF (kept.needs_batch AND NEW.number = '') OR (NOT kept.needs_batch AND NEW.number <> '') THEN\n        RAISE EXCEPTION 'the batch number is missing, or the item has none'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_batch_numbered';\n    END IF;\n    IF kept.needs_expiry AND NEW.expires_on IS NULL THEN\n        RAISE EXCEPTION 'the expiry date is missing'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_batch_expires';\n    END IF;\n    RETURN NEW;", declare='kept record;', events='BEFORE INSERT OR UPDATE', level='ROW', name='inventory_batch_complete'), models.UniqueConstraint(fields=('organization', 'item', 'id'), name='inventory_batch_of_item'), models.UniqueConstraint(fields=('item', 'number'), name='inventory_batch_number_once'), kalon.kernel.rows.SameOrganization(field='item_id', name='inventory_batch_same_item', through=('organization_id',), to='inventory.Item'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='inventory_batch_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Location',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('code', models.CharField(max_length=12)),
                ('name', models.CharField(max_length=80)),
                ('kind', models.CharField(choices=[('STORE', 'Store'), ('PHARMACY', 'Pharmacy'), ('TREATMENT', 'Treatment room'), ('THEATRE', 'Theatre')], default='STORE', max_length=12)),
                ('is_active', models.BooleanField(default=True, verbose_name='In use')),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'ordering': ['branch', 'code'],
                'constraints': [models.UniqueConstraint(fields=('organization', 'id'), name='inventory_location_in_organization'), models.UniqueConstraint(fields=('branch', 'code'), name='inventory_location_code_once'), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('code', ''), _negated=True)), name='inventory_location_named'), kalon.kernel.triggers.Trigger(body="\n    IF (NEW.branch_id, NEW.organization_id) IS DISTINCT FROM (OLD.branch_id, OLD.organization_id) THEN\n        RAISE EXCEPTION 'a place of the store stays at its branch; add another'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_location_stays';\n    END IF;\n    IF OLD.is_active AND NOT NEW.is_active\n        AND EXISTS (SELECT FROM inventory_balance WHERE location_id = OLD.id AND quantity > 0) THEN\n        RAISE EXCEPTION 'move what stands here first'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_location_not_empty';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE', level='ROW', name='inventory_location_stays'), kalon.kernel.rows.SameOrganization(field='branch_id', name='inventory_location_same_branch', through=('organization_id',), to='people.Branch'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='inventory_location_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Balance',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('quantity', kalon.inventory.models.items.QuantityField(decimal_places=3, editable=False, max_digits=12)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='balances', to='inventory.batch')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='balances', to='inventory.item')),
                ('location', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='balances', to='inventory.location')),
            ],
            options={
                'ordering': ['batch__expires_on', 'batch_id', 'location_id'],
                'indexes': [models.Index(fields=['item', 'location'], name='inventory_balance_of_item')],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'UPDATE' AND (NEW.location_id, NEW.batch_id, NEW.item_id, NEW.organization_id)\n        <> (OLD.location_id, OLD.batch_id, OLD.item_id, OLD.organization_id) THEN\n        RAISE EXCEPTION 'a balance stays with its batch and place'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_balance_fixed';\n    END IF;\n    SELECT COALESCE(sum(CASE WHEN to_location_id = NEW.location_id THEN quantity ELSE -quantity END), 0)\n        INTO NEW.quantity FROM inventory_movement\n        WHERE batch_id = NEW.batch_id AND NEW.location_id IN (from_location_id, to_location_id);\n    RETURN NEW;", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='inventory_balance_derives'), models.UniqueConstraint(fields=('location', 'batch'), name='inventory_balance_once'), models.CheckConstraint(condition=models.Q(('quantity__gte', 0)), name='inventory_balance_never_below_zero'), kalon.kernel.rows.SameOrganization(field='batch_id', name='inventory_balance_same_batch', through=('organization_id', 'item_id'), to='inventory.Batch'), kalon.kernel.rows.SameOrganization(field='location_id', name='inventory_balance_same_location', through=('organization_id',), to='inventory.Location'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='inventory_balance_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Movement',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('RECEIVED', 'Received'), ('ISSUED', 'Given to a patient'), ('RETURNED', 'Given back'), ('MOVED', 'Moved'), ('ADJUSTED', 'Counted'), ('WASTED', 'Wasted'), ('EXPIRED', 'Expired')], max_length=8)),
                ('quantity', kalon.inventory.models.items.QuantityField(decimal_places=3, max_digits=12)),
                ('pick', models.CharField(blank=True, choices=[('FIRST_EXPIRED', 'First to expire'), ('NAMED', 'Batch named')], max_length=13)),
                ('source_kind', models.CharField(blank=True, max_length=60)),
                ('source_id', models.UUIDField(null=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('supplier', models.CharField(blank=True, max_length=120)),
                ('reference', models.CharField(blank=True, max_length=60, verbose_name='Invoice or delivery note')),
                ('cost', kalon.kernel.money.AmountField(decimal_places=2, max_digits=14, null=True)),
                ('made_by_name', models.CharField(max_length=120)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='inventory.batch')),
                ('from_location', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.location')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='inventory.item')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('returns', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='came_back', to='inventory.movement')),
                ('to_location', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.location')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
                'indexes': [models.Index(fields=['batch', 'created_at'], name='inventory_movement_of_batch'), models.Index(fields=['item', '-created_at'], name='inventory_movement_of_item'), models.Index(fields=['source_id'], name='inventory_movement_of_source'), models.Index(fields=['organization', '-created_at', '-id'], name='inventory_movement_newest')],
                'constraints': [kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of inventory_movement are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_kept';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='inventory_movement_kept'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of inventory_movement are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_kept';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='inventory_movement_kept_truncate'), kalon.kernel.triggers.Trigger(body="\n    SELECT step INTO smallest FROM inventory_item WHERE id = NEW.item_id;\n    IF mod(NEW.quantity, smallest) <> 0 AND NEW.kind <> 'ADJUSTED' THEN\n        RAISE EXCEPTION 'this item moves in steps of %', smallest\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_whole_steps';\n    END IF;\n    IF NEW.kind NOT IN ('ISSUED', 'EXPIRED') THEN RETURN NEW; END IF;\n    SELECT (kalon_now() AT TIME ZONE branch.timezone)::date INTO today\n        FROM inventory_location place JOIN people_branch branch ON branch.id = place.branch_id\n        WHERE place.id = NEW.from_location_id;\n    SELECT status, expires_on INTO found FROM inventory_batch WHERE id = NEW.batch_id FOR SHARE;\n    IF NEW.kind = 'EXPIRED' THEN\n        IF found.expires_on IS NULL OR found.expires_on >= today THEN\n            RAISE EXCEPTION 'this batch has not expired'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_not_expired';\n        END IF;\n        RETURN NEW;\n    END IF;\n    IF found.expires_on < today THEN\n        RAISE EXCEPTION 'an expired batch never leaves to a patient'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_expired';\n    END IF;\n    IF found.status <> 'AVAILABLE' THEN\n        RAISE EXCEPTION 'a batch that is locked away never leaves to a patient'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_quarantined';\n    END IF;\n    IF NEW.pick = 'FIRST_EXPIRED' AND EXISTS (\n        SELECT FROM inventory_balance balance JOIN inventory_batch other ON other.id = balance.batch_id\n        WHERE balance.location_id = NEW.from_location_id AND balance.item_id = NEW.item_id AND balance.quantity > 0\n            AND other.status = 'AVAILABLE' AND other.expires_on >= today\n            AND other.expires_on < COALESCE(found.expires_on, 'infinity'::date)) THEN\n        RAISE EXCEPTION 'another batch of this item expires first'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_first_expired';\n    END IF;\n    RETURN NEW;", declare='found record; smallest numeric; today date;', events='BEFORE INSERT', level='ROW', name='inventory_movement_may_be'), kalon.kernel.triggers.Trigger(body="\n    FOR end_id IN\n        SELECT id FROM unnest(ARRAY[NEW.from_location_id, NEW.to_location_id]) AS place(id)\n        WHERE id IS NOT NULL ORDER BY id\n    LOOP\n        INSERT INTO inventory_balance (id, created_at, organization_id, location_id, batch_id, item_id, quantity)\n            VALUES (gen_random_uuid(), kalon_now(), NEW.organization_id, end_id, NEW.batch_id, NEW.item_id, 0)\n            ON CONFLICT ON CONSTRAINT inventory_balance_once DO UPDATE SET quantity = 0;\n    END LOOP;\n    IF NEW.kind = 'RETURNED' THEN\n        SELECT kind, quantity, item_id, batch_id, from_location_id, patient_id INTO issued\n            FROM inventory_movement WHERE id = NEW.returns_id;\n        IF issued.kind IS DISTINCT FROM 'ISSUED' OR (issued.item_id, issued.batch_id, issued.from_location_id,\n            issued.patient_id) IS DISTINCT FROM (NEW.item_id, NEW.batch_id, NEW.to_location_id, NEW.patient_id) THEN\n            RAISE EXCEPTION 'what comes back goes where it came from'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_returns_an_issue';\n        END IF;\n        -- the balance that both go back to is held, so two returns of one issue are counted one after the other\n        IF (SELECT sum(quantity) FROM inventory_movement WHERE returns_id = NEW.returns_id) > issued.quantity THEN\n            RAISE EXCEPTION 'more comes back than was issued'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_over_returned';\n        END IF;\n    END IF;\n    RETURN NULL;", declare='end_id uuid; issued record;', events='AFTER INSERT', level='ROW', name='inventory_movement_counts'), models.UniqueConstraint(fields=('organization', 'id'), name='inventory_movement_in_organization'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='inventory_movement_positive'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('RECEIVED', 'RETURNED')), ('from_location', None), ('to_location__isnull', False)), models.Q(('kind__in', ('ISSUED', 'WASTED', 'EXPIRED')), ('from_location__isnull', False), ('to_location', None)), models.Q(('kind', 'ADJUSTED'), models.Q(models.Q(('from_location', None), ('to_location__isnull', False)), models.Q(('from_location__isnull', False), ('to_location', None)), _connector='OR')), models.Q(('from_location__isnull', False), ('kind', 'MOVED'), ('to_location__isnull', False), models.Q(('from_location', models.F('to_location')), _negated=True)), _connector='OR'), name='inventory_movement_two_sides'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('ISSUED', 'RETURNED')), ('patient__isnull', False), ('source_id__isnull', False), models.Q(('source_kind', ''), _negated=True)), models.Q(models.Q(('kind__in', ('ISSUED', 'RETURNED')), _negated=True), ('patient', None)), _connector='OR'), name='inventory_movement_patient_and_source'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'ISSUED'), models.Q(('pick', ''), _negated=True)), models.Q(models.Q(('kind', 'ISSUED'), _negated=True), ('pick', '')), _connector='OR'), name='inventory_movement_picked'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'RETURNED'), ('returns__isnull', False)), models.Q(models.Q(('kind', 'RETURNED'), _negated=True), ('returns', None)), _connector='OR'), name='inventory_movement_names_what_returns'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('ADJUSTED', 'WASTED', 'RETURNED')), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='inventory_movement_explained'), models.CheckConstraint(condition=models.Q(('cost', None), models.Q(('cost__gte', 0), ('kind', 'RECEIVED')), _connector='OR'), name='inventory_movement_cost_of_delivery'), kalon.kernel.rows.SameOrganization(field='batch_id', name='inventory_movement_same_batch', through=('organization_id', 'item_id'), to='inventory.Batch'), kalon.kernel.rows.SameOrganization(field='from_location_id', name='inventory_movement_same_from', through=('organization_id',), to='inventory.Location'), kalon.kernel.rows.SameOrganization(field='to_location_id', name='inventory_movement_same_to', through=('organization_id',), to='inventory.Location'), kalon.kernel.rows.SameOrganization(field='patient_id', name='inventory_movement_same_patient', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.SameOrganization(field='returns_id', name='inventory_movement_same_return', through=('organization_id',), to='inventory.Movement'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='inventory_movement_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
    ]
