import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import kalon.kernel.clock
import kalon.kernel.ids
import kalon.kernel.money
import kalon.kernel.rows
import kalon.kernel.triggers
import kalon.ledger.models.posting
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('inventory', '0001_initial'),
        ('people', '0005_tax_number'),
    ]

    operations = [
        migrations.CreateModel(
            name='PurchaseOrder',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('number', models.CharField(editable=False, max_length=24)),
                ('status', models.CharField(choices=[('DRAFT', 'Being written'), ('ORDERED', 'Ordered'), ('RECEIVED', 'All of it came'), ('CLOSED', 'Closed, the rest does not come'), ('CANCELLED', 'Cancelled')], default='DRAFT', editable=False, max_length=12)),
                ('expected_on', models.DateField(blank=True, null=True)),
                ('words', models.CharField(blank=True, max_length=500, verbose_name='What the supplier is told')),
                ('written_by_name', models.CharField(max_length=120)),
                ('ordered_at', models.DateTimeField(editable=False, null=True)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='OrderLine',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('quantity', models.DecimalField(decimal_places=3, max_digits=12)),
                ('unit_price', kalon.kernel.money.AmountField(decimal_places=2, max_digits=14)),
                ('tax_percent', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=5)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.item')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='purchasing.purchaseorder')),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('order', 'item'), name='purchasing_orderline_item_once'), models.UniqueConstraint(fields=('order', 'position'), name='purchasing_orderline_position_once'), models.UniqueConstraint(fields=('organization', 'id'), name='purchasing_orderline_in_organization'), models.CheckConstraint(condition=models.Q(('position__gte', 1), ('quantity__gt', 0), ('tax_percent__range', (0, 100)), ('unit_price__gte', 0)), name='purchasing_orderline_amounts'), kalon.kernel.triggers.Trigger(body="\n    SELECT status INTO found_status FROM purchasing_purchaseorder WHERE id = parent_id FOR KEY SHARE;\n    IF found_status IN ('ORDERED', 'RECEIVED', 'CLOSED', 'CANCELLED') OR (TG_OP = 'UPDATE' AND OLD.order_id <> NEW.order_id) THEN\n        RAISE EXCEPTION 'purchasing_purchaseorder is % and its rows in purchasing_orderline are sealed', found_status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'purchasing_orderline_sealed';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;", declare="parent_id uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.order_id ELSE NEW.order_id END; found_status text;", events='BEFORE INSERT OR UPDATE OR DELETE', level='ROW', name='purchasing_orderline_sealed'), kalon.kernel.rows.SameOrganization(field='order_id', name='purchasing_orderline_same_order', through=('organization_id',), to='purchasing.PurchaseOrder'), kalon.kernel.rows.SameOrganization(field='item_id', name='purchasing_orderline_same_item', through=('organization_id',), to='inventory.Item'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE, DELETE', name='purchasing_orderline_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='GoodsReceipt',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('number', models.CharField(editable=False, max_length=24)),
                ('reference', models.CharField(blank=True, max_length=60, verbose_name='Delivery note')),
                ('key', models.CharField(max_length=100)),
                ('received_by_name', models.CharField(max_length=120)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='purchasing.purchaseorder')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
                'constraints': [kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of purchasing_goodsreceipt are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'purchasing_goodsreceipt_kept';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='purchasing_goodsreceipt_kept'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of purchasing_goodsreceipt are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'purchasing_goodsreceipt_kept';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='purchasing_goodsreceipt_kept_truncate'), models.UniqueConstraint(fields=('organization', 'number'), name='purchasing_receipt_number_once'), models.UniqueConstraint(fields=('order', 'key'), name='purchasing_receipt_key_once'), models.UniqueConstraint(fields=('organization', 'id'), name='purchasing_receipt_in_organization'), kalon.kernel.rows.SameOrganization(field='order_id', name='purchasing_receipt_same_order', through=('organization_id',), to='purchasing.PurchaseOrder'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='purchasing_receipt_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='ReceiptLine',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('quantity', models.DecimalField(decimal_places=3, max_digits=12)),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='received', to='purchasing.orderline')),
                ('movement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.movement')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('receipt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='purchasing.goodsreceipt')),
            ],
            options={
                'ordering': ['created_at', 'id'],
                'indexes': [models.Index(fields=['line'], name='purchasing_receiptline_of_line')],
                'constraints': [kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of purchasing_receiptline are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'purchasing_receiptline_kept';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='purchasing_receiptline_kept'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of purchasing_receiptline are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'purchasing_receiptline_kept';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='purchasing_receiptline_kept_truncate'), kalon.kernel.triggers.Trigger(body="\n    SELECT line.order_id, line.item_id, line.quantity INTO wanted FROM purchasing_orderline line\n        JOIN purchasing_goodsreceipt receipt ON receipt.order_id = line.order_id AND receipt.id = NEW.receipt_id\n        WHERE line.id = NEW.line_id;\n    SELECT status INTO state FROM purchasing_purchaseorder WHERE id = wanted.order_id FOR UPDATE;\n    IF state IS DISTINCT FROM 'ORDERED' THEN\n        RAISE EXCEPTION 'only an order that is placed receives goods'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'purchasing_receiptline_placed';\n    END IF;\n    IF NOT EXISTS (SELECT FROM inventory_movement WHERE id = NEW.movement_id AND kind = 'RECEIVED'\n        AND item_id = wanted.item_id AND quantity = NEW.quantity) THEN\n        RAISE EXCEPTION 'a receipt names the movement by which this came'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'purchasing_receiptline_movement';\n    END IF;\n    SELECT COALESCE(sum(quantity), 0) INTO had FROM purchasing_receiptline WHERE line_id = NEW.line_id;\n    IF had + NEW.quantity > wanted.quantity THEN\n        RAISE EXCEPTION 'more came than was ordered'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'purchasing_receiptline_ordered';\n    END IF;\n    RETURN NEW;", declare='wanted record; state text; had numeric;', events='BEFORE INSERT', level='ROW', name='purchasing_receiptline_as_ordered'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='purchasing_receiptline_positive'), kalon.kernel.rows.SameOrganization(field='receipt_id', name='purchasing_receiptline_same_receipt', through=('organization_id',), to='purchasing.GoodsReceipt'), kalon.kernel.rows.SameOrganization(field='line_id', name='purchasing_receiptline_same_line', through=('organization_id',), to='purchasing.OrderLine'), kalon.kernel.rows.SameOrganization(field='movement_id', name='purchasing_receiptline_same_movement', through=('organization_id',), to='inventory.Movement'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='purchasing_receiptline_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Supplier',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('name', models.CharField(max_length=120)),
                ('tax_number', models.CharField(blank=True, max_length=15, verbose_name='GSTIN or VAT number')),
                ('state_code', models.CharField(blank=True, max_length=2, verbose_name='GST state code')),
                ('contact', models.CharField(blank=True, max_length=120, verbose_name='Whom to ask for')),
                ('phone', models.CharField(blank=True, max_length=20)),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='E-mail')),
                ('address', models.TextField(blank=True, max_length=500)),
                ('payment_days', models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MaxValueValidator(365, 'At most 365 days.')], verbose_name='Days to pay')),
                ('note', models.TextField(blank=True, max_length=1000)),
                ('is_active', models.BooleanField(default=True, verbose_name='We buy there')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'ordering': ['name', 'id'],
                'constraints': [models.UniqueConstraint(fields=('organization', 'name'), name='purchasing_supplier_name_once'), models.UniqueConstraint(fields=('organization', 'id'), name='purchasing_supplier_in_organization'), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), ('payment_days__lte', 365)), name='purchasing_supplier_named'), models.CheckConstraint(condition=models.Q(('tax_number', ''), ('tax_number__regex', '^[0-9A-Z]{5,15}$'), _connector='OR'), name='purchasing_supplier_tax_number_shape'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='purchasing_supplier_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.AddField(
            model_name='purchaseorder',
            name='supplier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='purchasing.supplier'),
        ),
        migrations.CreateModel(
            name='SupplierInvoice',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('number', models.CharField(max_length=40, verbose_name='Invoice number')),
                ('invoice_date', models.DateField()),
                ('due_date', models.DateField()),
                ('status', models.CharField(choices=[('DRAFT', 'To be checked'), ('APPROVED', 'Approved'), ('REVERSED', 'Taken back'), ('DROPPED', 'Not ours')], default='DRAFT', editable=False, max_length=12)),
                ('written_by_name', models.CharField(max_length=120)),
                ('approved_at', models.DateTimeField(editable=False, null=True)),
                ('approved_by_name', models.CharField(blank=True, editable=False, max_length=120)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('taxable', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('0.00'), editable=False, max_digits=14)),
                ('cgst', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('0.00'), editable=False, max_digits=14)),
                ('sgst', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('0.00'), editable=False, max_digits=14)),
                ('igst', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('0.00'), editable=False, max_digits=14)),
                ('total', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('0.00'), editable=False, max_digits=14)),
                ('paid', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('0.00'), editable=False, max_digits=14)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('order', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='purchasing.purchaseorder')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='purchasing.supplier')),
            ],
            options={
                'ordering': ['-invoice_date', '-id'],
                'indexes': [models.Index(fields=['organization', 'status', 'due_date'], name='purchasing_invoice_due'), models.Index(fields=['order'], name='purchasing_invoice_of_order')],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.status IN ('DRAFT') THEN\n            NEW.status_at := kalon_now();\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION '% is no beginning of purchasing_supplierinvoice', NEW.status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'purchasing_supplierinvoice_status_moves';\n    END IF;\n    IF NEW.status = OLD.status THEN\n        NEW.status_at := OLD.status_at;\n        RETURN NEW;\n    END IF;\n    IF (OLD.status IN ('DRAFT') AND NEW.status = 'APPROVED' AND NULLIF(NEW.approved_at::text, '') IS NOT NULL)\n        OR (OLD.status IN ('DRAFT') AND NEW.status = 'DROPPED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('APPROVED') AND NEW.status = 'REVERSED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n    THEN\n        NEW.status_at := kalon_now();\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION '% may not become % in purchasing_supplierinvoice', OLD.status, NEW.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'purchasing_supplierinvoice_status_moves';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='purchasing_supplierinvoice_status_moves'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN\n        INSERT INTO kernel_auditevent (kind, organization_id, patient_id, user_id, actor_name, actor_kind,\n            subject_table, subject_id, move, from_state, to_state, reason, origin_ip, request_id, facts, purpose)\n        VALUES ('MOVE', NEW.organization_id, NULL, kalon_user(),\n            COALESCE(NULLIF(current_setting('kalon.actor', true), ''), session_user), COALESCE(kalon_kind(), 'sql'),\n            'purchasing_supplierinvoice', NEW.id, COALESCE(NULLIF(current_setting('kalon.move', true), ''), 'sql'),\n            CASE WHEN TG_OP = 'UPDATE' THEN OLD.status ELSE '' END, NEW.status,\n            COALESCE(current_setting('kalon.reason', true), ''),\n            NULLIF(split_part(current_setting('kalon.origin', true), '|', 1), '')::inet,\n            COALESCE(split_part(current_setting('kalon.origin', true), '|', 2), ''), '{}', '');\n    END IF;\n    RETURN NULL;", declare='', events='AFTER INSERT OR UPDATE', level='ROW', name='purchasing_supplierinvoice_history'), kalon.kernel.triggers.Trigger(body="\n    IF OLD.status NOT IN ('APPROVED', 'REVERSED', 'DROPPED') THEN\n        IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;\n    END IF;\n    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['status', 'status_at', 'paid'] = to_jsonb(OLD) - ARRAY['status', 'status_at', 'paid'] THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'this row of purchasing_supplierinvoice is sealed (%); correct it by a new record that names it', OLD.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'purchasing_supplierinvoice_sealed';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='purchasing_supplierinvoice_sealed'), kalon.kernel.triggers.Trigger(body='\n    SELECT COALESCE(sum(taxable), 0), COALESCE(sum(cgst), 0), COALESCE(sum(sgst), 0), COALESCE(sum(igst), 0)\n        INTO NEW.taxable, NEW.cgst, NEW.sgst, NEW.igst FROM purchasing_invoiceline WHERE invoice_id = NEW.id;\n    NEW.total := NEW.taxable + NEW.cgst + NEW.sgst + NEW.igst;\n    SELECT COALESCE(sum(CASE WHEN reverses_id IS NULL THEN amount ELSE -amount END), 0) INTO NEW.paid\n        FROM purchasing_supplierpayment WHERE invoice_id = NEW.id;\n    RETURN NEW;', declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='purchasing_supplierinvoice_derives'), kalon.kernel.triggers.Trigger(body="\n    IF NOT (OLD.status = 'DRAFT' AND NEW.status = 'APPROVED') THEN RETURN NEW; END IF;\n    PERFORM FROM purchasing_purchaseorder WHERE id = NEW.order_id FOR UPDATE;\n    IF EXISTS (SELECT FROM purchasing_invoiceline ours LEFT JOIN purchasing_orderline line ON line.id = ours.line_id\n        WHERE ours.invoice_id = NEW.id AND ours.line_id IS NOT NULL AND line.order_id IS DISTINCT FROM NEW.order_id)\n        OR EXISTS (SELECT FROM purchasing_purchaseorder WHERE id = NEW.order_id AND supplier_id <> NEW.supplier_id)\n    THEN\n        RAISE EXCEPTION 'an invoice is for its own order'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'purchasing_invoice_of_order';\n    END IF;\n    IF EXISTS (SELECT FROM purchasing_invoiceline ours WHERE ours.invoice_id = NEW.id AND ours.line_id IS NOT NULL\n        AND ours.quantity + COALESCE((SELECT sum(theirs.quantity) FROM purchasing_invoiceline theirs\n                JOIN purchasing_supplierinvoice other ON other.id = theirs.invoice_id\n                WHERE theirs.line_id = ours.line_id AND other.status = 'APPROVED' AND other.id <> NEW.id), 0)\n            > COALESCE((SELECT sum(quantity) FROM purchasing_receiptline WHERE line_id = ours.line_id), 0)) THEN\n        RAISE EXCEPTION 'more is asked for than came'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'purchasing_invoice_received';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE', level='ROW', name='purchasing_supplierinvoice_of_what_came'), kalon.ledger.models.posting.Posts(body="\n    IF OLD.status = 'DRAFT' AND NEW.status = 'APPROVED' THEN side := 1; what := 'PURCHASE';\n    ELSIF OLD.status = 'APPROVED' AND NEW.status = 'REVERSED' THEN side := -1; what := 'PURCHASE_BACK';\n    ELSE RETURN NULL; END IF;\n    IF NEW.total = 0 THEN RETURN NULL; END IF;\n    made := kalon_ledger_entry(what, 'purchasing_supplierinvoice', NEW.id, NEW.organization_id, NEW.branch_id, NULL,\n        NEW.status_at);\n    INSERT INTO ledger_posting (organization_id, entry_id, branch_id, date, account, amount)\n        SELECT NEW.organization_id, made, NEW.branch_id, entry.date, part.account, side * part.amount\n        FROM ledger_entry entry CROSS JOIN (VALUES ('PURCHASES', NEW.taxable), ('INPUT_CGST', NEW.cgst),\n            ('INPUT_SGST', NEW.sgst), ('INPUT_IGST', NEW.igst), ('PAYABLES', -NEW.total)) AS part (account, amount)\n        WHERE entry.id = made AND part.amount <> 0;\n    RETURN NULL;", declare='made bigint; side integer; what text;', events='AFTER UPDATE', level='ROW', name='purchasing_supplierinvoice_posts'), models.UniqueConstraint(condition=models.Q(('status__in', ('DRAFT', 'APPROVED'))), fields=('supplier', 'number'), name='purchasing_invoice_number_once'), models.UniqueConstraint(fields=('organization', 'id'), name='purchasing_invoice_in_organization'), models.CheckConstraint(condition=models.Q(('paid__gte', 0), ('paid__lte', models.F('total'))), name='purchasing_invoice_not_overpaid'), models.CheckConstraint(condition=models.Q(models.Q(('number', ''), _negated=True), ('due_date__gte', models.F('invoice_date'))), name='purchasing_invoice_named'), kalon.kernel.rows.SameOrganization(field='branch_id', name='purchasing_invoice_same_branch', through=('organization_id',), to='people.Branch'), kalon.kernel.rows.SameOrganization(field='supplier_id', name='purchasing_invoice_same_supplier', through=('organization_id',), to='purchasing.Supplier'), kalon.kernel.rows.SameOrganization(field='order_id', name='purchasing_invoice_same_order', through=('organization_id',), to='purchasing.PurchaseOrder'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='purchasing_invoice_rows', patient='', portal='', portal_where='', reviewed='SELECT', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='InvoiceLine',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('words', models.CharField(max_length=200)),
                ('quantity', models.DecimalField(decimal_places=3, max_digits=12)),
                ('unit_price', kalon.kernel.money.AmountField(decimal_places=2, max_digits=14)),
                ('tax_percent', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=5)),
                ('taxable', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('0.00'), editable=False, max_digits=14)),
                ('cgst', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('0.00'), editable=False, max_digits=14)),
                ('sgst', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('0.00'), editable=False, max_digits=14)),
                ('igst', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('0.00'), editable=False, max_digits=14)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('line', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='invoiced', to='purchasing.orderline')),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='purchasing.supplierinvoice')),
            ],
            options={
                'ordering': ['position'],
                'indexes': [models.Index(fields=['line'], name='purchasing_invoiceline_of_line')],
                'constraints': [models.UniqueConstraint(fields=('invoice', 'line'), name='purchasing_invoiceline_line_once'), models.UniqueConstraint(fields=('invoice', 'position'), name='purchasing_invoiceline_position_once'), models.CheckConstraint(condition=models.Q(('position__gte', 1), ('quantity__gt', 0), ('tax_percent__range', (0, 100)), ('unit_price__gte', 0), ('cgst__gte', 0), ('igst__gte', 0), ('sgst__gte', 0), ('taxable__gte', 0), models.Q(('words', ''), _negated=True)), name='purchasing_invoiceline_amounts'), models.CheckConstraint(condition=models.Q(('taxable__gt', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('quantity'), '*', models.F('unit_price')), '-', models.Value(Decimal('0.006')))), ('taxable__lt', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('quantity'), '*', models.F('unit_price')), '+', models.Value(Decimal('0.006'))))), name='purchasing_invoiceline_taxable'), models.CheckConstraint(condition=models.Q(models.Q(('cgst', models.F('sgst')), ('igst', 0)), models.Q(('cgst', 0), ('sgst', 0)), _connector='OR'), name='purchasing_invoiceline_one_tax'), kalon.kernel.triggers.Trigger(body="\n    SELECT status INTO found_status FROM purchasing_supplierinvoice WHERE id = parent_id FOR KEY SHARE;\n    IF found_status IN ('APPROVED', 'REVERSED', 'DROPPED') OR (TG_OP = 'UPDATE' AND OLD.invoice_id <> NEW.invoice_id) THEN\n        RAISE EXCEPTION 'purchasing_supplierinvoice is % and its rows in purchasing_invoiceline are sealed', found_status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'purchasing_invoiceline_sealed';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;", declare="parent_id uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.invoice_id ELSE NEW.invoice_id END; found_status text;", events='BEFORE INSERT OR UPDATE OR DELETE', level='ROW', name='purchasing_invoiceline_sealed'), kalon.kernel.rows.SameOrganization(field='invoice_id', name='purchasing_invoiceline_same_invoice', through=('organization_id',), to='purchasing.SupplierInvoice'), kalon.kernel.rows.SameOrganization(field='line_id', name='purchasing_invoiceline_same_line', through=('organization_id',), to='purchasing.OrderLine'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE, DELETE', name='purchasing_invoiceline_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='SupplierPayment',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('method', models.CharField(choices=[('TRANSFER', 'Bank transfer'), ('CHEQUE', 'Cheque'), ('UPI', 'UPI'), ('CARD', 'Company card')], max_length=10)),
                ('amount', kalon.kernel.money.AmountField(decimal_places=2, max_digits=14)),
                ('reference', models.CharField(blank=True, max_length=80)),
                ('key', models.CharField(max_length=100)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('made_by_name', models.CharField(max_length=120)),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='purchasing.supplierinvoice')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('reverses', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversed_by', to='purchasing.supplierpayment')),
            ],
            options={
                'ordering': ['created_at', 'id'],
                'constraints': [kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of purchasing_supplierpayment are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'purchasing_supplierpayment_kept';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='purchasing_supplierpayment_kept'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of purchasing_supplierpayment are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'purchasing_supplierpayment_kept';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='purchasing_supplierpayment_kept_truncate'), kalon.kernel.triggers.Trigger(body="\n    SELECT status INTO state FROM purchasing_supplierinvoice WHERE id = NEW.invoice_id FOR UPDATE;\n    IF state IS DISTINCT FROM 'APPROVED' THEN\n        RAISE EXCEPTION 'only an approved invoice is paid'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'purchasing_payment_of_approved';\n    END IF;\n    IF NEW.reverses_id IS NOT NULL AND NOT EXISTS (SELECT FROM purchasing_supplierpayment WHERE id = NEW.reverses_id\n        AND invoice_id = NEW.invoice_id AND amount = NEW.amount AND reverses_id IS NULL) THEN\n        RAISE EXCEPTION 'a payment is taken back whole, on its own invoice'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'purchasing_payment_reversed_whole';\n    END IF;\n    RETURN NEW;", declare='state text;', events='BEFORE INSERT', level='ROW', name='purchasing_supplierpayment_may_be'), kalon.kernel.triggers.Trigger(body='\n    UPDATE purchasing_supplierinvoice SET paid = 0 WHERE id = NEW.invoice_id;\n    RETURN NULL;', declare='', events='AFTER INSERT', level='ROW', name='purchasing_supplierpayment_counts'), kalon.ledger.models.posting.Posts(body="\n    SELECT branch_id INTO at FROM purchasing_supplierinvoice WHERE id = NEW.invoice_id;\n    PERFORM kalon_ledger_move(CASE WHEN NEW.reverses_id IS NULL THEN 'SUPPLIER_PAID' ELSE 'SUPPLIER_BACK' END,\n        'purchasing_supplierpayment', NEW.id, NEW.organization_id, at, NULL, NEW.created_at, 'PAYABLES', 'BANK',\n        CASE WHEN NEW.reverses_id IS NULL THEN NEW.amount ELSE -NEW.amount END);\n    RETURN NULL;", declare='at uuid;', events='AFTER INSERT', level='ROW', name='purchasing_supplierpayment_posts'), models.UniqueConstraint(fields=('invoice', 'key'), name='purchasing_payment_key_once'), models.UniqueConstraint(fields=('organization', 'id'), name='purchasing_payment_in_organization'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='purchasing_payment_positive'), models.CheckConstraint(condition=models.Q(('reverses', None), models.Q(('reason', ''), _negated=True), _connector='OR'), name='purchasing_payment_reversal_explained'), kalon.kernel.rows.SameOrganization(field='invoice_id', name='purchasing_payment_same_invoice', through=('organization_id',), to='purchasing.SupplierInvoice'), kalon.kernel.rows.SameOrganization(field='reverses_id', name='purchasing_payment_same_reversed', through=('organization_id',), to='purchasing.SupplierPayment'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='purchasing_payment_rows', patient='', portal='', portal_where='', reviewed='SELECT', tenant='organization_id')],
            },
        ),
        migrations.AddIndex(
            model_name='purchaseorder',
            index=models.Index(fields=['organization', '-created_at'], name='purchasing_order_newest'),
        ),
        migrations.AddIndex(
            model_name='purchaseorder',
            index=models.Index(fields=['supplier', 'status'], name='purchasing_order_of_supplier'),
        ),
        migrations.AddConstraint(
            model_name='purchaseorder',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.status IN ('DRAFT') THEN\n            NEW.status_at := kalon_now();\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION '% is no beginning of purchasing_purchaseorder', NEW.status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'purchasing_purchaseorder_status_moves';\n    END IF;\n    IF NEW.status = OLD.status THEN\n        NEW.status_at := OLD.status_at;\n        RETURN NEW;\n    END IF;\n    IF (OLD.status IN ('DRAFT') AND NEW.status = 'ORDERED' AND NULLIF(NEW.ordered_at::text, '') IS NOT NULL)\n        OR (OLD.status IN ('ORDERED') AND NEW.status = 'RECEIVED')\n        OR (OLD.status IN ('ORDERED') AND NEW.status = 'CLOSED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('DRAFT', 'ORDERED') AND NEW.status = 'CANCELLED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n    THEN\n        NEW.status_at := kalon_now();\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION '% may not become % in purchasing_purchaseorder', OLD.status, NEW.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'purchasing_purchaseorder_status_moves';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='purchasing_purchaseorder_status_moves'),
        ),
        migrations.AddConstraint(
            model_name='purchaseorder',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN\n        INSERT INTO kernel_auditevent (kind, organization_id, patient_id, user_id, actor_name, actor_kind,\n            subject_table, subject_id, move, from_state, to_state, reason, origin_ip, request_id, facts, purpose)\n        VALUES ('MOVE', NEW.organization_id, NULL, kalon_user(),\n            COALESCE(NULLIF(current_setting('kalon.actor', true), ''), session_user), COALESCE(kalon_kind(), 'sql'),\n            'purchasing_purchaseorder', NEW.id, COALESCE(NULLIF(current_setting('kalon.move', true), ''), 'sql'),\n            CASE WHEN TG_OP = 'UPDATE' THEN OLD.status ELSE '' END, NEW.status,\n            COALESCE(current_setting('kalon.reason', true), ''),\n            NULLIF(split_part(current_setting('kalon.origin', true), '|', 1), '')::inet,\n            COALESCE(split_part(current_setting('kalon.origin', true), '|', 2), ''), '{}', '');\n    END IF;\n    RETURN NULL;", declare='', events='AFTER INSERT OR UPDATE', level='ROW', name='purchasing_purchaseorder_history'),
        ),
        migrations.AddConstraint(
            model_name='purchaseorder',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF OLD.status NOT IN ('ORDERED', 'RECEIVED', 'CLOSED', 'CANCELLED') THEN\n        IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;\n    END IF;\n    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['status', 'status_at'] = to_jsonb(OLD) - ARRAY['status', 'status_at'] THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'this row of purchasing_purchaseorder is sealed (%); correct it by a new record that names it', OLD.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'purchasing_purchaseorder_sealed';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='purchasing_purchaseorder_sealed'),
        ),
        migrations.AddConstraint(
            model_name='purchaseorder',
            constraint=models.UniqueConstraint(fields=('organization', 'number'), name='purchasing_order_number_once'),
        ),
        migrations.AddConstraint(
            model_name='purchaseorder',
            constraint=models.UniqueConstraint(fields=('organization', 'id'), name='purchasing_order_in_organization'),
        ),
        migrations.AddConstraint(
            model_name='purchaseorder',
            constraint=kalon.kernel.rows.SameOrganization(field='branch_id', name='purchasing_order_same_branch', through=('organization_id',), to='people.Branch'),
        ),
        migrations.AddConstraint(
            model_name='purchaseorder',
            constraint=kalon.kernel.rows.SameOrganization(field='supplier_id', name='purchasing_order_same_supplier', through=('organization_id',), to='purchasing.Supplier'),
        ),
        migrations.AddConstraint(
            model_name='purchaseorder',
            constraint=kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='purchasing_order_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id'),
        ),
    ]
