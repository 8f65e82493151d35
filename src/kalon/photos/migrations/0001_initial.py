import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.crypto.boxes
import kalon.kernel.encrypted
import kalon.kernel.ids
import kalon.kernel.rows
import kalon.kernel.triggers
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('consents', '0002_procedure_consents'),
        ('consultations', '0001_squashed'),
        ('patients', '0001_squashed'),
        ('people', '0005_tax_number'),
        ('plans', '0004_consent_moves'),
    ]

    operations = [
        migrations.CreateModel(
            name='Photo',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('data_key', models.BinaryField(default=kalon.kernel.crypto.boxes.new_data_key, null=True)),
                ('session_id', models.UUIDField(null=True)),
                ('view', models.CharField(choices=[('FRONT', 'Front'), ('LEFT_45', 'Left, half turned'), ('RIGHT_45', 'Right, half turned'), ('LEFT_90', 'Left profile'), ('RIGHT_90', 'Right profile'), ('BASAL', 'From below'), ('BACK', 'Back'), ('SMILE', 'Smiling'), ('HEAD_TOP', 'Top of the head'), ('HAIRLINE', 'Hairline'), ('LEFT_OBLIQUE_BACK', 'Back, half turned left'), ('RIGHT_OBLIQUE_BACK', 'Back, half turned right'), ('ARMS_UP', 'Arms raised'), ('CLOSE_UP', 'Close up'), ('OTHER', 'Another view')], max_length=20)),
                ('stage', models.CharField(choices=[('BEFORE', 'Before'), ('DURING', 'During'), ('AFTER', 'After')], max_length=8)),
                ('taken_at', models.DateTimeField()),
                ('taken_by', models.CharField(max_length=200)),
                ('half', kalon.kernel.encrypted.EncryptedJSON(editable=False, key='patient.data_key')),
                ('content_type', models.CharField(editable=False, max_length=40)),
                ('size', models.PositiveIntegerField(editable=False)),
                ('width', models.PositiveIntegerField(editable=False)),
                ('height', models.PositiveIntegerField(editable=False)),
                ('sha256', models.CharField(blank=True, editable=False, max_length=64)),
                ('received_sha256', models.CharField(blank=True, editable=False, max_length=64)),
                ('deleted_at', models.DateTimeField(editable=False, null=True)),
                ('deleted_by', models.CharField(blank=True, editable=False, max_length=200)),
                ('consent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consents.consent')),
                ('consultation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='consultations.consultation')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('plan', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='plans.procedureplan')),
            ],
            options={
                'ordering': ['-taken_at', '-id'],
                'indexes': [models.Index(fields=['patient', '-taken_at', '-id'], name='photos_of_patient'), models.Index(fields=['plan'], name='photos_of_plan')],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    PERFORM FROM consents_consent WHERE id = NEW.consent_id AND kind = 'PHOTOGRAPHY' AND status = 'SIGNED'\n        AND (valid_until IS NULL OR valid_until > kalon_now()) AND patient_id = ANY ((SELECT kalon_records_of(NEW.patient_id))::uuid[]) FOR SHARE;\n    IF NOT FOUND THEN\n        RAISE EXCEPTION 'the patient has not agreed to photographs' USING ERRCODE = 'check_violation', CONSTRAINT = 'photos_photo_consented';\n    END IF;\n    IF NEW.plan_id IS NOT NULL\n            AND NOT EXISTS (SELECT FROM plans_procedureplan WHERE id = NEW.plan_id AND patient_id = ANY ((SELECT kalon_records_of(NEW.patient_id))::uuid[]))\n        OR NEW.consultation_id IS NOT NULL\n            AND NOT EXISTS (SELECT FROM consultations_consultation WHERE id = NEW.consultation_id AND patient_id = ANY ((SELECT kalon_records_of(NEW.patient_id))::uuid[])) THEN\n        RAISE EXCEPTION 'this plan or visit is another patient''s' USING ERRCODE = 'check_violation', CONSTRAINT = 'photos_photo_same_patient';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE INSERT', level='ROW', name='photos_photo_consented'), kalon.kernel.triggers.Trigger(body="\n    IF OLD.data_key IS NULL AND NEW IS DISTINCT FROM OLD\n        OR to_jsonb(NEW) - free <> to_jsonb(OLD) - free\n        OR NEW.data_key IS NULL AND NEW.deleted_at IS NULL\n        OR NEW.data_key IS NOT NULL\n            AND (NEW.sha256, NEW.received_sha256) IS DISTINCT FROM (OLD.sha256, OLD.received_sha256) THEN\n        RAISE EXCEPTION 'what a photograph holds is never changed; take another and remove this one'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'photos_photo_fixed';\n    END IF;\n    RETURN NEW;", declare="free text[] := ARRAY['data_key', 'deleted_at', 'deleted_by', 'sha256', 'received_sha256'];", events='BEFORE UPDATE', level='ROW', name='photos_photo_fixed'), models.UniqueConstraint(fields=('organization', 'patient', 'id'), name='photos_photo_of_patient'), models.UniqueConstraint(condition=models.Q(('deleted_at', None)), fields=('patient', 'received_sha256'), name='photos_photo_once'), models.CheckConstraint(condition=models.Q(models.Q(('deleted_at', None), ('deleted_by', ''), ('sha256__regex', '^[0-9a-f]{64}$')), models.Q(('data_key__isnull', True), ('deleted_at__isnull', False), ('sha256', ''), models.Q(('deleted_by', ''), _negated=True)), _connector='OR'), name='photos_photo_deleted'), models.CheckConstraint(condition=models.Q(('content_type__in', ['image/jpeg', 'image/png']), ('height__gt', 0), ('width__gt', 0)), name='photos_photo_type'), models.CheckConstraint(condition=models.Q(('stage__in', ['BEFORE', 'DURING', 'AFTER']), ('view__in', ['FRONT', 'LEFT_45', 'RIGHT_45', 'LEFT_90', 'RIGHT_90', 'BASAL', 'BACK', 'SMILE', 'HEAD_TOP', 'HAIRLINE', 'LEFT_OBLIQUE_BACK', 'RIGHT_OBLIQUE_BACK', 'ARMS_UP', 'CLOSE_UP', 'OTHER'])), name='photos_photo_view'), kalon.kernel.rows.SameOrganization(field='patient_id', name='photos_photo_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='photos_photo_rows', patient='patient_id', portal='SELECT', portal_where='id IN (\n    SELECT earlier_id FROM photos_pair WHERE shared_at IS NOT NULL\n    UNION SELECT later_id FROM photos_pair WHERE shared_at IS NOT NULL)', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Pair',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('paired_by', models.CharField(max_length=200)),
                ('shared_at', models.DateTimeField(null=True)),
                ('shared_by', models.CharField(blank=True, max_length=200)),
                ('consent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consents.consent')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('earlier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='photos.photo')),
                ('later', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='photos.photo')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
                'indexes': [models.Index(fields=['patient', '-created_at'], name='photos_pairs_of_patient')],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - free <> to_jsonb(OLD) - free THEN\n        RAISE EXCEPTION 'a pair stays the pair it is' USING ERRCODE = 'check_violation', CONSTRAINT = 'photos_pair_fixed';\n    END IF;\n    IF TG_OP = 'INSERT' AND NOT EXISTS (\n        SELECT FROM photos_photo AS earlier JOIN photos_photo AS later ON later.id = NEW.later_id\n        WHERE earlier.id = NEW.earlier_id AND earlier.view = later.view AND earlier.taken_at <= later.taken_at\n            AND earlier.deleted_at IS NULL AND later.deleted_at IS NULL AND later.patient_id = NEW.patient_id\n            AND earlier.patient_id = ANY ((SELECT kalon_records_of(NEW.patient_id))::uuid[])) THEN\n        RAISE EXCEPTION 'a pair shows one patient from one view, the earlier first' USING ERRCODE = 'check_violation', CONSTRAINT = 'photos_pair_of_view';\n    END IF;\n    IF NEW.shared_at IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.shared_at IS NULL) THEN\n    PERFORM FROM consents_consent WHERE id = NEW.consent_id AND kind = 'PHOTOGRAPHY' AND status = 'SIGNED'\n        AND (valid_until IS NULL OR valid_until > kalon_now()) AND patient_id = ANY ((SELECT kalon_records_of(NEW.patient_id))::uuid[]) FOR SHARE;\n        IF NOT FOUND THEN\n            RAISE EXCEPTION 'the patient does not agree to photographs any more' USING ERRCODE = 'check_violation', CONSTRAINT = 'photos_pair_consented';\n        END IF;\n    END IF;\n    RETURN NEW;", declare="free text[] := ARRAY['shared_at', 'shared_by', 'consent_id'];", events='BEFORE INSERT OR UPDATE', level='ROW', name='photos_pair_of_view'), models.UniqueConstraint(fields=('earlier', 'later'), name='photos_pair_once'), models.UniqueConstraint(fields=('organization', 'patient', 'id'), name='photos_pair_of_patient'), models.CheckConstraint(condition=models.Q(('earlier', models.F('later')), _negated=True), name='photos_pair_of_two'), models.CheckConstraint(condition=models.Q(models.Q(('consent', None), ('shared_at', None), ('shared_by', '')), models.Q(('consent__isnull', False), ('shared_at__isnull', False), models.Q(('shared_by', ''), _negated=True)), _connector='OR'), name='photos_pair_shared'), kalon.kernel.rows.SameOrganization(field='later_id', name='photos_pair_later_of_patient', through=('organization_id', 'patient_id'), to='photos.Photo'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='photos_pair_rows', patient='patient_id', portal='SELECT', portal_where='shared_at IS NOT NULL', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Piece',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('number', models.PositiveIntegerField()),
                ('sealed', models.BinaryField()),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('photo', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='photos.photo')),
            ],
            options={
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM photos_photo WHERE id = OLD.photo_id AND data_key IS NULL) THEN\n        RETURN OLD;\n    END IF;\n    RAISE EXCEPTION 'the pieces of a photograph stay as they are until its key is destroyed'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'photos_piece_fixed';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='photos_piece_fixed'), models.UniqueConstraint(fields=('photo', 'number'), name='photos_piece_once'), kalon.kernel.rows.SameOrganization(field='photo_id', name='photos_piece_of_photo', through=('organization_id', 'patient_id'), to='photos.Photo'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, DELETE', name='photos_piece_rows', patient='patient_id', portal='SELECT', portal_where='photo_id IN (SELECT id FROM photos_photo)', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Alignment',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('method', models.CharField(choices=[('AUTOMATIC', 'Lined up by the computer'), ('BY_HAND', 'Lined up by hand')], max_length=12)),
                ('scale', models.FloatField(null=True)),
                ('rotation', models.FloatField(null=True)),
                ('shift_x', models.FloatField(null=True)),
                ('shift_y', models.FloatField(null=True)),
                ('error', models.FloatField(null=True)),
                ('inliers', models.PositiveIntegerField(default=0)),
                ('landmarks', kalon.kernel.encrypted.EncryptedJSON(key='patient.data_key', null=True)),
                ('made_by', models.CharField(max_length=200)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('pair', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alignments', to='photos.pair')),
            ],
            options={
                'ordering': ['created_at', 'id'],
                'constraints': [kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of photos_alignment are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'photos_alignment_stays';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='photos_alignment_stays'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of photos_alignment are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'photos_alignment_stays';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='photos_alignment_stays_truncate'), models.CheckConstraint(condition=models.Q(models.Q(('error', None), ('method', 'AUTOMATIC'), ('rotation', None), ('scale', None), ('shift_x', None), ('shift_y', None)), models.Q(('error__gte', 0), ('inliers__gte', 2), ('method__in', ['AUTOMATIC', 'BY_HAND']), ('rotation__range', (-180, 180)), ('scale__range', (0.2, 5.0)), ('shift_x__isnull', False), ('shift_y__isnull', False)), _connector='OR'), name='photos_alignment_whole'), models.CheckConstraint(condition=models.Q(models.Q(('landmarks__isnull', True), ('method', 'AUTOMATIC')), models.Q(('landmarks__isnull', False), ('method', 'BY_HAND')), _connector='OR'), name='photos_alignment_landmarks'), kalon.kernel.rows.SameOrganization(field='pair_id', name='photos_alignment_of_pair', through=('organization_id', 'patient_id'), to='photos.Pair'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='photos_alignment_rows', patient='patient_id', portal='SELECT', portal_where='pair_id IN (SELECT id FROM photos_pair)', reviewed='', tenant='organization_id')],
            },
        ),
    ]
