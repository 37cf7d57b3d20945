import { Button, Select, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { formatCents, formatDateTime } from "../../app/format";
import { codeText } from "../../app/i18n";
import { type Column, DataTable } from "../../ui/DataTable";
import { Empty, Failure, Notice } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { RowAction } from "../../ui/RowAction";
import { usePageTitle } from "../../ui/usePageTitle";
import { may, type User } from "../access/session";
import { askRefund, foundQuery, type Payment, type Refund, refundsQuery } from "./contract";
import { FilesPanel } from "./FilesPanel";
import { RefundsPanel } from "./RefundsPanel";
import "./payments.css";

/** Money that goes back, by two people; and what the processor's files say of every payment. */
export function PaymentsPage({ user }: { user: User }) {
  const { t } = useTranslation();
  usePageTitle(t("payments.title"));
  return (
    <div className="stack">
      <h1>{t("payments.title")}</h1>
      <RefundsPanel user={user} />
      {may(user, "payments:refund") && <FindPanel />}
      <FilesPanel mayUpload={may(user, "payments:reconcile")} />
    </div>
  );
}

/** Finds the payment and asks that money go back; somebody else decides. */
function FindPanel() {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const [typed, setTyped] = useState("");
  const [wanted, setWanted] = useState("");
  const [chosen, setChosen] = useState<Payment | null>(null);
  const found = useQuery(foundQuery(wanted));
  const columns = useMemo<Column<Payment>[]>(
    () => [
      {
        id: "at",
        header: t("payments.at"),
        value: (row) => row.updatedAt,
        cell: (row) => formatDateTime(row.updatedAt, locale),
      },
      {
        id: "account",
        header: t("payments.account"),
        value: (row) => row.clientAccountNo,
        cell: (row) => <Link to={`/accounts/${row.accountId}`}>{row.clientAccountNo}</Link>,
      },
      { id: "receipt", header: t("payments.receipt"), value: (row) => row.receipt },
      { id: "reference", header: t("payments.reference"), value: (row) => row.reference },
      { id: "code", header: t("payments.code"), value: (row) => row.confirmationCode },
      { id: "state", header: t("payments.state"), value: (row) => codeText(t, "payments.states", row.state) },
      {
        id: "amount",
        header: t("payments.amount"),
        end: true,
        value: (row) => row.amount,
        cell: (row) => formatCents(row.amount, locale, row.currency),
      },
      {
        id: "returned",
        header: t("payments.returned"),
        end: true,
        value: (row) => row.returned,
        cell: (row) => (row.returned > 0 ? formatCents(row.returned, locale, row.currency) : ""),
      },
      {
        id: "back",
        header: t("campaigns.actions"),
        value: () => null,
        cell: (row) =>
          row.state === "Captured" && (
            <RowAction label={t("payments.giveBack")} of={row.reference} onClick={() => setChosen(row)} />
          ),
      },
    ],
    [t, locale],
  );
  const search = (event: SyntheticEvent) => {
    event.preventDefault();
    setChosen(null);
    setWanted(typed.trim());
  };
  return (
    <Panel title={t("payments.find")}>
      <search>
        <form className="payments-form" onSubmit={search}>
          <TextInput
            size="xs"
            label={t("payments.findBy")}
            required
            minLength={3}
            maxLength={64}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Button size="xs" type="submit" loading={found.isFetching}>
            {t("payments.search")}
          </Button>
        </form>
      </search>
      {found.isError && <Failure error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && (
        <DataTable
          label={t("payments.found")}
          columns={columns}
          rows={found.data}
          rowId={(row) => row.paymentId}
          empty={<Empty title={t("payments.nothing")} />}
        />
      )}
      {chosen && <AskForm key={chosen.paymentId} payment={chosen} onDone={() => setChosen(null)} />}
    </Panel>
  );
}

function AskForm({ payment, onDone }: { payment: Payment; onDone: () => void }) {
  const { t, i18n } = useTranslation();
  const cache = useQueryClient();
  const left = payment.amount - payment.returned;
  const [kind, setKind] = useState<Refund["kind"]>("Refund");
  const [amount, setAmount] = useState(left.toFixed(2));
  const [reason, setReason] = useState("");
  const back = useMutation({
    mutationFn: () =>
      askRefund(payment.paymentId, { kind, amount: kind === "Reversal" ? payment.amount : Number(amount), reason }),
    onSuccess: onDone,
    onSettled: () => cache.invalidateQueries({ queryKey: refundsQuery.queryKey }),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    back.mutate();
  };
  return (
    <form className="payments-form" onSubmit={submit}>
      <Notice kind="info" quiet>
        {t("payments.askText", {
          reference: payment.reference,
          left: formatCents(left, i18n.language, payment.currency),
        })}
      </Notice>
      <Select
        size="xs"
        label={t("payments.kind")}
        data={(["Refund", "Reversal"] as const).map((value) => ({ value, label: t(`payments.kinds.${value}`) }))}
        allowDeselect={false}
        value={kind}
        onChange={(value) => setKind(value ?? kind)}
      />
      {kind === "Refund" && (
        <TextInput
          size="xs"
          label={t("payments.amount")}
          required
          inputMode="decimal"
          pattern="[0-9]+([.][0-9]{2})?"
          value={amount}
          onChange={(event) => setAmount(event.currentTarget.value)}
        />
      )}
      <TextInput
        size="xs"
        label={t("payments.reason")}
        required
        maxLength={200}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Button size="xs" type="submit" loading={back.isPending}>
        {t("payments.ask")}
      </Button>
      {back.isError && <Failure error={back.error} />}
    </form>
  );
}
