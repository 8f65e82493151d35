import django.core.validators
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
        ('inventory', '0001_initial'),
        ('patients', '0004_own_reach'),
        ('people', '0003_equipment'),
    ]

    operations = [
        migrations.CreateModel(
            name='Chart',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status', models.CharField(choices=[('DRAFT', 'Being drawn'), ('FINISHED', 'Finished'), ('DISCARDED', 'Thrown away')], default='DRAFT', editable=False, max_length=12)),
                ('stock_id', models.UUIDField(editable=False)),
                ('reason', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('note', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('finished_at', models.DateTimeField(null=True)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('consultation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='charts', to='consultations.consultation')),
                ('corrects', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='charts.chart')),
                ('drawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
                'indexes': [models.Index(fields=['patient', '-finished_at'], name='charts_chart_latest')],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.status IN ('DRAFT') THEN\n            NEW.status_at := kalon_now();\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION '% is no beginning of charts_chart', NEW.status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'charts_chart_status_moves';\n    END IF;\n    IF NEW.status = OLD.status THEN\n        NEW.status_at := OLD.status_at;\n        RETURN NEW;\n    END IF;\n    IF (OLD.status IN ('DRAFT') AND NEW.status = 'FINISHED')\n        OR (OLD.status IN ('DRAFT') AND NEW.status = 'DISCARDED')\n    THEN\n        NEW.status_at := kalon_now();\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION '% may not become % in charts_chart', OLD.status, NEW.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'charts_chart_status_moves';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='charts_chart_status_moves'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN\n        INSERT INTO kernel_auditevent (kind, organization_id, patient_id, user_id, actor_name, actor_kind,\n            subject_table, subject_id, move, from_state, to_state, reason, origin_ip, request_id, facts, purpose)\n        VALUES ('MOVE', NEW.organization_id, NEW.patient_id, kalon_user(),\n            COALESCE(NULLIF(current_setting('kalon.actor', true), ''), session_user), COALESCE(kalon_kind(), 'sql'),\n            'charts_chart', NEW.id, COALESCE(NULLIF(current_setting('kalon.move', true), ''), 'sql'),\n            CASE WHEN TG_OP = 'UPDATE' THEN OLD.status ELSE '' END, NEW.status,\n            COALESCE(current_setting('kalon.reason', true), ''),\n            NULLIF(split_part(current_setting('kalon.origin', true), '|', 1), '')::inet,\n            COALESCE(split_part(current_setting('kalon.origin', true), '|', 2), ''), '{}', '');\n    END IF;\n    RETURN NULL;", declare='', events='AFTER INSERT OR UPDATE', level='ROW', name='charts_chart_history'), kalon.kernel.triggers.Trigger(body="\n    IF OLD.status NOT IN ('FINISHED', 'DISCARDED') THEN\n        IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;\n    END IF;\n    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['status', 'status_at'] = to_jsonb(OLD) - ARRAY['status', 'status_at'] THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'this row of charts_chart is sealed (%); correct it by a new record that names it', OLD.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'charts_chart_sealed';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='charts_chart_sealed'), kalon.kernel.triggers.Trigger(body="\n    IF NEW.status <> 'FINISHED' OR OLD.status = 'FINISHED' THEN RETURN NEW; END IF;\n    IF NOT EXISTS (SELECT FROM charts_point WHERE chart_id = NEW.id)\n        AND NOT EXISTS (SELECT FROM charts_setting WHERE chart_id = NEW.id) THEN\n        RAISE EXCEPTION 'nothing is drawn on this chart'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'charts_chart_not_empty';\n    END IF;\n    IF EXISTS (SELECT FROM charts_point WHERE chart_id = NEW.id AND batch_id IS NULL) THEN\n        RAISE EXCEPTION 'a point names no batch'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'charts_chart_traceable';\n    END IF;\n    IF EXISTS (\n        SELECT FROM (\n            SELECT batch_id, sum(quantity) AS quantity FROM charts_point WHERE chart_id = NEW.id GROUP BY batch_id\n        ) AS drawn FULL JOIN (\n            SELECT batch_id, sum(CASE kind WHEN 'ISSUED' THEN quantity ELSE -quantity END) AS quantity\n            FROM inventory_movement\n            WHERE source_kind = 'charts.Chart' AND source_id = NEW.stock_id AND kind IN ('ISSUED', 'RETURNED')\n            GROUP BY batch_id\n        ) AS taken USING (batch_id)\n        WHERE COALESCE(drawn.quantity, 0) <> COALESCE(taken.quantity, 0)) THEN\n        RAISE EXCEPTION 'what is drawn is not what left the store'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'charts_chart_stock_agrees';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE', level='ROW', name='charts_chart_whole'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'UPDATE' THEN\n        IF (NEW.corrects_id, NEW.stock_id, NEW.patient_id, NEW.branch_id, NEW.consultation_id)\n            IS DISTINCT FROM (OLD.corrects_id, OLD.stock_id, OLD.patient_id, OLD.branch_id, OLD.consultation_id) THEN\n            RAISE EXCEPTION 'a chart keeps what it is about'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'charts_chart_fixed';\n        END IF;\n        RETURN NEW;\n    END IF;\n    IF NEW.corrects_id IS NULL THEN\n        IF NEW.stock_id <> NEW.id THEN\n            RAISE EXCEPTION 'a first chart names its own stock'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'charts_chart_corrects';\n        END IF;\n    ELSIF NOT EXISTS (SELECT FROM charts_chart WHERE id = NEW.corrects_id AND status = 'FINISHED'\n        AND stock_id = NEW.stock_id AND branch_id = NEW.branch_id) THEN\n        RAISE EXCEPTION 'a correction names a finished chart'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'charts_chart_corrects';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='charts_chart_corrects'), models.UniqueConstraint(fields=('organization', 'patient', 'id'), name='charts_chart_of_patient'), models.UniqueConstraint(condition=models.Q(('status', 'DISCARDED'), _negated=True), fields=('corrects',), name='charts_chart_corrected_once'), models.UniqueConstraint(condition=models.Q(('status', 'DRAFT')), fields=('consultation',), name='charts_chart_one_draft'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', False), ('status', 'FINISHED')), models.Q(models.Q(('status', 'FINISHED'), _negated=True), ('finished_at', None)), _connector='OR'), name='charts_chart_finished_when'), models.CheckConstraint(condition=models.Q(('corrects', None), models.Q(('corrects', models.F('id')), _negated=True), _connector='OR'), name='charts_chart_corrects_another'), kalon.kernel.rows.SameOrganization(field='branch_id', name='charts_chart_same_branch', through=('organization_id',), to='people.Branch'), kalon.kernel.rows.SameOrganization(field='patient_id', name='charts_chart_same_patient', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.SameOrganization(field='consultation_id', name='charts_chart_same_consultation', through=('organization_id', 'patient_id'), to='consultations.Consultation'), kalon.kernel.rows.SameOrganization(field='corrects_id', name='charts_chart_same_corrected', through=('organization_id', 'patient_id'), to='charts.Chart'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='charts_chart_rows', patient='patient_id', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Point',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('view', models.CharField(choices=[('FRONT', 'Face, front'), ('RIGHT', 'Face, right'), ('LEFT', 'Face, left'), ('BODY_FRONT', 'Body, front'), ('BODY_BACK', 'Body, back')], max_length=10)),
                ('region', models.CharField(choices=[('frontalis', 'Forehead (frontalis)'), ('glabella', 'Glabella'), ('temple', 'Temple'), ('lateral_canthus', "Crow's feet"), ('tear_trough', 'Tear trough'), ('malar', 'Cheek (malar)'), ('nose', 'Nose'), ('nasolabial', 'Nasolabial fold'), ('lip_upper', 'Upper lip'), ('lip_lower', 'Lower lip'), ('marionette', 'Marionette line'), ('mentalis', 'Chin (mentalis)'), ('masseter', 'Masseter'), ('jawline', 'Jawline'), ('platysma', 'Neck (platysma)'), ('chest', 'Chest'), ('abdomen', 'Abdomen'), ('thigh', 'Thigh'), ('upper_back', 'Upper back'), ('flanks', 'Flanks'), ('gluteal', 'Gluteal'), ('other', 'Elsewhere')], max_length=20)),
                ('x', models.DecimalField(decimal_places=1, max_digits=6)),
                ('y', models.DecimalField(decimal_places=1, max_digits=6)),
                ('quantity', models.DecimalField(decimal_places=3, max_digits=9)),
                ('depth', models.CharField(blank=True, choices=[('INTRADERMAL', 'Intradermal'), ('SUBCUTANEOUS', 'Subcutaneous'), ('INTRAMUSCULAR', 'Intramuscular'), ('SUPRAPERIOSTEAL', 'On the bone')], max_length=16)),
                ('technique', models.CharField(blank=True, choices=[('BOLUS', 'Bolus'), ('LINEAR', 'Linear thread'), ('FANNING', 'Fanning'), ('CROSS_HATCH', 'Cross-hatching'), ('MICRODROPLET', 'Micro-droplets'), ('CANNULA', 'Cannula')], max_length=16)),
                ('batch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.batch')),
                ('chart', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='points', to='charts.chart')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.item')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'ordering': ['created_at', 'id'],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    SELECT status INTO found_status FROM charts_chart WHERE id = parent_id FOR KEY SHARE;\n    IF found_status IN ('FINISHED', 'DISCARDED') OR (TG_OP = 'UPDATE' AND OLD.chart_id <> NEW.chart_id) THEN\n        RAISE EXCEPTION 'charts_chart is % and its rows in charts_point are sealed', found_status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'charts_point_sealed';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;", declare="parent_id uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.chart_id ELSE NEW.chart_id END; found_status text;", events='BEFORE INSERT OR UPDATE OR DELETE', level='ROW', name='charts_point_sealed'), kalon.kernel.rows.SameOrganization(field='chart_id', name='charts_point_same_chart', through=('organization_id', 'patient_id'), to='charts.Chart'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE, DELETE', name='charts_point_rows', patient='patient_id', portal='', portal_where='', reviewed='', tenant='organization_id'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='charts_point_positive'), models.CheckConstraint(condition=models.Q(('x__gte', -200), ('x__lte', 200), ('y__gte', 0), ('y__lte', 520)), name='charts_point_on_the_map'), models.CheckConstraint(condition=models.Q(('view__in', ['FRONT', 'RIGHT', 'LEFT', 'BODY_FRONT', 'BODY_BACK'])), name='charts_point_view'), models.CheckConstraint(condition=models.Q(('region__in', ['frontalis', 'glabella', 'temple', 'lateral_canthus', 'tear_trough', 'malar', 'nose', 'nasolabial', 'lip_upper', 'lip_lower', 'marionette', 'mentalis', 'masseter', 'jawline', 'platysma', 'chest', 'abdomen', 'thigh', 'upper_back', 'flanks', 'gluteal', 'other'])), name='charts_point_region'), kalon.kernel.rows.SameOrganization(field='item_id', name='charts_point_same_item', through=('organization_id',), to='inventory.Item'), kalon.kernel.rows.SameOrganization(field='batch_id', name='charts_point_same_batch', through=('organization_id', 'item_id'), to='inventory.Batch')],
            },
        ),
        migrations.CreateModel(
            name='Setting',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('wavelength', models.PositiveIntegerField(validators=[django.core.validators.MinValueValidator(190), django.core.validators.MaxValueValidator(11000)])),
                ('fluence', models.DecimalField(decimal_places=2, max_digits=6, validators=[django.core.validators.MinValueValidator(Decimal('0.01')), django.core.validators.MaxValueValidator(Decimal('500'))])),
                ('spot', models.DecimalField(decimal_places=1, max_digits=4, validators=[django.core.validators.MinValueValidator(Decimal('0.1')), django.core.validators.MaxValueValidator(Decimal('50'))])),
                ('pulse', models.DecimalField(decimal_places=4, max_digits=9, validators=[django.core.validators.MinValueValidator(Decimal('0.0001')), django.core.validators.MaxValueValidator(Decimal('5000'))])),
                ('passes', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(50)])),
                ('area', kalon.kernel.encrypted.EncryptedText(key='patient.data_key', max_length=120)),
                ('chart', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='settings', to='charts.chart')),
                ('equipment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.equipment')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'ordering': ['created_at', 'id'],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    SELECT status INTO found_status FROM charts_chart WHERE id = parent_id FOR KEY SHARE;\n    IF found_status IN ('FINISHED', 'DISCARDED') OR (TG_OP = 'UPDATE' AND OLD.chart_id <> NEW.chart_id) THEN\n        RAISE EXCEPTION 'charts_chart is % and its rows in charts_setting are sealed', found_status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'charts_setting_sealed';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;", declare="parent_id uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.chart_id ELSE NEW.chart_id END; found_status text;", events='BEFORE INSERT OR UPDATE OR DELETE', level='ROW', name='charts_setting_sealed'), kalon.kernel.rows.SameOrganization(field='chart_id', name='charts_setting_same_chart', through=('organization_id', 'patient_id'), to='charts.Chart'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE, DELETE', name='charts_setting_rows', patient='patient_id', portal='', portal_where='', reviewed='', tenant='organization_id'), models.CheckConstraint(condition=models.Q(('fluence__gt', 0), ('fluence__lte', 500), ('wavelength__gte', 190), ('wavelength__lte', 11000), ('passes__gte', 1), ('passes__lte', 50), ('pulse__gt', 0), ('pulse__lte', 5000), ('spot__gt', 0), ('spot__lte', 50)), name='charts_setting_possible'), kalon.kernel.rows.SameOrganization(field='equipment_id', name='charts_setting_same_equipment', through=('organization_id',), to='people.Equipment')],
            },
        ),
    ]
