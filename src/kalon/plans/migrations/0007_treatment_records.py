import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.encrypted
import kalon.kernel.ids
import kalon.kernel.rows
import kalon.kernel.triggers
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0001_squashed'),
        ('people', '0005_tax_number'),
        ('plans', '0006_procs'),
    ]

    operations = [
        migrations.CreateModel(
            name='Complication',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('PAIN', 'Strong pain'), ('SWELLING', 'Swelling'), ('BRUISING', 'Bruising'), ('BURN', 'Burn or blister'), ('PIGMENT', 'Change of pigment'), ('INFECTION', 'Infection'), ('ALLERGY', 'Allergic reaction'), ('VASCULAR', 'Vascular occlusion'), ('FAINTING', 'Fainting'), ('SCAR', 'Scar'), ('OTHER', 'Something else')], max_length=12)),
                ('severity', models.CharField(choices=[('MILD', 'Mild: passes by itself'), ('MODERATE', 'Moderate: was treated'), ('SEVERE', 'Severe: needs urgent care')], max_length=12)),
                ('words', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='complications', to='plans.proceduresession')),
            ],
            options={
                'db_table': 'plans_complication',
                'ordering': ['id'],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'DELETE' THEN\n        kept := OLD.session_id;\n    ELSE\n        kept := NEW.session_id;\n    END IF;\n    PERFORM 1 FROM plans_proceduresession WHERE id = kept AND status IN ('IN_PROGRESS', 'COMPLETED') FOR SHARE;\n    IF NOT FOUND OR TG_OP = 'UPDATE' AND OLD.session_id <> NEW.session_id THEN\n        RAISE EXCEPTION 'this is written while the session is under way; afterwards an addendum is'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'plans_complication_while';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;", declare='kept uuid;', events='BEFORE INSERT OR UPDATE OR DELETE', level='ROW', name='plans_complication_while'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of plans_complication are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'plans_complication_kept';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='plans_complication_kept'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of plans_complication are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'plans_complication_kept';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='plans_complication_kept_truncate'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='plans_complication_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id'), kalon.kernel.rows.SameOrganization(field='patient_id', name='plans_complication_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.SameOrganization(field='session_id', name='plans_complication_of_session', through=('organization_id', 'patient_id'), to='plans.ProcedureSession'), kalon.kernel.rows.SameOrganization(field='noted_by_id', name='plans_complication_noted_by_here', through=('organization_id',), to='people.Staff'), models.CheckConstraint(condition=models.Q(('severity__in', ['MILD', 'MODERATE', 'SEVERE'])), name='plans_complication_severity')],
            },
        ),
        migrations.CreateModel(
            name='SessionAddendum',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('text', kalon.kernel.encrypted.EncryptedText(key='patient.data_key')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='addenda', to='plans.proceduresession')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
            ],
            options={
                'db_table': 'plans_sessionaddendum',
                'ordering': ['id'],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'DELETE' THEN\n        kept := OLD.session_id;\n    ELSE\n        kept := NEW.session_id;\n    END IF;\n    PERFORM 1 FROM plans_proceduresession WHERE id = kept AND status IN ('COMPLETED') FOR SHARE;\n    IF NOT FOUND OR TG_OP = 'UPDATE' AND OLD.session_id <> NEW.session_id THEN\n        RAISE EXCEPTION 'this is written while the session is under way; afterwards an addendum is'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'plans_sessionaddendum_while';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;", declare='kept uuid;', events='BEFORE INSERT OR UPDATE OR DELETE', level='ROW', name='plans_sessionaddendum_while'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of plans_sessionaddendum are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'plans_sessionaddendum_kept';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='plans_sessionaddendum_kept'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of plans_sessionaddendum are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'plans_sessionaddendum_kept';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='plans_sessionaddendum_kept_truncate'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='plans_sessionaddendum_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id'), kalon.kernel.rows.SameOrganization(field='patient_id', name='plans_addendum_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.SameOrganization(field='session_id', name='plans_addendum_of_session', through=('organization_id', 'patient_id'), to='plans.ProcedureSession'), kalon.kernel.rows.SameOrganization(field='written_by_id', name='plans_addendum_written_by_here', through=('organization_id',), to='people.Staff')],
            },
        ),
        migrations.CreateModel(
            name='TreatmentParameter',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('pass_number', models.PositiveSmallIntegerField(default=1)),
                ('name', models.CharField(max_length=60)),
                ('value', kalon.kernel.encrypted.EncryptedText(key='patient.data_key')),
                ('unit', models.CharField(blank=True, default='', max_length=20)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parameters', to='plans.proceduresession')),
            ],
            options={
                'db_table': 'plans_treatmentparameter',
                'ordering': ['position'],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'DELETE' THEN\n        kept := OLD.session_id;\n    ELSE\n        kept := NEW.session_id;\n    END IF;\n    PERFORM 1 FROM plans_proceduresession WHERE id = kept AND status IN ('IN_PROGRESS') FOR SHARE;\n    IF NOT FOUND OR TG_OP = 'UPDATE' AND OLD.session_id <> NEW.session_id THEN\n        RAISE EXCEPTION 'this is written while the session is under way; afterwards an addendum is'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'plans_treatmentparameter_while';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;", declare='kept uuid;', events='BEFORE INSERT OR UPDATE OR DELETE', level='ROW', name='plans_treatmentparameter_while'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE, DELETE', name='plans_treatmentparameter_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id'), kalon.kernel.rows.SameOrganization(field='patient_id', name='plans_parameter_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.SameOrganization(field='session_id', name='plans_parameter_of_session', through=('organization_id', 'patient_id'), to='plans.ProcedureSession'), models.UniqueConstraint(fields=('session', 'position'), name='plans_parameter_position_once'), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), ('pass_number__range', (1, 20))), name='plans_parameter_named')],
            },
        ),
        migrations.CreateModel(
            name='TreatmentRecord',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('before', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('procedure', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('after', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('next_on', models.DateField(null=True)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('session', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='record', to='plans.proceduresession')),
            ],
            options={
                'db_table': 'plans_treatmentrecord',
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'DELETE' THEN\n        kept := OLD.session_id;\n    ELSE\n        kept := NEW.session_id;\n    END IF;\n    PERFORM 1 FROM plans_proceduresession WHERE id = kept AND status IN ('IN_PROGRESS') FOR SHARE;\n    IF NOT FOUND OR TG_OP = 'UPDATE' AND OLD.session_id <> NEW.session_id THEN\n        RAISE EXCEPTION 'this is written while the session is under way; afterwards an addendum is'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'plans_treatmentrecord_while';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;", declare='kept uuid;', events='BEFORE INSERT OR UPDATE OR DELETE', level='ROW', name='plans_treatmentrecord_while'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='plans_treatmentrecord_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id'), kalon.kernel.rows.SameOrganization(field='patient_id', name='plans_record_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.SameOrganization(field='session_id', name='plans_record_of_session', through=('organization_id', 'patient_id'), to='plans.ProcedureSession')],
            },
        ),
    ]
