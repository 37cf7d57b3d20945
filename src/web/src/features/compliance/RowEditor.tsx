import { Button, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Failure, Notice } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { changesKey, type Proposal, previewChange, proposeChange } from "./contract";
import { Impact } from "./Impact";
import type { PackRow } from "./PolicyPage";

/** One row as text in the packs' own form, with its impact on yesterday before it is proposed. */
export function RowEditor({ chosen }: { chosen: PackRow }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const [text, setText] = useState(() => JSON.stringify(compact(chosen.row), null, 2));
  const [reason, setReason] = useState("");
  const [from, setFrom] = useState("");
  const fault = faultOf(text, chosen.id);
  const proposal = (): Proposal => ({
    pack: chosen.pack,
    row: JSON.parse(text),
    reason,
    effectiveFrom: from ? new Date(from).toISOString() : undefined,
  });
  const preview = useMutation({ mutationFn: () => previewChange(proposal()) });
  const propose = useMutation({
    mutationFn: () => proposeChange(proposal()),
    onSuccess: () => cache.invalidateQueries({ queryKey: changesKey }),
  });
  const edited = (value: string) => {
    setText(value);
    preview.reset();
    propose.reset();
  };
  return (
    <div className="stack">
      <Panel title={t("policy.editOne", { id: chosen.id })} side={<span className="sub">{chosen.pack}</span>}>
        <div className="stack">
          {chosen.row.note && <p className="sub">{chosen.row.note}</p>}
          <Textarea
            className="row-text"
            label={t("policy.text")}
            description={t("policy.textHint")}
            value={text}
            onChange={(event) => edited(event.currentTarget.value)}
            autosize
            minRows={8}
            maxRows={24}
            spellCheck={false}
            error={fault && t(`policy.fault.${fault}`)}
          />
          <TextInput
            type="datetime-local"
            label={t("policy.from")}
            description={t("policy.fromHint")}
            value={from}
            onChange={(event) => setFrom(event.currentTarget.value)}
          />
          <TextInput
            label={t("policy.reason")}
            required
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {(preview.isError || propose.isError) && <Failure error={preview.error ?? propose.error} />}
          {propose.isSuccess && <Notice kind="good" title={t("policy.proposed")} />}
          <div className="actions actions-end">
            <Button
              size="compact-md"
              variant="default"
              disabled={fault !== null}
              loading={preview.isPending}
              onClick={() => preview.mutate()}
            >
              {t("policy.preview")}
            </Button>
            <Button
              size="compact-md"
              disabled={fault !== null || reason.trim() === "" || propose.isSuccess}
              loading={propose.isPending}
              onClick={() => propose.mutate()}
            >
              {t("policy.propose")}
            </Button>
          </div>
        </div>
      </Panel>
      {preview.data && (
        <Panel title={t("impact.title")}>
          <Impact impact={preview.data} />
        </Panel>
      )}
    </div>
  );
}

/** Without what says nothing: empty lists, false, and what only caps read. Left out, a member has its default again. */
export function compact(row: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.entries(row).filter(
    ([name, value]) =>
      !(Array.isArray(value) && value.length === 0) &&
      !(value === false && name !== "enabled") &&
      !(value === true && name === "enabled") &&
      !(name === "zone" && value === "America/New_York") &&
      !((name === "unit" || name === "counts") && row.kind !== "Cap"),
  );
  return Object.fromEntries(
    kept.map(([name, value]) => [
      name,
      name === "schedule" && Array.isArray(value) ? value.map((hours) => compact(hours)) : value,
    ]),
  );
}

/** What keeps the text from being sent: it is no JSON object, or it is another row. The server judges the rest. */
export function faultOf(text: string, id: string): "json" | "id" | null {
  try {
    const row: unknown = JSON.parse(text);
    if (typeof row !== "object" || row === null || Array.isArray(row)) return "json";
    return (row as { id?: unknown }).id === id ? null : "id";
  } catch {
    return "json";
  }
}
