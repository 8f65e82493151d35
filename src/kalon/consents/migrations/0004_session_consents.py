

import django.db.models.deletion
import kalon.kernel.rows
import kalon.kernel.triggers
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0003_procs'),
        ('consents', '0003_reading'),
        ('consultations', '0001_squashed'),
        ('patients', '0001_squashed'),
        ('people', '0005_tax_number'),
        ('plans', '0009_session_of_plan'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='consent',
            name='consents_consent_kind',
        ),
        migrations.RemoveConstraint(
            model_name='consent',
            name='consents_consent_hangs_from',
        ),
        migrations.RemoveConstraint(
            model_name='consent',
            name='consents_one_live_of_plan',
        ),
        migrations.RemoveConstraint(
            model_name='consent',
            name='consents_read_in_parts',
        ),
        migrations.RemoveConstraint(
            model_name='template',
            name='consents_template_kind',
        ),
        migrations.RemoveConstraint(
            model_name='template',
            name='consents_template_of_procedure',
        ),
        migrations.RemoveConstraint(
            model_name='version',
            name='consents_version_surgeon_of_plan',
        ),
        migrations.AddField(
            model_name='consent',
            name='session',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='plans.proceduresession'),
        ),
        migrations.AlterField(
            model_name='consent',
            name='kind',
            field=models.CharField(choices=[('RECORDING', 'Recording of visits'), ('PHOTOGRAPHY', 'Clinical photographs'), ('MARKETING', 'Pictures in marketing'), ('DATA_PROCESSING', 'Use of personal data'), ('PROCEDURE', 'A procedure or treatment'), ('TREATMENT_PLAN', 'A treatment plan as a whole'), ('SESSION', 'One session of a treatment')], max_length=20),
        ),
        migrations.AlterField(
            model_name='template',
            name='kind',
            field=models.CharField(choices=[('RECORDING', 'Recording of visits'), ('PHOTOGRAPHY', 'Clinical photographs'), ('MARKETING', 'Pictures in marketing'), ('DATA_PROCESSING', 'Use of personal data'), ('PROCEDURE', 'A procedure or treatment'), ('TREATMENT_PLAN', 'A treatment plan as a whole'), ('SESSION', 'One session of a treatment')], max_length=20),
        ),
        migrations.AlterField(
            model_name='version',
            name='kind',
            field=models.CharField(choices=[('RECORDING', 'Recording of visits'), ('PHOTOGRAPHY', 'Clinical photographs'), ('MARKETING', 'Pictures in marketing'), ('DATA_PROCESSING', 'Use of personal data'), ('PROCEDURE', 'A procedure or treatment'), ('TREATMENT_PLAN', 'A treatment plan as a whole'), ('SESSION', 'One session of a treatment')], editable=False, max_length=20),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF NEW.session_id IS NULL OR TG_OP = 'UPDATE' AND (NEW.status = OLD.status\n        OR NEW.status NOT IN ('PRESENTED', 'PARTIALLY_SIGNED', 'SIGNED')) THEN RETURN NEW; END IF;\n    PERFORM 1 FROM plans_proceduresession WHERE id = NEW.session_id\n        AND status NOT IN ('IN_PROGRESS', 'COMPLETED', 'CANCELLED') FOR SHARE;\n    IF FOUND THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'a session is agreed to before it begins' USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_consent_of_session';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='consents_consent_of_session'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=kalon.kernel.triggers.TriggerOn(body="\n    IF NEW.status = OLD.status OR NEW.status NOT IN ('READY', 'IN_PROGRESS')\n        OR NEW.status = 'READY' AND OLD.status = 'IN_PROGRESS' OR NOT EXISTS (SELECT FROM plans_planline AS line JOIN consents_template AS form ON form.procedure_id = line.entry_id\n        JOIN consents_version AS words ON words.template_id = form.id\n        WHERE line.plan_id = NEW.plan_id AND form.kind = 'SESSION' AND words.status = 'PUBLISHED') THEN RETURN NEW; END IF;\n    PERFORM 1 FROM consents_consent WHERE session_id = NEW.id AND status = 'SIGNED' AND (valid_until IS NULL OR valid_until > kalon_now()) FOR SHARE;\n    IF FOUND THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'the consent to this session is signed first' USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_session_consented';", declare='', events='BEFORE UPDATE OF status', level='ROW', name='consents_session_consented', table='plans_proceduresession'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['RECORDING', 'PHOTOGRAPHY', 'MARKETING', 'DATA_PROCESSING', 'PROCEDURE', 'TREATMENT_PLAN', 'SESSION'])), name='consents_consent_kind'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('consultation', None), ('kind__in', ('RECORDING', 'PHOTOGRAPHY', 'MARKETING', 'DATA_PROCESSING')), ('plan', None), ('session', None)), models.Q(('consultation__isnull', False), ('kind__in', ('PROCEDURE', 'TREATMENT_PLAN', 'SESSION')), ('plan__isnull', False), models.Q(models.Q(('kind', 'SESSION'), ('session__isnull', False)), models.Q(models.Q(('kind', 'SESSION'), _negated=True), ('session', None)), _connector='OR')), _connector='OR'), name='consents_consent_hangs_from'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.UniqueConstraint(condition=models.Q(('session', None), ('status__in', ('DRAFT', 'PRESENTED', 'PARTIALLY_SIGNED', 'SIGNED'))), fields=('plan', 'kind'), name='consents_one_live_of_plan'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ('DRAFT', 'PRESENTED', 'PARTIALLY_SIGNED', 'SIGNED'))), fields=('session',), name='consents_one_live_of_session'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('RECORDING', 'PHOTOGRAPHY', 'MARKETING', 'DATA_PROCESSING')), ('parts', 0)), models.Q(('kind__in', ('PROCEDURE', 'TREATMENT_PLAN', 'SESSION')), models.Q(('parts__range', (1, 60)), ('content_sha256', ''), _connector='OR')), _connector='OR'), name='consents_read_in_parts'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=kalon.kernel.rows.SameOrganization(field='session_id', name='consents_consent_session_of_plan', through=('organization_id', 'patient_id', 'plan_id'), to='plans.ProcedureSession'),
        ),
        migrations.AddConstraint(
            model_name='template',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['RECORDING', 'PHOTOGRAPHY', 'MARKETING', 'DATA_PROCESSING', 'PROCEDURE', 'TREATMENT_PLAN', 'SESSION'])), name='consents_template_kind'),
        ),
        migrations.AddConstraint(
            model_name='template',
            constraint=models.CheckConstraint(condition=models.Q(('procedure', None), ('kind__in', ('PROCEDURE', 'TREATMENT_PLAN', 'SESSION')), _connector='OR'), name='consents_template_of_procedure'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.CheckConstraint(condition=models.Q(('needs_surgeon', False), ('kind__in', ('PROCEDURE', 'TREATMENT_PLAN', 'SESSION')), _connector='OR'), name='consents_version_surgeon_of_plan'),
        ),
    ]
