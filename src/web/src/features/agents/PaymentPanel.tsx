import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { formatMoney } from "../../app/format";
import { codeText } from "../../app/i18n";
import { Failure } from "../../ui/Notice";
import { cardFields, type DeskCall } from "./contract";
import { desk } from "./desk";

/** How the carrier names the masked value of each field. */
const maskedName: Record<string, string> = {
  "payment-card-number": "PaymentCardNumber",
  "expiration-date": "ExpirationDate",
  "security-code": "SecurityCode",
  "postal-code": "PaymentCardPostalCode",
};

/** A card taken field by field while both talk: the caller keys, the carrier masks, the recording is paused. */
export function PaymentPanel({ call }: { call: DeskCall }) {
  const { t, i18n } = useTranslation();
  const step = useMutation({
    mutationFn: (next: { capture: string } | { status: "complete" | "cancel" }) =>
      desk.paymentStep(call.attemptId, next),
  });
  const payment = call.controls?.payment;
  if (!payment) return null;
  const open = payment.state === "Open";
  const next = payment.required[0];
  return (
    <section className="payment" aria-label={t("pay.title")}>
      <strong>
        {t("pay.amount", { amount: formatMoney(payment.amount, i18n.language, call.account?.currency ?? "USD") })}
      </strong>
      <span role="status">{t(`pay.state.${payment.state}`)}</span>
      <ol className="payment-fields">
        {cardFields.map((field) => (
          <li key={field} data-done={!payment.required.includes(field) ? true : undefined}>
            <span className="sub">{codeText(t, "payField", field)}</span>{" "}
            <code>{payment.masked[maskedName[field] ?? ""] ?? (payment.capturing === field ? "…" : "–")}</code>
          </li>
        ))}
      </ol>
      {payment.error && <span className="bad">{t("pay.again", { error: payment.error })}</span>}
      {open && (
        <span className="dock-steps">
          {next !== undefined && (
            <Button
              size="compact-sm"
              loading={step.isPending}
              disabled={payment.capturing === next}
              onClick={() => step.mutate({ capture: next })}
            >
              {t("pay.askFor", { field: codeText(t, "payField", next) })}
            </Button>
          )}
          {next === undefined && (
            <Button size="compact-sm" loading={step.isPending} onClick={() => step.mutate({ status: "complete" })}>
              {t("pay.charge")}
            </Button>
          )}
          <Button size="compact-sm" variant="default" onClick={() => step.mutate({ status: "cancel" })}>
            {t("pay.cancel")}
          </Button>
        </span>
      )}
      {step.isError && <Failure error={step.error} />}
    </section>
  );
}
