import { Button, MultiSelect, NumberInput, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { formatDateTime } from "../../app/format";
import { type Column, DataTable } from "../../ui/DataTable";
import { Empty, Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { SureButton } from "../../ui/SureButton";
import { createToken, revokeToken, type Token, tokensKey, tokensQuery } from "./contract";
import { ShownOnce } from "./ShownOnce";

/** With what other programs read: each token for its scopes and its time only. */
export function Tokens() {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const cache = useQueryClient();
  const query = useQuery(tokensQuery);
  const [form, setForm] = useState<{ name: string; scopes: string[]; days: number }>({
    name: "",
    scopes: ["events:read"],
    days: 90,
  });
  const done = () => cache.invalidateQueries({ queryKey: tokensKey });
  const create = useMutation({ mutationFn: () => createToken(form), onSuccess: done });
  const revoke = useMutation({ mutationFn: revokeToken, onSuccess: done });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    create.mutate();
  };
  const columns = useMemo<Column<Token>[]>(() => {
    const at = (value: string | null | undefined) => (value ? formatDateTime(value, locale) : "–");
    return [
      { id: "name", header: t("campaigns.field.name"), value: (row) => row.name },
      { id: "scopes", header: t("outside.scopes"), value: (row) => row.scopes.join(", ") },
      { id: "ends", header: t("outside.ends"), value: (row) => row.expiresAt, cell: (row) => at(row.expiresAt) },
      { id: "used", header: t("outside.used"), value: (row) => row.lastUsedAt, cell: (row) => at(row.lastUsedAt) },
      {
        id: "actions",
        header: t("campaigns.actions"),
        value: () => null,
        cell: (row) =>
          row.revokedAt ? (
            t("outside.revoked")
          ) : (
            <SureButton text={t("outside.revoke")} of={row.name} onSure={() => revoke.mutate(row.id)} />
          ),
      },
    ];
  }, [t, locale, revoke.mutate]);
  return (
    <Panel title={t("outside.tokens")} side={<span className="sub">{t("outside.tokensText")}</span>}>
      <form className="outside-form" onSubmit={submit}>
        <TextInput
          size="xs"
          label={t("campaigns.field.name")}
          required
          maxLength={80}
          value={form.name}
          onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
        />
        <MultiSelect
          size="xs"
          label={t("outside.scopes")}
          data={["events:read", "reports:read"]}
          value={form.scopes}
          onChange={(scopes) => setForm({ ...form, scopes })}
        />
        <NumberInput
          size="xs"
          label={t("outside.days")}
          min={1}
          max={366}
          value={form.days}
          onChange={(days) => setForm({ ...form, days: Number(days) || 1 })}
        />
        <Button type="submit" size="compact-md" loading={create.isPending}>
          {t("outside.addToken")}
        </Button>
      </form>
      {create.data && <ShownOnce title={t("outside.token")} value={create.data.token} />}
      {(create.isError || revoke.isError) && <Failure error={create.error ?? revoke.error} />}
      <DataTable
        label={t("outside.tokens")}
        columns={columns}
        rows={query.data ?? []}
        rowId={(row) => String(row.id)}
        empty={<Empty title={t("outside.noTokens")} />}
      />
    </Panel>
  );
}
