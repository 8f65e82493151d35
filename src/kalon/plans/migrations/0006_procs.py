import django.db.models.deletion
import kalon.kernel.encrypted
import kalon.kernel.rows
import kalon.kernel.triggers
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0002_procedures'),
        ('consultations', '0001_squashed'),
        ('patients', '0001_squashed'),
        ('people', '0005_tax_number'),
        ('plans', '0005_sessions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='planline',
            name='implant_choice',
            field=kalon.kernel.encrypted.EncryptedText(key='patient.data_key', null=True),
        ),
        migrations.AddField(
            model_name='planline',
            name='minutes',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name='procedureplan',
            constraint=models.UniqueConstraint(fields=('organization', 'id'), name='plans_plan_in_organization'),
        ),
        migrations.AddField(
            model_name='procedureplan',
            name='revises',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='plans.procedureplan'),
        ),
        migrations.AddConstraint(
            model_name='planline',
            constraint=models.CheckConstraint(condition=models.Q(('minutes', None), ('minutes__range', (5, 1440)), _connector='OR'), name='plans_line_minutes'),
        ),
        migrations.AddConstraint(
            model_name='procedureplan',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF NEW.status <> 'APPROVED' OR OLD.status <> 'PENDING_APPROVAL' THEN RETURN NEW; END IF;\n    SELECT CASE\n        WHEN bool_or(entry.has_side AND line.side IN ('', 'NONE')) THEN 'side'\n        WHEN bool_or(entry.setting = 'SURGICAL' AND NEW.plan_type <> 'SURGICAL') THEN 'setting'\n        WHEN bool_or(entry.needs_consent AND NEW.consent <> 'REQUIRED') THEN 'consent'\n        WHEN bool_or(entry.takes_implant AND line.implant_choice IS NULL) THEN 'implant' END INTO lacks\n        FROM plans_planline AS line JOIN catalog_procedure AS entry ON entry.id = line.entry_id\n        WHERE line.plan_id = NEW.id;\n    IF lacks IS NULL THEN RETURN NEW; END IF;\n    RAISE EXCEPTION '%', CASE lacks\n        WHEN 'side' THEN 'Say for each line that has a left and a right on which side it is done.'\n        WHEN 'setting' THEN 'An operation is planned in a plan of the kind Surgery.'\n        WHEN 'consent' THEN 'What this plan holds needs a signed consent first.'\n        WHEN 'implant' THEN 'Say for each line that puts an implant in which one it is.' END USING ERRCODE = 'check_violation', CONSTRAINT = 'plans_procedureplan_' || lacks;", declare='lacks text;', events='BEFORE UPDATE', level='ROW', name='plans_procedureplan_fits_catalogue'),
        ),
        migrations.AddConstraint(
            model_name='procedureplan',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF NEW.revises_id IS NULL OR TG_OP = 'UPDATE' AND NEW.revises_id IS NOT DISTINCT FROM OLD.revises_id\n        OR NEW.revises_id <> NEW.id AND EXISTS (SELECT FROM plans_procedureplan AS earlier\n            WHERE earlier.id = NEW.revises_id AND earlier.status = 'COMPLETED'\n                AND earlier.patient_id = ANY (kalon_records_of(NEW.patient_id)))\n    THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'Choose a completed plan of this patient as the one that is done again.'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'plans_procedureplan_revises';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='plans_procedureplan_revises'),
        ),
        migrations.AddConstraint(
            model_name='procedureplan',
            constraint=kalon.kernel.rows.SameOrganization(field='revises_id', name='plans_plan_revises_here', through=('organization_id',), to='plans.ProcedurePlan'),
        ),
    ]
