import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { formatMoney } from "../../app/format";
import { codeText } from "../../app/i18n";
import { Fact, Facts } from "../../ui/Facts";
import { Empty } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { accountQuery } from "../accounts/contract";
import type { DeskCall } from "./contract";

/** The debt, hidden until the right party is confirmed: nothing is revealed to somebody else by a glance or a slip. */
export function AccountPanel({ call, verified }: { call: DeskCall; verified: boolean }) {
  const { t, i18n } = useTranslation();
  const { account } = call;
  const detail = useQuery({
    ...accountQuery(account?.id ?? ""),
    enabled: verified && account !== null && account !== undefined,
  });
  if (!account)
    return (
      <Panel title={t("desk.account")}>
        <Empty title={t("desk.noAccount")}>{t("desk.noAccountText")}</Empty>
      </Panel>
    );
  if (!verified)
    return (
      <Panel title={t("desk.account")}>
        <Empty title={t("desk.locked")}>{t("desk.lockedText")}</Empty>
      </Panel>
    );
  const money = (amount: number) => formatMoney(amount, i18n.language, account.currency);
  const more = detail.data;
  const buckets = more
    ? (["bucketCurrent", "bucket30", "bucket60", "bucket90", "bucket120", "bucketOlder"] as const).filter(
        (name) => more.account[name] !== 0,
      )
    : [];
  return (
    <Panel title={t("desk.account")} side={<span className="sub">{account.clientAccountNumber}</span>}>
      <div className="amounts">
        <div>
          <span className="muted">{t("desk.balance")}</span>
          <strong>{money(account.balance)}</strong>
        </div>
        {typeof account.pastDue === "number" && (
          <div>
            <span className="muted">{t("desk.pastDue")}</span>
            <strong>{money(account.pastDue)}</strong>
          </div>
        )}
        {more && more.account.minimumPayment > 0 && (
          <div>
            <span className="muted">{t("desk.minimum")}</span>
            <strong>{money(more.account.minimumPayment)}</strong>
          </div>
        )}
        <div>
          <span className="muted">{t("desk.creditor")}</span>
          <strong>{account.creditor}</strong>
        </div>
      </div>
      {more && (
        <Facts>
          {buckets.length > 0 && (
            <Fact name={t("desk.buckets")}>
              {buckets.map((name) => `${t(`bucket.${name}`)} ${money(more.account[name])}`).join(" · ")}
            </Fact>
          )}
          {more.holds.length > 0 && (
            <Fact name={t("desk.holds")}>{more.holds.map((hold) => codeText(t, "hold", hold.kind)).join(" · ")}</Fact>
          )}
          {more.otherAccounts.length > 0 && (
            <Fact name={t("desk.others")}>
              {more.otherAccounts.map((other) => `${other.creditor} ${money(other.balance)}`).join(" · ")}
            </Fact>
          )}
        </Facts>
      )}
    </Panel>
  );
}
