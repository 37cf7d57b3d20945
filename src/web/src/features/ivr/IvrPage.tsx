import { Button, SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { Empty, Failure, Notice } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { usePageTitle } from "../../ui/usePageTitle";
import { flowsQuery, previewQuery } from "./contract";
import { FlowGraph } from "./FlowGraph";
import { Phone } from "./Phone";
import "./ivr.css";

/** What callers meet: each flow as a picture, and a telephone to walk through it. */
export function IvrPage() {
  const { t } = useTranslation();
  usePageTitle(t("shell.ivr"));
  const flows = useQuery(flowsQuery);
  const [name, setName] = useState("outbound");
  const [language, setLanguage] = useState("en");
  const [keys, setKeys] = useState<string[]>([]);
  const preview = useQuery(previewQuery(name, language, keys));
  const flow = flows.data?.flows.find((candidate) => candidate.name === name);
  const restart = () => setKeys([]);
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t("shell.ivr")}</h1>
        {flows.data && (
          <div className="ivr-choices">
            <SegmentedControl
              aria-label={t("ivr.flow")}
              data={flows.data.flows.map((each) => ({
                value: each.name,
                label: t(`ivr.flows.${each.name}`, each.name),
              }))}
              value={name}
              onChange={(value) => {
                setName(value);
                restart();
              }}
            />
            <SegmentedControl
              aria-label={t("ivr.language")}
              data={flows.data.languages}
              value={language}
              onChange={(value) => {
                setLanguage(value);
                restart();
              }}
            />
            <Button size="compact-md" variant="default" onClick={restart}>
              {t("ivr.again")}
            </Button>
            <Link to="/ivr/limits">{t("limits.title")}</Link>
          </div>
        )}
      </div>
      {flows.isError && <Failure error={flows.error} onRetry={() => void flows.refetch()} />}
      {preview.isError && <Failure error={preview.error} onRetry={() => void preview.refetch()} />}
      {flows.isPending && <Empty title={t("common.loading")} />}
      {flows.data && flows.data.problems.length > 0 && (
        <Notice kind="bad" title={t("ivr.problems", { count: flows.data.problems.length })}>
          <ul>
            {flows.data.problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </Notice>
      )}
      {flow && preview.data && (
        <div className="ivr-columns">
          <Panel
            title={`${t(`ivr.flows.${flow.name}`, flow.name)} · ${t("ivr.version", { version: flow.version })}`}
            side={<Legend />}
            flush
          >
            <FlowGraph flow={flow} current={preview.data.step} visited={preview.data.turns.map((turn) => turn.step)} />
          </Panel>
          <Panel title={t("ivr.phone")} side={preview.data.verified ? t("ivr.verified") : t("ivr.unverified")}>
            <Phone
              preview={preview.data}
              busy={preview.isFetching}
              onKeys={(pressed) => setKeys([...keys, pressed])}
              onRestart={restart}
            />
          </Panel>
        </div>
      )}
    </div>
  );
}

function Legend() {
  const { t } = useTranslation();
  return (
    <span className="flow-legend">
      <span data-mark="private">{t("ivr.legend.private")}</span>
      <span data-mark="current">{t("ivr.legend.current")}</span>
      <span>{t("ivr.legend.keys")}</span>
    </span>
  );
}
