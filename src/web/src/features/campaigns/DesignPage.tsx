import { Button, NumberInput, Switch, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { formatDateTime } from "../../app/format";
import { codeText } from "../../app/i18n";
import { Empty, Failure, Notice } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { usePageTitle } from "../../ui/usePageTitle";
import { WordsInput } from "../../ui/WordsInput";
import { CadenceEditor } from "./CadenceEditor";
import { CadenceOutlook } from "./CadenceOutlook";
import { changeDesign, type Design, type DesignAnswer, designKey, readDesign } from "./cadence";
import { Experiments } from "./Experiments";
import { PoolSelect, TreatmentSelect } from "./fields";
import "./campaigns.css";

/** How a campaign works its list, changed while it runs: each change has a reason, and the next call goes by it. */
export function DesignPage({ campaignId }: { campaignId: string }) {
  const { t } = useTranslation();
  usePageTitle(t("design.title"));
  const query = useQuery({
    queryKey: designKey(campaignId),
    queryFn: ({ signal }) => readDesign(campaignId, signal),
  });
  return (
    <div className="stack">
      <div className="page-head">
        <h1>
          {t("design.title")} {query.data && <span className="sub">{query.data.name}</span>}
        </h1>
        <Link to="/campaigns">{t("shell.campaigns")}</Link>
      </div>
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Empty title={t("common.loading")} />}
      {query.data && <DesignForm key={query.data.version} campaignId={campaignId} answer={query.data} />}
      <Experiments campaignId={campaignId} />
    </div>
  );
}

function DesignForm({ campaignId, answer }: { campaignId: string; answer: DesignAnswer }) {
  const { t, i18n } = useTranslation();
  const cache = useQueryClient();
  const [design, setDesign] = useState<Design>(answer.design);
  const [reason, setReason] = useState("");
  const set = (part: Partial<Design>) => setDesign((before) => ({ ...before, ...part }));
  const changed = JSON.stringify(design) !== JSON.stringify(answer.design);
  const change = useMutation({
    mutationFn: () => changeDesign(campaignId, answer.version, reason, design),
    onSuccess: () => cache.invalidateQueries({ queryKey: designKey(campaignId) }),
  });
  const cadence = design.cadence ?? answer.inForce;
  return (
    <>
      <Panel
        title={t("cadence.title")}
        side={
          <Switch
            size="xs"
            label={t("cadence.simple")}
            checked={!design.cadence}
            onChange={(event) => set({ cadence: event.currentTarget.checked ? null : answer.inForce })}
          />
        }
      >
        <div className="cadence-columns">
          {design.cadence ? (
            <CadenceEditor cadence={design.cadence} onChange={(value) => set({ cadence: value })} />
          ) : (
            <p>{t("cadence.simpleText")}</p>
          )}
          <CadenceOutlook cadence={cadence} campaign={campaignId} />
        </div>
      </Panel>
      <Panel title={t("builder.calls")}>
        <div className="campaign-form">
          <PoolSelect value={design.callerIdPoolId ?? null} onChange={(callerIdPoolId) => set({ callerIdPoolId })} />
          <NumberInput
            size="xs"
            label={t("campaigns.field.callsADay")}
            min={1}
            value={design.callsADay ?? ""}
            onChange={(value) => set({ callsADay: value === "" ? null : Number(value) })}
          />
          <WordsInput label={t("campaigns.field.skills")} words={design.skills} onWords={(skills) => set({ skills })} />
          <TreatmentSelect
            of="noAgentTreatment"
            value={design.noAgentTreatment}
            onChange={(noAgentTreatment) => set({ noAgentTreatment })}
          />
          <TreatmentSelect
            of="machineTreatment"
            value={design.machineTreatment}
            onChange={(machineTreatment) => set({ machineTreatment })}
          />
          <Switch
            size="xs"
            label={t("builder.holidays")}
            checked={design.holidays === "US"}
            onChange={(event) => set({ holidays: event.currentTarget.checked ? "US" : "" })}
          />
        </div>
      </Panel>
      <div className="design-save">
        {change.isError && <Failure error={change.error} />}
        {change.isSuccess && <Notice kind="good">{t("design.saved")}</Notice>}
        <TextInput
          size="xs"
          label={t("paceWhy.reason")}
          maxLength={400}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Button
          size="compact-md"
          disabled={!changed || reason.trim() === ""}
          loading={change.isPending}
          onClick={() => change.mutate()}
        >
          {t("design.save")}
        </Button>
        <span className="sub">
          {t("design.state", { state: codeText(t, "campaignState", answer.state), version: answer.version })}
        </span>
      </div>
      {answer.changes.length > 0 && (
        <Panel title={t("design.history")}>
          <ul className="plain">
            {answer.changes.map((each) => (
              <li key={each.changeId}>
                {formatDateTime(each.at, i18n.language)} · {each.actor} · {each.reason}
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}
