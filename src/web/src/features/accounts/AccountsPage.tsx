import { TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "wouter";
import { formatMoney } from "../../app/format";
import { codeText } from "../../app/i18n";
import { type Column, DataTable } from "../../ui/DataTable";
import { Empty, Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { usePageTitle } from "../../ui/usePageTitle";
import { type FoundAccount, searchable, searchQuery } from "./contract";

/** Any account in one box. The words searched for stay in the address, so that going back finds the list again. */
export function AccountsPage() {
  const { t, i18n } = useTranslation();
  usePageTitle(t("shell.accounts"));
  const [params, setParams] = useSearchParams();
  const text = params.get("q") ?? "";
  const [asked] = useDebouncedValue(text, 250);
  const found = useQuery(searchQuery(asked));
  const columns = useMemo<Column<FoundAccount>[]>(
    () => [
      {
        id: "person",
        header: t("accounts.person"),
        value: (row) => `${row.lastName}, ${row.firstName}`,
        cell: (row) => (
          <Link to={`/accounts/${row.accountId}`}>
            {row.lastName}, {row.firstName}
          </Link>
        ),
      },
      { id: "number", header: t("accounts.number"), value: (row) => row.clientAccountNo },
      { id: "client", header: t("imports.client"), value: (row) => row.client },
      { id: "creditor", header: t("desk.creditor"), value: (row) => row.creditor },
      {
        id: "place",
        header: t("accounts.place"),
        value: (row) => [row.state, row.city].filter(Boolean).join(" "),
        cell: (row) => [row.city, row.state].filter(Boolean).join(", "),
      },
      {
        id: "status",
        header: t("accounts.status"),
        value: (row) => row.status,
        cell: (row) => codeText(t, "accountStatus", row.status),
      },
      {
        id: "balance",
        header: t("desk.balance"),
        end: true,
        value: (row) => row.balance,
        cell: (row) => formatMoney(row.balance, i18n.language, row.currency),
      },
    ],
    [t, i18n.language],
  );
  return (
    <div className="stack">
      <h1>{t("shell.accounts")}</h1>
      <TextInput
        type="search"
        maw={520}
        label={t("accounts.search")}
        description={t("accounts.searchText")}
        value={text}
        onChange={(event) => {
          const q = event.currentTarget.value;
          setParams(q === "" ? {} : { q }, { replace: true });
        }}
      />
      {found.isError && <Failure error={found.error} onRetry={() => void found.refetch()} />}
      {searchable(asked) && !found.isError && (
        <Panel
          title={t("accounts.found", { count: found.data?.items.length ?? 0 })}
          side={found.data?.next && <span className="sub">{t("accounts.moreFound")}</span>}
          flush
        >
          <DataTable
            label={t("shell.accounts")}
            columns={columns}
            rows={found.data?.items ?? []}
            rowId={(row) => row.accountId}
            empty={<Empty title={t(found.isPending ? "common.loading" : "accounts.none")} />}
          />
        </Panel>
      )}
    </div>
  );
}
