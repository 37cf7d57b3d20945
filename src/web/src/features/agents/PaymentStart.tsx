import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatMoney } from "../../app/format";
import { ApiProblem } from "../../app/http";
import { Failure, Notice } from "../../ui/Notice";
import type { DeskCall } from "./contract";
import { desk } from "./desk";
import { offerQuery } from "./offer";
import { useShortcutButton } from "./shortcuts";

/** What the caller may say that lifts a refusal of the payment rules. */
const lifts: Record<string, { again: true } | { insists: true }> = {
  DUPLICATE_SUSPECTED: { again: true },
  PAY_BLOCKED_BANKRUPTCY: { insists: true },
  PAYMENT_ALLOCATION_DISPUTED: { insists: true },
};

/** Read back, agreed to, begun: no card is asked for before the caller has said yes. A refusal of the rules says what can be done. */
export function PaymentStart({ call }: { call: DeskCall }) {
  const { t, i18n } = useTranslation();
  const button = useShortcutButton("pay");
  const [asking, setAsking] = useState(false);
  const [settles, setSettles] = useState(true);
  // As the panel of offers has read it: what is not shown is not asked for.
  const asked = call.offerRequest;
  const offer = useQuery({ ...offerQuery(call.attemptId, `${asked?.id ?? ""} ${asked?.state ?? ""}`), enabled: false });
  const settlement = offer.data?.standing?.amount;
  const owed = call.account?.pastDue || call.account?.balance || 0;
  const due = settles ? (settlement ?? owed) : owed;
  const money = (amount: number) => formatMoney(amount, i18n.language, call.account?.currency ?? "USD");
  const pay = useMutation({
    mutationFn: (said: { again?: boolean; insists?: boolean }) => desk.startPayment(call.attemptId, due, said),
    onSuccess: () => setAsking(false),
  });
  const busy = ["Open", "Completing"].includes(call.controls?.payment?.state ?? "");
  const codes = pay.error instanceof ApiProblem ? pay.error.reasons : [];
  const liftable = codes.length > 0 && codes.every((code) => code in lifts);
  const said = Object.assign({}, ...codes.map((code) => lifts[code])) as { again?: boolean; insists?: boolean };
  return (
    <>
      <Button
        ref={button}
        size="compact-md"
        variant="default"
        disabled={call.phase !== "talking" || due <= 0 || busy}
        onClick={() => {
          pay.reset();
          setAsking(true);
        }}
      >
        {t("dock.pay")}
      </Button>
      {asking && !busy && (
        <Notice
          kind="info"
          title={t(settlement === due ? "pay.readBackSettlement" : "pay.readBack", { amount: money(due) })}
          side={
            <span className="dock-steps">
              {settlement !== undefined && !pay.isPending && (
                <Button size="compact-sm" variant="default" onClick={() => setSettles(!settles)}>
                  {t("pay.instead", { amount: money(settles ? owed : settlement) })}
                </Button>
              )}
              <Button
                size="compact-sm"
                loading={pay.isPending}
                disabled={pay.isError && !liftable}
                onClick={() => pay.mutate(said)}
              >
                {t(liftable ? "pay.knowing" : "pay.agreed")}
              </Button>
              <Button size="compact-sm" variant="default" onClick={() => setAsking(false)}>
                {t("pay.notNow")}
              </Button>
            </span>
          }
        />
      )}
      {asking && pay.isError && <Failure error={pay.error} />}
    </>
  );
}
