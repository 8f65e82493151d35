import django.contrib.postgres.constraints
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import kalon.kernel.clock
import kalon.kernel.ids
import kalon.kernel.money
import kalon.kernel.rows
import kalon.kernel.triggers
import kalon.pricing.models.days
import uuid
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('catalog', '0002_needs'),
        ('people', '0004_role_offered'),
    ]

    operations = [
        migrations.CreateModel(
            name='FeeSchedule',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('name', models.CharField(max_length=120)),
                ('payer', models.CharField(blank=True, max_length=200, verbose_name='insurer')),
                ('includes_tax', models.BooleanField(default=False, verbose_name='prices include tax')),
                ('valid_from', models.DateField(verbose_name='holds from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='until before')),
                ('branch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'ordering': ['name', '-valid_from', 'id'],
                'constraints': [models.UniqueConstraint(fields=('organization', 'id'), name='pricing_feeschedule_in_organization'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='pricing_feeschedule_named'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='pricing_feeschedule_ends_later'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('organization', '='), (django.db.models.functions.comparison.Coalesce('branch_id', models.Value(uuid.UUID('00000000-0000-0000-0000-000000000000')), output_field=models.UUIDField()), '='), (django.db.models.functions.text.Lower('payer'), '='), (kalon.pricing.models.days.Days('valid_from', 'valid_to', models.Value('[)')), '&&')], name='pricing_feeschedule_one_a_day'), kalon.kernel.triggers.Trigger(body="\n    IF (NEW.branch_id, NEW.payer, NEW.includes_tax, NEW.valid_from) IS DISTINCT FROM (OLD.branch_id, OLD.payer, OLD.includes_tax, OLD.valid_from) THEN\n        RAISE EXCEPTION 'a fee schedule is ended and followed by another, never changed'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'pricing_feeschedule_fixed';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE', level='ROW', name='pricing_feeschedule_fixed'), kalon.kernel.rows.SameOrganization(field='branch_id', name='pricing_feeschedule_same_branch', through=('organization_id',), to='people.Branch'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='pricing_feeschedule_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='FeeItem',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('price', kalon.kernel.money.AmountField(decimal_places=2, max_digits=14, validators=[django.core.validators.MinValueValidator(Decimal('0.00'), 'A price is not below zero.')])),
                ('valid_from', models.DateField(verbose_name='holds from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='until before')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('package', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.package')),
                ('service', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.service')),
                ('schedule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='pricing.feeschedule')),
            ],
            options={
                'ordering': ['-valid_from', 'id'],
                'indexes': [models.Index(fields=['service', 'valid_from'], name='pricing_feeitem_service'), models.Index(fields=['package', 'valid_from'], name='pricing_feeitem_package')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('package__isnull', True), ('service__isnull', False)), models.Q(('package__isnull', False), ('service__isnull', True)), _connector='OR'), name='pricing_feeitem_of_one'), models.CheckConstraint(condition=models.Q(('price__gte', 0)), name='pricing_feeitem_not_negative'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='pricing_feeitem_ends_later'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('schedule', '='), (django.db.models.functions.comparison.Coalesce('service_id', 'package_id', output_field=models.UUIDField()), '='), (kalon.pricing.models.days.Days('valid_from', 'valid_to', models.Value('[)')), '&&')], name='pricing_feeitem_one_a_day'), kalon.kernel.triggers.Trigger(body="\n    IF (NEW.schedule_id, NEW.service_id, NEW.package_id, NEW.price, NEW.valid_from) IS DISTINCT FROM (OLD.schedule_id, OLD.service_id, OLD.package_id, OLD.price, OLD.valid_from) THEN\n        RAISE EXCEPTION 'a price is ended and followed by another, never changed'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'pricing_feeitem_fixed';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE', level='ROW', name='pricing_feeitem_fixed'), kalon.kernel.rows.SameOrganization(field='schedule_id', name='pricing_feeitem_same_schedule', through=('organization_id',), to='pricing.FeeSchedule'), kalon.kernel.rows.SameOrganization(field='service_id', name='pricing_feeitem_same_service', through=('organization_id',), to='catalog.Service'), kalon.kernel.rows.SameOrganization(field='package_id', name='pricing_feeitem_same_package', through=('organization_id',), to='catalog.Package'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='pricing_feeitem_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
    ]
