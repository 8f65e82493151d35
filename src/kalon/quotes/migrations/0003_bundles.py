import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.ids
import kalon.kernel.money
import kalon.kernel.rows
import kalon.kernel.triggers
from django.db import migrations, models

from kalon.quotes.models.gate import GATE


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0001_squashed'),
        ('patients', '0001_squashed'),
        ('people', '0005_tax_number'),
        ('plans', '0002_work'),
        ('quotes', '0002_gate'),
    ]

    operations = [
        migrations.CreateModel(
            name='Bundle',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('name', models.CharField(max_length=120)),
                ('price', kalon.kernel.money.AmountField(blank=True, decimal_places=2, max_digits=14, null=True)),
                ('percent', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ('retired_at', models.DateTimeField(editable=False, null=True)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'db_table': 'quotes_bundle',
                'ordering': ['name', 'id'],
                'constraints': [models.UniqueConstraint(fields=('organization', 'id'), name='quotes_bundle_of_organization'), models.UniqueConstraint(condition=models.Q(('retired_at', None)), fields=('organization', 'name'), name='quotes_bundle_name_once'), models.CheckConstraint(condition=models.Q(models.Q(('percent', None), ('price__gt', 0), ('price__isnull', False)), models.Q(('percent__gt', 0), ('percent__isnull', False), ('percent__lte', 100), ('price', None)), _connector='OR'), name='quotes_bundle_one_price'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='quotes_bundle_named'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='quotes_bundle_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='BundlePart',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('plan_type', models.CharField(choices=[('SURGICAL', 'Surgery'), ('NON_SURGICAL', 'One treatment'), ('SERIES', 'Series of sessions')], max_length=16)),
                ('side', models.CharField(blank=True, choices=[('NONE', 'No side'), ('LEFT', 'Left'), ('RIGHT', 'Right'), ('BOTH', 'Both sides'), ('MIDLINE', 'Midline')], default='', max_length=8)),
                ('technique', models.CharField(blank=True, default='', max_length=200)),
                ('quantity', models.PositiveSmallIntegerField(default=1)),
                ('session_count', models.PositiveSmallIntegerField(default=1)),
                ('interval_days', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('bundle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='quotes.bundle')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.service')),
            ],
            options={
                'db_table': 'quotes_bundlepart',
                'ordering': ['bundle', 'position'],
                'constraints': [models.UniqueConstraint(fields=('bundle', 'position'), name='quotes_bundlepart_position_once'), models.CheckConstraint(condition=models.Q(('position__range', (1, 10)), ('quantity__range', (1, 999))), name='quotes_bundlepart_counts'), models.CheckConstraint(condition=models.Q(models.Q(('interval_days__isnull', False), ('interval_days__range', (1, 366)), ('plan_type', 'SERIES'), ('session_count__range', (2, 60))), models.Q(('interval_days', None), ('plan_type__in', ('SURGICAL', 'NON_SURGICAL')), ('session_count', 1)), _connector='OR'), name='quotes_bundlepart_sessions'), kalon.kernel.rows.SameOrganization(field='bundle_id', name='quotes_bundlepart_of_bundle', through=('organization_id',), to='quotes.Bundle'), kalon.kernel.rows.SameOrganization(field='service_id', name='quotes_bundlepart_service_here', through=('organization_id',), to='catalog.Service'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE, DELETE', name='quotes_bundlepart_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.RemoveConstraint(
            model_name='quote',
            name='quotes_quote_in_turn',
        ),
        migrations.AddField(
            model_name='quoteline',
            name='plan',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.procedureplan'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF (OLD.opened_at IS NOT NULL AND NEW.opened_at IS DISTINCT FROM OLD.opened_at)\n        OR (OLD.superseded_at IS NOT NULL AND NEW.superseded_at IS DISTINCT FROM OLD.superseded_at)\n        OR (OLD.number IS NOT NULL AND NEW.number IS DISTINCT FROM OLD.number) THEN\n        RAISE EXCEPTION 'this is written once' USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_quote_in_turn';\n    END IF;\n    IF NEW.superseded_at IS NOT NULL AND OLD.superseded_at IS NULL AND NOT EXISTS (\n        SELECT FROM quotes_quote later WHERE later.plan_id = NEW.plan_id AND later.version > NEW.version) THEN\n        RAISE EXCEPTION 'only a later version takes its place' USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_quote_in_turn';\n    END IF;\n    IF NEW.status = OLD.status THEN\n        IF (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(NEW)) WHERE key IN ('chosen_option_id', 'accepted_at', 'accepted_by_id', 'held_until', 'rejected_at', 'rejection', 'total', 'deposit_due'))\n            <> (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(OLD)) WHERE key IN ('chosen_option_id', 'accepted_at', 'accepted_by_id', 'held_until', 'rejected_at', 'rejection', 'total', 'deposit_due')) THEN\n            RAISE EXCEPTION 'these are written by accepting and declining' USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_quote_in_turn';\n        END IF;\n        RETURN NEW;\n    END IF;\n    SELECT (kalon_now() AT TIME ZONE place.timezone)::date INTO today\n        FROM people_branch place WHERE place.id = NEW.branch_id;\n    IF NEW.status = 'SENT' AND (NOT EXISTS (SELECT FROM quotes_quoteoption WHERE quote_id = NEW.id) OR EXISTS (\n        SELECT FROM quotes_quoteoption offer WHERE offer.quote_id = NEW.id\n            AND NOT EXISTS (SELECT FROM quotes_quoteline WHERE option_id = offer.id))) THEN\n        RAISE EXCEPTION 'nothing is offered yet' USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_quote_offers';\n    END IF;\n    IF NEW.status IN ('SENT', 'ACCEPTED') AND NEW.valid_until < today THEN\n        RAISE EXCEPTION 'the last day of this quote has passed' USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_quote_in_time';\n    END IF;\n    IF NEW.status IN ('SENT', 'ACCEPTED') AND EXISTS (\n        SELECT FROM plans_procedureplan WHERE status IN ('CANCELLED', 'COMPLETED') AND (id = NEW.plan_id\n            OR id IN (SELECT plan_id FROM quotes_quoteline WHERE quote_id = NEW.id))) THEN\n        RAISE EXCEPTION 'nothing is offered for this plan any more' USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_quote_plan_open';\n    END IF;\n    IF NEW.status = 'ACCEPTED' AND NOT EXISTS (\n        SELECT FROM quotes_acceptance WHERE quote_id = NEW.id AND option_id = NEW.chosen_option_id) THEN\n        RAISE EXCEPTION 'nobody signed for this option' USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_quote_signed';\n    END IF;\n    IF NEW.status = 'ACCEPTED' AND EXISTS (\n        SELECT FROM quotes_quote other\n            JOIN quotes_quoteline theirs ON theirs.option_id = other.chosen_option_id\n            JOIN quotes_quoteline ours ON ours.option_id = NEW.chosen_option_id\n            WHERE other.patient_id = NEW.patient_id AND other.plan_id <> NEW.plan_id AND other.status = 'ACCEPTED'\n                AND other.superseded_at IS NULL\n                AND COALESCE(theirs.plan_id, other.plan_id) = COALESCE(ours.plan_id, NEW.plan_id)) THEN\n        RAISE EXCEPTION 'one accepted quote speaks for a plan' USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_quote_one_for_a_plan';\n    END IF;\n    IF NEW.status = 'EXPIRED' AND NEW.valid_until >= today AND NEW.superseded_at IS NULL THEN\n        RAISE EXCEPTION 'it still stands' USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_quote_expires';\n    END IF;\n    RETURN NEW;", declare='today date;', events='BEFORE UPDATE', level='ROW', name='quotes_quote_in_turn'),
        ),
        migrations.AddConstraint(
            model_name='quoteline',
            constraint=kalon.kernel.rows.SameOrganization(field='plan_id', name='quotes_quoteline_plan_of_patient', through=('organization_id', 'patient_id'), to='plans.ProcedurePlan'),
        ),
        migrations.RunSQL(GATE, migrations.RunSQL.noop),
    ]
