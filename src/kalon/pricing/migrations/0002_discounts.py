import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.ids
import kalon.kernel.money
import kalon.kernel.rows
import kalon.kernel.triggers
import kalon.pricing.models.days
import kalon.pricing.models.policy
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0002_needs'),
        ('patients', '0006_joining'),
        ('people', '0004_role_offered'),
        ('people', '__first__'),
        ('pricing', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='PatientGroup',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('code', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=80)),
                ('proof', models.CharField(blank=True, max_length=200, verbose_name='what to ask for')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'ordering': ['name', 'id'],
                'constraints': [models.UniqueConstraint(fields=('organization', 'code'), name='pricing_patientgroup_code_once'), models.UniqueConstraint(fields=('organization', 'id'), name='pricing_patientgroup_in_organization'), models.CheckConstraint(condition=models.Q(('code__regex', '^[A-Z0-9][A-Z0-9_-]{0,39}$')), name='pricing_patientgroup_code_shape'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='pricing_patientgroup_named'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='pricing_patientgroup_rows', patient='', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='GroupMember',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('valid_from', models.DateField(verbose_name='from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='until before')),
                ('proof', models.CharField(blank=True, max_length=200, verbose_name='what was shown')),
                ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='pricing.patientgroup')),
            ],
            options={
                'ordering': ['-valid_from', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='pricing_groupmember_ends_later'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('group', '='), ('patient', '='), (kalon.pricing.models.days.Days('valid_from', 'valid_to', models.Value('[)')), '&&')], name='pricing_groupmember_once_a_day'), kalon.kernel.triggers.Trigger(body="\n    IF (NEW.patient_id, NEW.group_id, NEW.valid_from) IS DISTINCT FROM (OLD.patient_id, OLD.group_id, OLD.valid_from) THEN\n        RAISE EXCEPTION 'who left a group is written down again, never changed'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'pricing_groupmember_fixed';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE', level='ROW', name='pricing_groupmember_fixed'), kalon.kernel.rows.SameOrganization(field='group_id', name='pricing_groupmember_same_group', through=('organization_id',), to='pricing.PatientGroup'), kalon.kernel.rows.SameOrganization(field='patient_id', name='pricing_groupmember_same_patient', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='pricing_groupmember_rows', patient='patient_id', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Discount',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('code', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=80)),
                ('tier', models.CharField(choices=[('STANDARD', 'Standard'), ('GROUP', 'Special group'), ('LOYALTY', 'Loyalty points'), ('BULK', 'Quantity'), ('PROMOTION', 'Promotion')], max_length=9)),
                ('percent', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='per cent')),
                ('amount', kalon.kernel.money.AmountField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='amount off the line')),
                ('buy_quantity', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='for each so many')),
                ('free_quantity', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='so many are free')),
                ('min_quantity', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='from a quantity of')),
                ('coupon', models.CharField(blank=True, max_length=40, verbose_name='coupon code')),
                ('max_uses', models.PositiveIntegerField(blank=True, null=True, verbose_name='uses in all')),
                ('max_uses_each', models.PositiveIntegerField(blank=True, null=True, verbose_name='uses by one patient')),
                ('valid_from', models.DateField(verbose_name='from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='until before')),
                ('branch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='discounts', to='pricing.patientgroup')),
            ],
            options={
                'ordering': ['tier', 'name', 'id'],
                'indexes': [models.Index(fields=['organization', 'valid_from'], name='pricing_discount_days')],
                'constraints': [models.UniqueConstraint(fields=('organization', 'code'), name='pricing_discount_code_once'), models.UniqueConstraint(fields=('organization', 'id'), name='pricing_discount_in_organization'), models.CheckConstraint(condition=models.Q(('code__regex', '^[A-Z0-9][A-Z0-9_-]{0,39}$')), name='pricing_discount_code_shape'), models.CheckConstraint(condition=models.Q(('coupon', ''), models.Q(('coupon__regex', '^[A-Z0-9][A-Z0-9_-]{0,39}$'), ('tier', 'PROMOTION')), _connector='OR'), name='pricing_discount_coupon'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('coupon', ''), _negated=True), expressions=[('organization', '='), ('coupon', '='), (kalon.pricing.models.days.Days('valid_from', 'valid_to', models.Value('[)')), '&&')], name='pricing_discount_coupon_once'), models.CheckConstraint(condition=models.Q(models.Q(('amount', None), ('buy_quantity', None), ('free_quantity', None), ('percent__gt', 0), ('percent__lte', 100)), models.Q(('amount__gt', 0), ('buy_quantity', None), ('free_quantity', None), ('percent', None)), models.Q(('amount', None), ('buy_quantity__gte', 1), ('free_quantity__gte', 1), ('percent', None)), _connector='OR'), name='pricing_discount_one_kind'), models.CheckConstraint(condition=models.Q(models.Q(('group__isnull', False), ('tier', 'GROUP')), models.Q(models.Q(('tier', 'GROUP'), _negated=True), ('group', None)), _connector='OR'), name='pricing_discount_of_group'), models.CheckConstraint(condition=models.Q(models.Q(('min_quantity__gte', 2), ('tier', 'BULK')), models.Q(models.Q(('tier', 'BULK'), _negated=True), ('min_quantity', None)), _connector='OR'), name='pricing_discount_of_quantity'), models.CheckConstraint(condition=models.Q(('tier', 'LOYALTY'), _negated=True), name='pricing_discount_no_points'), models.CheckConstraint(condition=models.Q(('max_uses', None), ('max_uses__gte', 1), _connector='OR'), name='pricing_discount_uses'), models.CheckConstraint(condition=models.Q(('max_uses_each', None), ('max_uses_each__gte', 1), _connector='OR'), name='pricing_discount_uses_each'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='pricing_discount_ends_later'), kalon.kernel.triggers.Trigger(body="\n    IF (NEW.code, NEW.tier, NEW.percent, NEW.amount, NEW.buy_quantity, NEW.free_quantity, NEW.group_id, NEW.min_quantity, NEW.coupon, NEW.max_uses, NEW.max_uses_each, NEW.branch_id, NEW.valid_from) IS DISTINCT FROM (OLD.code, OLD.tier, OLD.percent, OLD.amount, OLD.buy_quantity, OLD.free_quantity, OLD.group_id, OLD.min_quantity, OLD.coupon, OLD.max_uses, OLD.max_uses_each, OLD.branch_id, OLD.valid_from) THEN\n        RAISE EXCEPTION 'a discount is ended and followed by another, never changed'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'pricing_discount_fixed';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE', level='ROW', name='pricing_discount_fixed'), kalon.kernel.rows.SameOrganization(field='group_id', name='pricing_discount_same_group', through=('organization_id',), to='pricing.PatientGroup'), kalon.kernel.rows.SameOrganization(field='branch_id', name='pricing_discount_same_branch', through=('organization_id',), to='people.Branch'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='pricing_discount_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='PointsEntry',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('EARNED', 'Earned'), ('SPENT', 'Spent'), ('GIVEN_BACK', 'Given back'), ('TAKEN_BACK', 'Taken back'), ('EXPIRED', 'Expired')], max_length=10)),
                ('points', models.IntegerField()),
                ('once', models.CharField(max_length=120)),
                ('words', models.CharField(max_length=200)),
                ('expires_on', models.DateField(null=True)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
                'indexes': [models.Index(fields=['patient', '-created_at'], name='pricing_pointsentry_of_patient')],
                'constraints': [kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of pricing_pointsentry are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'pricing_pointsentry_kept';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='pricing_pointsentry_kept'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of pricing_pointsentry are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'pricing_pointsentry_kept';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='pricing_pointsentry_kept_truncate'), kalon.kernel.triggers.Trigger(body="\n    theirs := kalon_records_of(NEW.patient_id);\n    PERFORM pg_advisory_xact_lock(hashtextextended('points ' || theirs[1]::text, 0));\n    IF (SELECT sum(points) FROM pricing_pointsentry WHERE patient_id = ANY (theirs)) < 0 THEN\n        RAISE EXCEPTION 'there are not so many points'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'pricing_pointsentry_below_zero';\n    END IF;\n    RETURN NULL;", declare='theirs uuid[];', events='AFTER INSERT', level='ROW', name='pricing_pointsentry_below_zero'), models.UniqueConstraint(fields=('organization', 'once'), name='pricing_pointsentry_once'), models.CheckConstraint(condition=models.Q(models.Q(('expires_on__isnull', False), ('kind__in', ('EARNED', 'GIVEN_BACK')), ('points__gt', 0)), models.Q(('expires_on__isnull', True), ('kind__in', ('SPENT', 'TAKEN_BACK', 'EXPIRED')), ('points__lt', 0)), _connector='OR'), name='pricing_pointsentry_signed'), kalon.kernel.rows.SameOrganization(field='patient_id', name='pricing_pointsentry_same_patient', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='pricing_pointsentry_rows', patient='patient_id', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='PricingPolicy',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('tier_order', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('STANDARD', 'Standard'), ('GROUP', 'Special group'), ('LOYALTY', 'Loyalty points'), ('BULK', 'Quantity'), ('PROMOTION', 'Promotion')], max_length=9), default=kalon.pricing.models.policy._order, size=5)),
                ('combining', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('STANDARD', 'Standard'), ('GROUP', 'Special group'), ('LOYALTY', 'Loyalty points'), ('BULK', 'Quantity'), ('PROMOTION', 'Promotion')], max_length=9), blank=True, default=kalon.pricing.models.policy._combining, size=5)),
                ('max_percent', models.DecimalField(decimal_places=2, default=Decimal('100'), max_digits=5, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='most that is taken off a line, per cent')),
                ('free_percent', models.DecimalField(decimal_places=2, default=Decimal('10'), max_digits=5, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='given by hand without asking, per cent')),
                ('points_per', kalon.kernel.money.AmountField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='amount paid for a point')),
                ('point_value', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('1'), max_digits=14, verbose_name='what a point is worth')),
                ('points_days', models.PositiveSmallIntegerField(default=365, verbose_name='days until points expire')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization',), name='pricing_pricingpolicy_once'), models.CheckConstraint(condition=models.Q(('tier_order__contains', ['STANDARD', 'GROUP', 'LOYALTY', 'BULK', 'PROMOTION']), ('tier_order__len', 5)), name='pricing_pricingpolicy_order'), models.CheckConstraint(condition=models.Q(('combining__contained_by', ['STANDARD', 'GROUP', 'LOYALTY', 'BULK', 'PROMOTION'])), name='pricing_pricingpolicy_combining'), models.CheckConstraint(condition=models.Q(('free_percent__range', (0, 100)), ('max_percent__range', (0, 100))), name='pricing_pricingpolicy_percents'), models.CheckConstraint(condition=models.Q(models.Q(('points_per', None), ('points_per__gt', 0), _connector='OR'), ('point_value__gt', 0), ('points_days__gte', 1), ('points_days__lte', 3650)), name='pricing_pricingpolicy_points'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='pricing_pricingpolicy_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='DiscountApproval',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status', models.CharField(choices=[('ASKED', 'Asked for'), ('APPROVED', 'Approved'), ('REFUSED', 'Refused'), ('USED', 'Used')], default='ASKED', editable=False, max_length=8)),
                ('subject', models.CharField(max_length=80)),
                ('what', models.CharField(max_length=200)),
                ('percent', models.DecimalField(decimal_places=2, max_digits=5)),
                ('reason', models.CharField(max_length=500)),
                ('asked_by_name', models.CharField(max_length=120)),
                ('decided_by_name', models.CharField(blank=True, max_length=120)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_note', models.CharField(blank=True, max_length=500)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
                'indexes': [models.Index(fields=['organization', 'status', '-created_at'], name='pricing_approval_status')],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.status IN ('ASKED') THEN\n            NEW.status_at := kalon_now();\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION '% is no beginning of pricing_discountapproval', NEW.status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'pricing_discountapproval_status_moves';\n    END IF;\n    IF NEW.status = OLD.status THEN\n        NEW.status_at := OLD.status_at;\n        RETURN NEW;\n    END IF;\n    IF (OLD.status IN ('ASKED') AND NEW.status = 'APPROVED' AND NULLIF(NEW.decided_at::text, '') IS NOT NULL)\n        OR (OLD.status IN ('ASKED') AND NEW.status = 'REFUSED' AND NULLIF(NEW.decided_at::text, '') IS NOT NULL AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('APPROVED') AND NEW.status = 'USED')\n    THEN\n        NEW.status_at := kalon_now();\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION '% may not become % in pricing_discountapproval', OLD.status, NEW.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'pricing_discountapproval_status_moves';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='pricing_discountapproval_status_moves'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN\n        INSERT INTO kernel_auditevent (kind, organization_id, patient_id, user_id, actor_name, actor_kind,\n            subject_table, subject_id, move, from_state, to_state, reason, origin_ip, request_id, facts, purpose)\n        VALUES ('MOVE', NEW.organization_id, NEW.patient_id, kalon_user(),\n            COALESCE(NULLIF(current_setting('kalon.actor', true), ''), session_user), COALESCE(kalon_kind(), 'sql'),\n            'pricing_discountapproval', NEW.id, COALESCE(NULLIF(current_setting('kalon.move', true), ''), 'sql'),\n            CASE WHEN TG_OP = 'UPDATE' THEN OLD.status ELSE '' END, NEW.status,\n            COALESCE(current_setting('kalon.reason', true), ''),\n            NULLIF(split_part(current_setting('kalon.origin', true), '|', 1), '')::inet,\n            COALESCE(split_part(current_setting('kalon.origin', true), '|', 2), ''), '{}', '');\n    END IF;\n    RETURN NULL;", declare='', events='AFTER INSERT OR UPDATE', level='ROW', name='pricing_discountapproval_history'), kalon.kernel.triggers.Trigger(body="\n    IF OLD.status NOT IN ('REFUSED', 'USED') THEN\n        IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;\n    END IF;\n    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['status', 'status_at'] = to_jsonb(OLD) - ARRAY['status', 'status_at'] THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'this row of pricing_discountapproval is sealed (%); correct it by a new record that names it', OLD.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'pricing_discountapproval_sealed';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='pricing_discountapproval_sealed'), kalon.kernel.triggers.Trigger(body="\n    IF (NEW.organization_id, NEW.patient_id, NEW.branch_id, NEW.subject, NEW.what, NEW.percent, NEW.reason, NEW.asked_by_id, NEW.asked_by_name) IS DISTINCT FROM (OLD.organization_id, OLD.patient_id, OLD.branch_id, OLD.subject, OLD.what, OLD.percent, OLD.reason, OLD.asked_by_id, OLD.asked_by_name) THEN\n        RAISE EXCEPTION 'what was asked for is what is decided; ask again'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'pricing_discountapproval_fixed';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE', level='ROW', name='pricing_discountapproval_fixed'), models.UniqueConstraint(condition=models.Q(('status__in', ('ASKED', 'APPROVED'))), fields=('organization', 'subject'), name='pricing_discountapproval_open_once'), models.CheckConstraint(condition=models.Q(('percent__gt', 0), ('percent__lte', 100)), name='pricing_discountapproval_percent'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='pricing_discountapproval_explained'), models.CheckConstraint(condition=models.Q(('decided_by', None), ('asked_by', None), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='pricing_discountapproval_by_another'), kalon.kernel.rows.SameOrganization(field='branch_id', name='pricing_discountapproval_same_branch', through=('organization_id',), to='people.Branch'), kalon.kernel.rows.SameOrganization(field='patient_id', name='pricing_discountapproval_same_patient', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='pricing_discountapproval_rows', patient='patient_id', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='DiscountOffer',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('discount', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='pricing.discount')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('package', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.package')),
                ('service', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.service')),
            ],
            options={
                'ordering': ['created_at', 'id'],
                'constraints': [models.UniqueConstraint(fields=('discount', 'service', 'package'), name='pricing_discountoffer_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('package__isnull', True), ('service__isnull', False)), models.Q(('package__isnull', False), ('service__isnull', True)), _connector='OR'), name='pricing_discountoffer_of_one'), kalon.kernel.rows.SameOrganization(field='discount_id', name='pricing_discountoffer_same_discount', through=('organization_id',), to='pricing.Discount'), kalon.kernel.rows.SameOrganization(field='service_id', name='pricing_discountoffer_same_service', through=('organization_id',), to='catalog.Service'), kalon.kernel.rows.SameOrganization(field='package_id', name='pricing_discountoffer_same_package', through=('organization_id',), to='catalog.Package'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='pricing_discountoffer_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='DiscountUse',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('used_for', models.CharField(max_length=80)),
                ('amount', kalon.kernel.money.AmountField(decimal_places=2, max_digits=14)),
                ('given_back_at', models.DateTimeField(null=True)),
                ('discount', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='pricing.discount')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
                'indexes': [models.Index(fields=['discount', 'patient'], name='pricing_discountuse_counted'), models.Index(fields=['used_for'], name='pricing_discountuse_for')],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    SELECT max_uses, max_uses_each INTO bounds FROM pricing_discount WHERE id = NEW.discount_id FOR UPDATE;\n    SELECT count(*), count(*) FILTER (WHERE patient_id = ANY (kalon_records_of(NEW.patient_id))) INTO used, theirs\n        FROM pricing_discountuse WHERE discount_id = NEW.discount_id AND given_back_at IS NULL;\n    IF used >= bounds.max_uses OR theirs >= bounds.max_uses_each THEN\n        RAISE EXCEPTION 'this discount was used as often as it may be'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'pricing_discountuse_limits';\n    END IF;\n    RETURN NEW;", declare='bounds record; used bigint; theirs bigint;', events='BEFORE INSERT', level='ROW', name='pricing_discountuse_limits'), kalon.kernel.triggers.Trigger(body="\n    IF OLD.given_back_at IS NOT NULL OR to_jsonb(NEW) - 'given_back_at' <> to_jsonb(OLD) - 'given_back_at' THEN\n        RAISE EXCEPTION 'a use of a discount is only given back'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'pricing_discountuse_fixed';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE', level='ROW', name='pricing_discountuse_fixed'), models.UniqueConstraint(condition=models.Q(('given_back_at', None)), fields=('discount', 'used_for'), name='pricing_discountuse_once'), models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='pricing_discountuse_not_negative'), kalon.kernel.rows.SameOrganization(field='discount_id', name='pricing_discountuse_same_discount', through=('organization_id',), to='pricing.Discount'), kalon.kernel.rows.SameOrganization(field='patient_id', name='pricing_discountuse_same_patient', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='pricing_discountuse_rows', patient='patient_id', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
    ]
