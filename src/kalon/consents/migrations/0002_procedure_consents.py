import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.ids
import kalon.kernel.rows
import kalon.kernel.triggers
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0002_procedures'),
        ('consents', '0001_squashed'),
        ('consultations', '0001_squashed'),
        ('patients', '0001_squashed'),
        ('people', '0005_tax_number'),
        ('plans', '0004_consent_moves'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='consent',
            name='consents_consent_kind',
        ),
        migrations.RemoveConstraint(
            model_name='consent',
            name='consents_one_unfinished',
        ),
        migrations.RemoveConstraint(
            model_name='consent',
            name='consents_one_in_force',
        ),
        migrations.RemoveConstraint(
            model_name='consent',
            name='consents_signers',
        ),
        migrations.RemoveConstraint(
            model_name='signature',
            name='consents_signature_while_open',
        ),
        migrations.RemoveConstraint(
            model_name='signature',
            name='consents_signature_role',
        ),
        migrations.RemoveConstraint(
            model_name='template',
            name='consents_template_kind',
        ),
        migrations.AddField(
            model_name='consent',
            name='consultation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.consultation'),
        ),
        migrations.AddField(
            model_name='consent',
            name='plan',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='plans.procedureplan'),
        ),
        migrations.AddField(
            model_name='template',
            name='procedure',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.procedure'),
        ),
        migrations.AddField(
            model_name='version',
            name='needs_surgeon',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='consent',
            name='kind',
            field=models.CharField(choices=[('RECORDING', 'Recording of visits'), ('PHOTOGRAPHY', 'Clinical photographs'), ('MARKETING', 'Pictures in marketing'), ('DATA_PROCESSING', 'Use of personal data'), ('PROCEDURE', 'A procedure or treatment'), ('TREATMENT_PLAN', 'A treatment plan as a whole')], max_length=20),
        ),
        migrations.AlterField(
            model_name='signature',
            name='role',
            field=models.CharField(choices=[('PATIENT', 'Patient'), ('GUARDIAN', 'Parent or guardian'), ('INTERPRETER', 'Interpreter'), ('WITNESS', 'Witness'), ('SURGEON', 'Doctor or surgeon'), ('STAFF', 'Member of staff')], max_length=12),
        ),
        migrations.AlterField(
            model_name='template',
            name='kind',
            field=models.CharField(choices=[('RECORDING', 'Recording of visits'), ('PHOTOGRAPHY', 'Clinical photographs'), ('MARKETING', 'Pictures in marketing'), ('DATA_PROCESSING', 'Use of personal data'), ('PROCEDURE', 'A procedure or treatment'), ('TREATMENT_PLAN', 'A treatment plan as a whole')], max_length=20),
        ),
        migrations.AlterField(
            model_name='version',
            name='kind',
            field=models.CharField(choices=[('RECORDING', 'Recording of visits'), ('PHOTOGRAPHY', 'Clinical photographs'), ('MARKETING', 'Pictures in marketing'), ('DATA_PROCESSING', 'Use of personal data'), ('PROCEDURE', 'A procedure or treatment'), ('TREATMENT_PLAN', 'A treatment plan as a whole')], editable=False, max_length=20),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF NEW.plan_id IS NULL OR TG_OP = 'UPDATE' AND (NEW.status = OLD.status\n        OR NEW.status NOT IN ('PRESENTED', 'PARTIALLY_SIGNED', 'SIGNED')) THEN RETURN NEW; END IF;\n    SELECT status, consent, consultation_id, approved_at INTO found\n        FROM plans_procedureplan WHERE id = NEW.plan_id FOR SHARE;\n    IF found.approved_at IS NULL OR found.status IN ('DRAFT', 'PENDING_APPROVAL', 'COMPLETED', 'CANCELLED')\n        OR found.consultation_id <> NEW.consultation_id\n        OR NEW.kind = 'PROCEDURE' AND found.consent <> 'REQUIRED' THEN\n        RAISE EXCEPTION 'a consent to what is planned hangs from its approved plan'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_consent_of_plan';\n    END IF;\n    RETURN NEW;", declare='found record;', events='BEFORE INSERT OR UPDATE', level='ROW', name='consents_consent_of_plan'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF NEW.plan_id IS NULL OR NEW.status <> 'PRESENTED' OR OLD.status <> 'DRAFT' THEN RETURN NEW; END IF;\n    IF NOT EXISTS (SELECT FROM consents_coveredline WHERE consent_id = NEW.id)\n        OR EXISTS ((SELECT id, side, entry_id FROM plans_planline WHERE plan_id = NEW.plan_id\n                EXCEPT SELECT plan_line_id, side, entry_id FROM consents_coveredline WHERE consent_id = NEW.id)\n            UNION ALL (SELECT plan_line_id, side, entry_id FROM consents_coveredline WHERE consent_id = NEW.id\n                EXCEPT SELECT id, side, entry_id FROM plans_planline WHERE plan_id = NEW.plan_id)) THEN\n        RAISE EXCEPTION 'a consent covers what its plan says, side by side' USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_consent_covers_plan';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE', level='ROW', name='consents_consent_covers_plan'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF NEW.kind = 'PROCEDURE' AND OLD.status = 'SIGNED' AND NEW.status IN ('REVOKED', 'EXPIRED') AND EXISTS (\n        SELECT FROM plans_procedureplan WHERE id = NEW.plan_id AND status IN ('CONSENT_SIGNED', 'SCHEDULED')) THEN\n        RAISE EXCEPTION 'a plan does not stand on a consent that has ended' USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_consent_takes_plan';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE', level='ROW', name='consents_consent_takes_plan'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=kalon.kernel.triggers.TriggerOn(body="\n    IF NEW.status = OLD.status OR NEW.consent <> 'REQUIRED' OR NEW.status NOT IN ('CONSENT_SIGNED', 'SCHEDULED')\n        OR EXISTS (SELECT FROM consents_consent WHERE plan_id = NEW.id AND kind = 'PROCEDURE'\n            AND (status = 'SIGNED' AND (valid_until IS NULL OR valid_until > kalon_now()) OR status = 'SIGNED' AND OLD.status IN ('SCHEDULED', 'IN_PROGRESS'))) THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'the consent to this plan is signed first' USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_plan_consented';", declare='', events='BEFORE UPDATE OF status', level='ROW', name='consents_plan_consented', table='plans_procedureplan'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['RECORDING', 'PHOTOGRAPHY', 'MARKETING', 'DATA_PROCESSING', 'PROCEDURE', 'TREATMENT_PLAN'])), name='consents_consent_kind'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('consultation', None), ('kind__in', ('RECORDING', 'PHOTOGRAPHY', 'MARKETING', 'DATA_PROCESSING')), ('plan', None)), models.Q(('consultation__isnull', False), ('kind__in', ('PROCEDURE', 'TREATMENT_PLAN')), ('plan__isnull', False)), _connector='OR'), name='consents_consent_hangs_from'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ('DRAFT', 'PRESENTED', 'PARTIALLY_SIGNED', 'SIGNED'))), fields=('plan', 'kind'), name='consents_one_live_of_plan'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.UniqueConstraint(condition=models.Q(('plan', None), ('status__in', ('DRAFT', 'PRESENTED', 'PARTIALLY_SIGNED'))), fields=('patient', 'kind'), name='consents_one_unfinished'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.UniqueConstraint(condition=models.Q(('plan', None), ('status', 'SIGNED')), fields=('patient', 'kind'), name='consents_one_in_force'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('signers__len__gte', 1), ('signers__contained_by', ['PATIENT', 'GUARDIAN', 'INTERPRETER', 'WITNESS', 'SURGEON', 'STAFF'])), name='consents_signers'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=kalon.kernel.rows.SameOrganization(field='plan_id', name='consents_consent_plan_of_patient', through=('organization_id', 'patient_id'), to='plans.ProcedurePlan'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=kalon.kernel.rows.SameOrganization(field='consultation_id', name='consents_consent_consultation_of_patient', through=('organization_id', 'patient_id'), to='consultations.Consultation'),
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF TG_OP <> 'INSERT' THEN\n        RAISE EXCEPTION 'a signature is never changed or removed' USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_signature_stays';\n    END IF;\n    SELECT status, content_sha256, opened_at, presented_at, signers INTO signed\n        FROM consents_consent WHERE id = NEW.consent_id FOR SHARE;\n    IF signed.status IS NULL OR signed.status NOT IN ('PRESENTED', 'PARTIALLY_SIGNED')\n        OR signed.opened_at IS NULL THEN\n        RAISE EXCEPTION 'only what was put before somebody and opened is signed'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_signature_while_open';\n    END IF;\n    IF NEW.content_sha256 <> signed.content_sha256 THEN\n        RAISE EXCEPTION 'these are not the words that were shown' USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_signature_same_words';\n    END IF;\n    IF NOT NEW.role = ANY (signed.signers) THEN\n        RAISE EXCEPTION 'this signature was not asked for' USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_signature_asked';\n    END IF;\n    IF NEW.signed_at < signed.presented_at OR NEW.signed_at > kalon_now() + interval '1 minute' THEN\n        RAISE EXCEPTION 'a signature is of the moment' USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_signature_moment';\n    END IF;\n    IF kalon_kind() IN ('staff', 'patient') AND NEW.user_id IS DISTINCT FROM kalon_user()\n        OR current_user = 'kalon_portal' AND NEW.role NOT IN ('PATIENT', 'GUARDIAN') THEN\n        RAISE EXCEPTION 'everybody signs from their own account' USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_signature_own_account';\n    END IF;\n    IF NEW.role IN ('PATIENT', 'GUARDIAN', 'SURGEON') AND EXISTS (SELECT FROM consents_signature AS other\n        WHERE other.consent_id = NEW.consent_id AND other.user_id = NEW.user_id\n            AND other.role IN ('PATIENT', 'GUARDIAN', 'SURGEON') AND (other.role = 'SURGEON') <> (NEW.role = 'SURGEON'))\n    THEN\n        RAISE EXCEPTION 'the surgeon does not sign for the patient' USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_signature_two_accounts';\n    END IF;\n    RETURN NEW;", declare='signed record;', events='BEFORE INSERT OR UPDATE OR DELETE', level='ROW', name='consents_signature_while_open'),
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['PATIENT', 'GUARDIAN', 'INTERPRETER', 'WITNESS', 'SURGEON', 'STAFF'])), name='consents_signature_role'),
        ),
        migrations.AddConstraint(
            model_name='template',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['RECORDING', 'PHOTOGRAPHY', 'MARKETING', 'DATA_PROCESSING', 'PROCEDURE', 'TREATMENT_PLAN'])), name='consents_template_kind'),
        ),
        migrations.AddConstraint(
            model_name='template',
            constraint=models.CheckConstraint(condition=models.Q(('procedure', None), ('kind__in', ('PROCEDURE', 'TREATMENT_PLAN')), _connector='OR'), name='consents_template_of_procedure'),
        ),
        migrations.AddConstraint(
            model_name='template',
            constraint=kalon.kernel.rows.SameOrganization(field='procedure_id', name='consents_template_procedure_here', through=('organization_id',), to='catalog.Procedure'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.CheckConstraint(condition=models.Q(('needs_surgeon', False), ('kind__in', ('PROCEDURE', 'TREATMENT_PLAN')), _connector='OR'), name='consents_version_surgeon_of_plan'),
        ),
        migrations.CreateModel(
            name='CoveredLine',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('side', models.CharField(blank=True, choices=[('NONE', 'No side'), ('LEFT', 'Left'), ('RIGHT', 'Right'), ('BOTH', 'Both sides'), ('MIDLINE', 'Midline')], default='', max_length=8)),
                ('consent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='consents.consent')),
                ('entry', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.procedure')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('plan_line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.planline')),
            ],
            options={
                'ordering': ['consent', 'plan_line__position'],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    SELECT status INTO found_status FROM consents_consent WHERE id = parent_id FOR KEY SHARE;\n    IF found_status IN ('PRESENTED', 'PARTIALLY_SIGNED', 'SIGNED', 'REVOKED', 'EXPIRED', 'VOIDED') OR (TG_OP = 'UPDATE' AND OLD.consent_id <> NEW.consent_id) THEN\n        RAISE EXCEPTION 'consents_consent is % and its rows in consents_coveredline are sealed', found_status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_coveredline_sealed';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;", declare="parent_id uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.consent_id ELSE NEW.consent_id END; found_status text;", events='BEFORE INSERT OR UPDATE OR DELETE', level='ROW', name='consents_coveredline_sealed'), models.UniqueConstraint(fields=('consent', 'plan_line'), name='consents_covered_once'), models.CheckConstraint(condition=models.Q(('side__in', ['', 'NONE', 'LEFT', 'RIGHT', 'BOTH', 'MIDLINE'])), name='consents_covered_side'), kalon.kernel.rows.SameOrganization(field='consent_id', name='consents_covered_of_patient', through=('organization_id', 'patient_id'), to='consents.Consent'), kalon.kernel.rows.SameOrganization(field='entry_id', name='consents_covered_entry_here', through=('organization_id',), to='catalog.Procedure'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='consents_coveredline_rows', patient='patient_id', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
    ]
