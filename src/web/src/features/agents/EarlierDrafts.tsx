import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Failure, Notice } from "../../ui/Notice";
import { desk } from "./desk";
import { draftFault, toDisposition } from "./disposition";
import { type Draft, dropDraft, earlierDrafts } from "./drafts";

/** Work on earlier calls that was typed and never saved, as when wrap-up ran out: save it now or throw it away. */
export function EarlierDrafts({ current }: { current: string | null }) {
  const { t } = useTranslation();
  const [changes, setChanges] = useState(0);
  const drafts = earlierDrafts(current);
  if (drafts.length === 0) return null;
  return (
    <section className="drafts" aria-label={t("drafts.title")} data-changes={changes}>
      {drafts.slice(0, 3).map((draft) => (
        <EarlierDraft key={draft.attemptId} draft={draft} onGone={() => setChanges((count) => count + 1)} />
      ))}
    </section>
  );
}

function EarlierDraft({ draft, onGone }: { draft: Draft; onGone: () => void }) {
  const { t } = useTranslation();
  const complete = draftFault(draft, "") === null;
  const save = useMutation({
    mutationFn: () => desk.dispose(draft.attemptId, toDisposition(draft)),
    onSuccess: () => {
      dropDraft(draft.attemptId);
      onGone();
    },
  });
  return (
    <Notice
      kind="warn"
      quiet
      title={t("drafts.one", { label: draft.label })}
      side={
        <div className="drafts-actions">
          {complete && (
            <Button size="compact-sm" loading={save.isPending} onClick={() => save.mutate()}>
              {t("drafts.save")}
            </Button>
          )}
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => {
              dropDraft(draft.attemptId);
              onGone();
            }}
          >
            {t("drafts.discard")}
          </Button>
        </div>
      }
    >
      {[draft.code ? t(`outcome.${draft.code}`) : t("drafts.noCode"), draft.note].filter(Boolean).join(": ")}
      {save.isError && <Failure error={save.error} />}
    </Notice>
  );
}
