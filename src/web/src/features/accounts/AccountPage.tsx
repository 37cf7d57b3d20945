import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { formatDateTime, formatMoney } from "../../app/format";
import { ApiProblem } from "../../app/http";
import { codeText } from "../../app/i18n";
import { Fact, Facts } from "../../ui/Facts";
import { Empty, Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { usePageTitle } from "../../ui/usePageTitle";
import { DialAccount } from "../agents/DialAccount";
import { AccountTasks } from "../workItems/AccountTasks";
import { type Account, accountQuery } from "./contract";
import { SavedMethods } from "./SavedMethods";
import "./accounts.css";

const bucketNames = ["bucketCurrent", "bucket30", "bucket60", "bucket90", "bucket120", "bucketOlder"] as const;

export function AccountPage({ accountId }: { accountId: string }) {
  const { t } = useTranslation();
  const query = useQuery(accountQuery(accountId));
  usePageTitle(
    query.data ? `${query.data.account.lastName} ${query.data.account.clientAccountNo}` : t("shell.accounts"),
  );
  if (query.isPending) return <Empty title={t("common.loading")} />;
  if (query.error instanceof ApiProblem && query.error.status === 404)
    return <Empty title={t("accounts.gone", { id: accountId })} />;
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  const { account } = query.data;
  return (
    <div className="stack">
      <div className="page-head">
        <h1>
          {account.firstName} {account.lastName} <span className="muted">{account.clientAccountNo}</span>
        </h1>
        <Link to={`/accounts/${accountId}/why`}>{t("why.link")}</Link>
      </div>
      <DialAccount accountId={accountId} />
      <div className="account-columns">
        <Money account={account} />
        <Panel title={t("accounts.about")}>
          <Facts>
            <Fact name={t("imports.client")}>{account.client}</Fact>
            <Fact name={t("accounts.product")}>{codeText(t, "product", account.product)}</Fact>
            <Fact name={t("accounts.status")}>{codeText(t, "accountStatus", account.status)}</Fact>
            <Fact name={t("accounts.placedOn")}>{account.placedOn}</Fact>
            <Fact name={t("desk.language")}>{codeText(t, "language", account.language)}</Fact>
            <Fact name={t("accounts.place")}>{[account.city, account.state].filter(Boolean).join(", ") || "–"}</Fact>
          </Facts>
        </Panel>
        <Phones phones={query.data.phones} />
        <Holds holds={query.data.holds} />
        <Panel title={t("task.title")}>
          <AccountTasks accountId={accountId} />
        </Panel>
        <SavedMethods accountId={accountId} />
        <Others accounts={query.data.otherAccounts} />
      </div>
    </div>
  );
}

function Money({ account }: { account: Account["account"] }) {
  const { t, i18n } = useTranslation();
  const money = (amount: number) => formatMoney(amount, i18n.language, account.currency);
  return (
    <Panel title={t("desk.balance")} side={<span className="sub">{account.creditor}</span>}>
      <Facts>
        <Fact name={t("desk.balance")}>
          <strong className="figure">{money(account.balance)}</strong>
        </Fact>
        <Fact name={t("desk.pastDue")}>
          <strong className="figure">{money(account.pastDue)}</strong>
        </Fact>
        <Fact name={t("desk.minimum")}>{money(account.minimumPayment)}</Fact>
        {account.oldestDueOn && <Fact name={t("accounts.oldestDueOn")}>{account.oldestDueOn}</Fact>}
      </Facts>
      <table className="data buckets">
        <thead>
          <tr>
            {bucketNames.map((name) => (
              <th key={name} scope="col" data-align="end">
                <span>{t(`bucket.${name}`)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            {bucketNames.map((name) => (
              <td key={name} data-align="end">
                {money(account[name])}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </Panel>
  );
}

function Phones({ phones }: { phones: Account["phones"] }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("accounts.phones")}>
      {phones.length === 0 ? (
        <Empty title={t("accounts.noPhones")} />
      ) : (
        <ul className="rows">
          {phones.map((phone) => (
            <li key={phone.phoneId}>
              <strong>{phone.e164}</strong>
              <span className="muted">
                {[
                  codeText(t, "place", phone.place),
                  codeText(t, "lineType", phone.lineType),
                  codeText(t, "phoneStatus", phone.status),
                ].join(" · ")}
              </span>
              <span>
                {t(
                  phone.voiceConsent === "Granted"
                    ? "accounts.consentGranted"
                    : phone.voiceConsent === "Revoked"
                      ? "accounts.consentRevoked"
                      : "accounts.consentUnknown",
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Holds({ holds }: { holds: Account["holds"] }) {
  const { t, i18n } = useTranslation();
  return (
    <Panel title={t("desk.holds")}>
      {holds.length === 0 ? (
        <Empty title={t("accounts.noHolds")} />
      ) : (
        <ul className="rows">
          {holds.map((hold) => (
            <li key={`${hold.kind} ${hold.openedAt}`}>
              <strong>{codeText(t, "hold", hold.kind)}</strong>
              <span className="muted">
                {formatDateTime(hold.openedAt, i18n.language)}
                {hold.expiresAt && ` – ${formatDateTime(hold.expiresAt, i18n.language)}`}
              </span>
              <span>{hold.reason}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Others({ accounts }: { accounts: Account["otherAccounts"] }) {
  const { t, i18n } = useTranslation();
  return (
    <Panel title={t("desk.others")}>
      {accounts.length === 0 ? (
        <Empty title={t("accounts.noOthers")} />
      ) : (
        <ul className="rows">
          {accounts.map((other) => (
            <li key={other.accountId}>
              <Link to={`/accounts/${other.accountId}`}>{other.creditor}</Link>
              <span>{formatMoney(other.balance, i18n.language, other.currency)}</span>
              <span className="muted">{codeText(t, "accountStatus", other.status)}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
