import { Button } from "@mantine/core";
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { formatDateTime } from "../../app/format";
import { ask, id } from "../../app/http";
import { Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { may, useUser } from "../access/session";

/** `GET /api/v1/accounts/{id}/saved-methods` and `POST /api/v1/saved-methods/{id}/remove`: cards and bank accounts that the processor keeps, by their last digits. */

const savedSchema = z.object({
  savedMethodId: id,
  method: z.enum(["CreditCard", "AchDebit"]),
  brand: z.string().nullish(),
  lastDigits: z.string(),
  expiresOn: z.string().nullish(),
  savedAt: z.string(),
  removedAt: z.string().nullish(),
});
type Saved = z.infer<typeof savedSchema>;

const savedQuery = (accountId: string) =>
  queryOptions({
    queryKey: ["accounts", accountId, "saved-methods"],
    queryFn: ({ signal }) =>
      ask(`/api/v1/accounts/${encodeURIComponent(accountId)}/saved-methods`, { schema: z.array(savedSchema), signal }),
  });

/** What is kept for the person's payments; there is no panel where nothing is. Whoever asks an agent has it removed at once. */
export function SavedMethods({ accountId }: { accountId: string }) {
  const { t } = useTranslation();
  const saved = useQuery(savedQuery(accountId));
  const kept = saved.data?.filter((each) => !each.removedAt) ?? [];
  if (saved.isError)
    return (
      <Panel title={t("saved.title")}>
        <Failure error={saved.error} onRetry={() => void saved.refetch()} />
      </Panel>
    );
  if (kept.length === 0) return null;
  return (
    <Panel title={t("saved.title")}>
      <ul className="rows">
        {kept.map((each) => (
          <Method key={each.savedMethodId} saved={each} accountId={accountId} />
        ))}
      </ul>
    </Panel>
  );
}

function Method({ saved, accountId }: { saved: Saved; accountId: string }) {
  const { t, i18n } = useTranslation();
  const user = useUser();
  const cache = useQueryClient();
  const remove = useMutation({
    mutationFn: () =>
      ask(`/api/v1/saved-methods/${encodeURIComponent(saved.savedMethodId)}/remove`, { method: "POST" }),
    onSettled: () => cache.invalidateQueries({ queryKey: savedQuery(accountId).queryKey }),
  });
  const name = `${saved.method === "AchDebit" ? t("saved.bank") : (saved.brand ?? t("saved.card"))} •••• ${saved.lastDigits}`;
  return (
    <li>
      <strong>{name}</strong>
      <span className="muted">{t("saved.since", { at: formatDateTime(saved.savedAt, i18n.language) })}</span>
      {user.data && may(user.data, "statements:record") && (
        <Button
          size="compact-sm"
          variant="default"
          loading={remove.isPending}
          aria-label={t("saved.removeThis", { name })}
          onClick={() => remove.mutate()}
        >
          {t("saved.remove")}
        </Button>
      )}
      {remove.isError && <Failure error={remove.error} />}
    </li>
  );
}
