import { Button, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { formatCents, formatDateTime } from "../../app/format";
import { type Column, DataTable } from "../../ui/DataTable";
import { Empty, Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { RowAction } from "../../ui/RowAction";
import { SureButton } from "../../ui/SureButton";
import { may, type User } from "../access/session";
import { approveRefund, finishRefund, type Refund, refundsQuery, rejectRefund } from "./contract";

/** What one person asked to give back and another must decide; an approved refund is done when the processor has confirmed it. */
export function RefundsPanel({ user }: { user: User }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const refunds = useQuery(refundsQuery);
  const waiting = refunds.data?.filter((each) => each.state === "Requested" || each.state === "Approved").length ?? 0;
  const decides = may(user, "payments:refund");
  const columns = useMemo<Column<Refund>[]>(
    () => [
      {
        id: "at",
        header: t("payments.asked"),
        value: (row) => row.requestedAt,
        cell: (row) => (
          <>
            {formatDateTime(row.requestedAt, locale)} <span className="sub">{row.requestedBy}</span>
          </>
        ),
      },
      {
        id: "reference",
        header: t("payments.reference"),
        value: (row) => row.reference,
        cell: (row) => <Link to={`/accounts/${row.accountId}`}>{row.reference}</Link>,
      },
      { id: "kind", header: t("payments.kind"), value: (row) => t(`payments.kinds.${row.kind}`) },
      {
        id: "amount",
        header: t("payments.amount"),
        end: true,
        value: (row) => row.amount,
        cell: (row) => (
          <>
            {formatCents(row.amount, locale, row.currency)}{" "}
            <span className="sub">{t("payments.of", { paid: formatCents(row.paid, locale, row.currency) })}</span>
          </>
        ),
      },
      { id: "reason", header: t("payments.reason"), value: (row) => row.reason },
      {
        id: "state",
        header: t("payments.state"),
        value: (row) => t(`payments.refundStates.${row.state}`),
        cell: (row) => (
          <>
            {t(`payments.refundStates.${row.state}`)}{" "}
            <span className="sub">{[row.decidedBy, row.processorReference].filter(Boolean).join(", ")}</span>
          </>
        ),
      },
      {
        id: "decide",
        header: t("campaigns.actions"),
        value: () => null,
        cell: (row) => decides && <Decide refund={row} mine={row.requestedBy === user.userName} />,
      },
    ],
    [t, locale, decides, user.userName],
  );
  return (
    <Panel title={t("payments.waiting", { count: waiting })} flush>
      {refunds.isError ? (
        <div className="panel-body">
          <Failure error={refunds.error} onRetry={() => void refunds.refetch()} />
        </div>
      ) : (
        <DataTable
          label={t("payments.refunds")}
          columns={columns}
          rows={refunds.data ?? []}
          rowId={(row) => row.refundId}
          empty={<Empty title={t(refunds.isPending ? "common.loading" : "payments.noRefunds")} />}
        />
      )}
    </Panel>
  );
}

/** The one who asked cannot decide: the server refuses it too. */
function Decide({ refund, mine }: { refund: Refund; mine: boolean }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const [finishing, setFinishing] = useState(false);
  const [reference, setReference] = useState("");
  const settled = { onSettled: () => cache.invalidateQueries({ queryKey: refundsQuery.queryKey }) };
  const approve = useMutation({ mutationFn: () => approveRefund(refund.refundId), ...settled });
  const reject = useMutation({ mutationFn: () => rejectRefund(refund.refundId), ...settled });
  const finish = useMutation({ mutationFn: () => finishRefund(refund.refundId, reference.trim()), ...settled });
  const error = approve.error ?? reject.error ?? finish.error;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    finish.mutate();
  };
  return (
    <span className="payments-actions">
      {refund.state === "Requested" && mine && <span className="sub">{t("payments.another")}</span>}
      {refund.state === "Requested" && !mine && (
        <>
          <SureButton
            text={t("payments.approve")}
            of={refund.reference}
            busy={approve.isPending}
            onSure={() => approve.mutate()}
          />
          <SureButton
            text={t("payments.reject")}
            of={refund.reference}
            busy={reject.isPending}
            onSure={() => reject.mutate()}
          />
        </>
      )}
      {refund.state === "Approved" && !finishing && (
        <RowAction label={t("payments.done")} of={refund.reference} onClick={() => setFinishing(true)} />
      )}
      {refund.state === "Approved" && finishing && (
        <form className="payments-actions" onSubmit={submit}>
          <TextInput
            size="xs"
            required
            maxLength={100}
            aria-label={t("payments.processorReference", { reference: refund.reference })}
            placeholder={t("payments.processors")}
            value={reference}
            onChange={(event) => setReference(event.currentTarget.value)}
          />
          <Button size="compact-xs" type="submit" loading={finish.isPending}>
            {t("payments.save")}
          </Button>
        </form>
      )}
      {error && <Failure error={error} />}
    </span>
  );
}
