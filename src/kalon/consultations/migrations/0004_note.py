import django.core.validators
import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.encrypted
import kalon.kernel.ids
import kalon.kernel.rows
import kalon.kernel.triggers
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0001_initial'),
        ('catalog', '0002_needs'),
        ('consultations', '0003_live'),
        ('patients', '0004_own_reach'),
        ('people', '0003_equipment'),
        ('scheduling', '0009_outside'),
    ]

    operations = [
        migrations.RenameField(
            model_name='consultation',
            old_name='history',
            new_name='present_illness',
        ),
        migrations.RenameField(
            model_name='consultation',
            old_name='findings',
            new_name='examination',
        ),
        migrations.RenameField(
            model_name='consultation',
            old_name='diagnosis',
            new_name='assessment',
        ),
        migrations.AddField(
            model_name='consultation',
            name='editions',
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.AddField(
            model_name='consultation',
            name='objective',
            field=kalon.kernel.encrypted.EncryptedText(blank=True, key='patient.data_key', null=True),
        ),
        migrations.AddField(
            model_name='consultation',
            name='plan',
            field=kalon.kernel.encrypted.EncryptedText(blank=True, key='patient.data_key', null=True),
        ),
        migrations.AddField(
            model_name='consultation',
            name='subjective',
            field=kalon.kernel.encrypted.EncryptedText(blank=True, key='patient.data_key', null=True),
        ),
        migrations.AddField(
            model_name='consultation',
            name='systems',
            field=kalon.kernel.encrypted.EncryptedText(blank=True, key='patient.data_key', null=True),
        ),
        migrations.AddField(
            model_name='vitals',
            name='abnormal',
            field=models.JSONField(default=list, editable=False),
        ),
        migrations.AddField(
            model_name='vitals',
            name='glucose',
            field=models.DecimalField(decimal_places=1, max_digits=5, null=True, validators=[django.core.validators.MinValueValidator(10), django.core.validators.MaxValueValidator(1000)]),
        ),
        migrations.AlterField(
            model_name='consultation',
            name='assessment',
            field=kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key', place='consultations_consultation.diagnosis'),
        ),
        migrations.AlterField(
            model_name='consultation',
            name='examination',
            field=kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key', place='consultations_consultation.findings'),
        ),
        migrations.AlterField(
            model_name='consultation',
            name='present_illness',
            field=kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key', place='consultations_consultation.history'),
        ),
        migrations.AddIndex(
            model_name='vitals',
            index=models.Index(fields=['patient', '-id'], name='vitals_of_patient'),
        ),
        migrations.AddConstraint(
            model_name='consultation',
            constraint=kalon.kernel.triggers.Trigger(body="\n    FOREACH part IN ARRAY ARRAY['complaint', 'present_illness', 'systems', 'subjective', 'objective', 'examination', 'assessment', 'plan', 'advice'] LOOP\n        IF to_jsonb(NEW) -> part IS DISTINCT FROM to_jsonb(OLD) -> part THEN\n            IF NOT EXISTS (\n                SELECT FROM consultations_noteversion AS version\n                WHERE version.consultation_id = NEW.id AND version.section = part AND version.stands\n                    AND version.edition = (NEW.editions ->> part)::int\n                    AND version.edition > COALESCE((OLD.editions ->> part)::int, 0)\n            ) THEN\n                RAISE EXCEPTION 'the words of % changed without a version', part\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_words_are_kept';\n            END IF;\n        END IF;\n    END LOOP;\n    RETURN NULL;", declare='part text;', events='AFTER UPDATE', level='ROW', name='consultations_words_are_kept'),
        ),
        migrations.AddConstraint(
            model_name='vitals',
            constraint=models.UniqueConstraint(fields=('organization', 'patient', 'id'), name='vitals_of_patient_once'),
        ),
        migrations.CreateModel(
            name='Addendum',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('text', kalon.kernel.encrypted.EncryptedText(key='patient.data_key')),
                ('signed_at', models.DateTimeField(default=kalon.kernel.clock.now)),
                ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='addenda', to='consultations.consultation')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('signed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
            ],
            options={
                'db_table': 'consultations_addendum',
                'ordering': ['id'],
                'constraints': [kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='consultations_addendum_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id'), kalon.kernel.rows.SameOrganization(field='patient_id', name='addendum_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.SameOrganization(field='consultation_id', name='addendum_consultation_of_patient', through=('organization_id', 'patient_id'), to='consultations.Consultation'), kalon.kernel.triggers.Trigger(body="\n    IF NOT EXISTS (\n        SELECT FROM consultations_consultation WHERE id = NEW.consultation_id AND status = 'CLOSED'\n    ) THEN\n        RAISE EXCEPTION 'an addendum follows a signed note'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_addendum_after_signing';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE INSERT', level='ROW', name='consultations_addendum_after_signing'), kalon.kernel.triggers.Trigger(body="\n    IF COALESCE(kalon_kind(), 'sql') <> 'system' AND NOT EXISTS (\n        SELECT FROM people_staff WHERE id = NEW.signed_by_id AND user_id = kalon_user()\n    ) THEN\n        RAISE EXCEPTION 'nobody signs in the name of another'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_addendum_in_own_name';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE INSERT', level='ROW', name='consultations_addendum_in_own_name'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of consultations_addendum are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_addendum_stays';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='consultations_addendum_stays'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of consultations_addendum are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_addendum_stays';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='consultations_addendum_stays_truncate')],
            },
        ),
        migrations.CreateModel(
            name='AlertSeen',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('shown', kalon.kernel.encrypted.EncryptedText(key='patient.data_key')),
                ('seen_at', models.DateTimeField(default=kalon.kernel.clock.now)),
                ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.consultation')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('seen_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('vitals', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='seen', to='consultations.vitals')),
            ],
            options={
                'db_table': 'consultations_alertseen',
                'constraints': [kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='consultations_alertseen_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id'), kalon.kernel.rows.SameOrganization(field='patient_id', name='alertseen_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.SameOrganization(field='vitals_id', name='alertseen_vitals_of_patient', through=('organization_id', 'patient_id'), to='consultations.Vitals'), kalon.kernel.rows.SameOrganization(field='consultation_id', name='alertseen_consultation_of_patient', through=('organization_id', 'patient_id'), to='consultations.Consultation'), kalon.kernel.triggers.Trigger(body="\n    SELECT status INTO found_status FROM consultations_consultation WHERE id = parent_id FOR KEY SHARE;\n    IF found_status IN ('CLOSED', 'CANCELLED') OR (TG_OP = 'UPDATE' AND OLD.consultation_id <> NEW.consultation_id) THEN\n        RAISE EXCEPTION 'consultations_consultation is % and its rows in consultations_alertseen are sealed', found_status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_alertseen_sealed';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;", declare="parent_id uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.consultation_id ELSE NEW.consultation_id END; found_status text;", events='BEFORE INSERT OR UPDATE OR DELETE', level='ROW', name='consultations_alertseen_sealed'), kalon.kernel.triggers.Trigger(body="\n    IF COALESCE(kalon_kind(), 'sql') <> 'system' AND NOT EXISTS (\n        SELECT FROM people_staff WHERE id = NEW.seen_by_id AND user_id = kalon_user()\n    ) THEN\n        RAISE EXCEPTION 'nobody signs in the name of another'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_alert_in_own_name';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE INSERT', level='ROW', name='consultations_alert_in_own_name'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of consultations_alertseen are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_alertseen_stays';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='consultations_alertseen_stays'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of consultations_alertseen are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_alertseen_stays';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='consultations_alertseen_stays_truncate')],
            },
        ),
        migrations.CreateModel(
            name='NoteTemplate',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('name', models.CharField(max_length=100)),
                ('specialty', models.CharField(blank=True, max_length=100)),
                ('sections', models.JSONField(default=dict)),
                ('is_active', models.BooleanField(default=True)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('service', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.service')),
            ],
            options={
                'db_table': 'consultations_notetemplate',
                'ordering': ['name'],
                'constraints': [kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='consultations_notetemplate_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id'), kalon.kernel.rows.SameOrganization(field='service_id', name='notetemplate_service_here', through=('organization_id',), to='catalog.Service'), models.UniqueConstraint(fields=('organization', 'name'), name='notetemplate_name_once')],
            },
        ),
        migrations.CreateModel(
            name='NoteVersion',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('section', models.CharField(choices=[('complaint', 'Chief complaint'), ('present_illness', 'History of present illness'), ('systems', 'Review of systems'), ('subjective', 'What the patient says'), ('objective', 'What was measured'), ('examination', 'What I see'), ('assessment', 'Assessment'), ('plan', 'Plan'), ('advice', 'What the patient will read')], max_length=20)),
                ('edition', models.PositiveIntegerField()),
                ('text', kalon.kernel.encrypted.EncryptedText(blank=True, key='patient.data_key')),
                ('stands', models.BooleanField()),
                ('settles', models.BooleanField(default=False)),
                ('written_at', models.DateTimeField(default=kalon.kernel.clock.now)),
                ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='consultations.consultation')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('written_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
            ],
            options={
                'db_table': 'consultations_noteversion',
                'ordering': ['consultation', 'section', 'edition'],
                'constraints': [kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='consultations_noteversion_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id'), kalon.kernel.rows.SameOrganization(field='patient_id', name='noteversion_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.SameOrganization(field='consultation_id', name='noteversion_consultation_of_patient', through=('organization_id', 'patient_id'), to='consultations.Consultation'), kalon.kernel.triggers.Trigger(body="\n    SELECT status INTO found_status FROM consultations_consultation WHERE id = parent_id FOR KEY SHARE;\n    IF found_status IN ('CLOSED', 'CANCELLED') OR (TG_OP = 'UPDATE' AND OLD.consultation_id <> NEW.consultation_id) THEN\n        RAISE EXCEPTION 'consultations_consultation is % and its rows in consultations_noteversion are sealed', found_status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_noteversion_sealed';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;", declare="parent_id uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.consultation_id ELSE NEW.consultation_id END; found_status text;", events='BEFORE INSERT OR UPDATE OR DELETE', level='ROW', name='consultations_noteversion_sealed'), models.UniqueConstraint(fields=('consultation', 'section', 'edition'), name='noteversion_once'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of consultations_noteversion are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_noteversion_stays';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='consultations_noteversion_stays'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of consultations_noteversion are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_noteversion_stays';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='consultations_noteversion_stays_truncate')],
            },
        ),
    ]
