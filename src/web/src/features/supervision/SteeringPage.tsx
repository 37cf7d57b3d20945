import { Button, Checkbox, NumberInput, Select, Switch, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { formatDateTime } from "../../app/format";
import { Empty, Failure, Notice } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { Term } from "../../ui/Term";
import { usePageTitle } from "../../ui/usePageTitle";
import { useLive } from "./liveFeed";
import {
  type AlertMetric,
  type AlertRule,
  messagesKey,
  messagesQuery,
  putRule,
  rulesKey,
  rulesQuery,
  sendMessage,
  setTarget,
} from "./steering";
import "./floor.css";

/** What the floor watches for, what it aims at, and what its teams are told. */
export function SteeringPage() {
  const { t } = useTranslation();
  usePageTitle(t("steering.title"));
  const rules = useQuery(rulesQuery);
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t("steering.title")}</h1>
        <Link to="/">{t("paceWhy.back")}</Link>
      </div>
      <Messages />
      {rules.isError && <Failure error={rules.error} onRetry={() => void rules.refetch()} />}
      {rules.data && (
        <>
          <Panel title={t("alerts.rules")} side={<span className="sub">{t("alerts.rulesText")}</span>}>
            <div className="table-scroll">
              <table className="rules">
                <thead>
                  <tr>
                    {["watched", "raise", "clear", "after", "owner", "level", "on"].map((column) => (
                      <th key={column} scope="col">
                        {t(`alerts.column.${column}`)}
                      </th>
                    ))}
                    <td />
                  </tr>
                </thead>
                <tbody>
                  {rules.data.metrics.map((metric) => {
                    const rule = rules.data.rules.find((each) => each.metric === metric.name && !each.campaignId);
                    return <Rule key={`${metric.name} ${rule?.updatedAt}`} metric={metric} rule={rule} />;
                  })}
                </tbody>
              </table>
            </div>
          </Panel>
          <Panel title={t("steering.targets")} side={<span className="sub">{t("steering.targetsText")}</span>}>
            <Targets metrics={rules.data.targets} />
          </Panel>
        </>
      )}
    </div>
  );
}

/** One line: the two thresholds and the two times that keep it from ringing again and again. */
function Rule({ metric, rule }: { metric: AlertMetric; rule?: AlertRule }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const name = t(`alerts.metric.${metric.name}`, { defaultValue: metric.name });
  const [form, setForm] = useState({
    metric: metric.name,
    campaignId: null,
    level: rule?.level ?? "warning",
    raiseAt: rule?.raiseAt ?? 0,
    clearAt: rule?.clearAt ?? 0,
    raiseAfterS: rule?.raiseAfterS ?? 60,
    clearAfterS: rule?.clearAfterS ?? 60,
    owner: rule?.owner ?? "Supervisors",
    enabled: rule?.enabled ?? false,
  });
  const put = useMutation({
    mutationFn: () => putRule(form),
    onSuccess: () => cache.invalidateQueries({ queryKey: rulesKey }),
  });
  const set = (part: Partial<typeof form>) => setForm((before) => ({ ...before, ...part }));
  const number = (field: "raiseAt" | "clearAt" | "raiseAfterS" | "clearAfterS", label: string, suffix: string) => (
    <NumberInput
      size="xs"
      hideControls
      w={84}
      aria-label={`${name}: ${label}`}
      suffix={suffix}
      value={form[field]}
      onChange={(value) => set({ [field]: Number(value) })}
    />
  );
  const unit = metric.unit === "" ? "" : ` ${metric.unit}`;
  return (
    <>
      <tr>
        <th scope="row">
          <Term formula={metric.formula}>{name}</Term>
        </th>
        <td>
          <span className="rule-pair">
            {metric.above ? "≥" : "≤"} {number("raiseAt", t("alerts.column.raise"), unit)}
          </span>
        </td>
        <td>
          <span className="rule-pair">
            {metric.above ? "≤" : "≥"} {number("clearAt", t("alerts.column.clear"), unit)}
          </span>
        </td>
        <td>
          <span className="rule-pair">
            {number("raiseAfterS", t("alerts.raiseAfter"), " s")} /{" "}
            {number("clearAfterS", t("alerts.clearAfter"), " s")}
          </span>
        </td>
        <td>
          <TextInput
            size="xs"
            aria-label={`${name}: ${t("alerts.column.owner")}`}
            value={form.owner}
            onChange={(event) => set({ owner: event.currentTarget.value })}
          />
        </td>
        <td>
          <Select
            size="xs"
            w={110}
            aria-label={`${name}: ${t("alerts.column.level")}`}
            data={["info", "warning", "error"].map((value) => ({ value, label: t(`alerts.level.${value}`) }))}
            allowDeselect={false}
            value={form.level}
            onChange={(level) => set({ level: level ?? form.level })}
          />
        </td>
        <td>
          <Switch
            size="xs"
            aria-label={`${name}: ${t("alerts.column.on")}`}
            checked={form.enabled}
            onChange={(event) => set({ enabled: event.currentTarget.checked })}
          />
        </td>
        <td>
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`${t("alerts.save")}: ${name}`}
            loading={put.isPending}
            onClick={() => put.mutate()}
          >
            {t("alerts.save")}
          </Button>
        </td>
      </tr>
      {put.isError && (
        <tr>
          <td colSpan={8}>
            <Failure error={put.error} />
          </td>
        </tr>
      )}
    </>
  );
}

function Targets({ metrics }: { metrics: string[] }) {
  const { t } = useTranslation();
  const { live } = useLive();
  const put = useMutation({
    mutationFn: ({ metric, value }: { metric: string; value: number | null }) => setTarget(metric, value),
  });
  if (!live) return <Empty title={t("common.loading")} />;
  return (
    <>
      <div className="targets">
        {metrics.map((metric) => (
          <NumberInput
            key={`${metric} ${live.targets?.[metric]}`}
            size="xs"
            min={0}
            label={t(`steering.target.${metric}`)}
            placeholder={t("steering.noTarget")}
            prefix={metric === "promised" || metric === "paid" ? "$" : undefined}
            suffix={metric === "contactRate" ? " %" : undefined}
            defaultValue={live.targets?.[metric] ?? ""}
            onBlur={(event) => {
              const text = event.currentTarget.value.replace(/[^\d.]/g, "");
              const value = text === "" ? null : Number(text);
              if (value !== (live.targets?.[metric] ?? null)) put.mutate({ metric, value });
            }}
          />
        ))}
      </div>
      {put.isError && <Failure error={put.error} />}
    </>
  );
}

function Messages() {
  const { t, i18n } = useTranslation();
  const cache = useQueryClient();
  const query = useQuery({ ...messagesQuery, refetchInterval: 5_000 });
  const [form, setForm] = useState({ text: "", team: "", minutes: 60, urgent: false });
  const set = (part: Partial<typeof form>) => setForm((before) => ({ ...before, ...part }));
  const send = useMutation({
    mutationFn: () => sendMessage(form),
    onSuccess: async () => {
      set({ text: "" });
      await cache.invalidateQueries({ queryKey: messagesKey });
    },
  });
  return (
    <Panel title={t("messages.title")} side={<span className="sub">{t("messages.text")}</span>}>
      <div className="message-form">
        <Textarea
          size="xs"
          label={t("messages.words")}
          maxLength={500}
          autosize
          minRows={2}
          value={form.text}
          onChange={(event) => set({ text: event.currentTarget.value })}
        />
        <Select
          size="xs"
          label={t("messages.to")}
          data={[
            { value: "", label: t("messages.everybody") },
            ...(query.data?.teams ?? []).map((team) => ({ value: team, label: team })),
          ]}
          allowDeselect={false}
          value={form.team}
          onChange={(team) => set({ team: team ?? "" })}
        />
        <NumberInput
          size="xs"
          label={t("messages.minutes")}
          min={1}
          max={720}
          value={form.minutes}
          onChange={(value) => set({ minutes: Number(value) || 1 })}
        />
        <Checkbox
          size="xs"
          label={t("messages.urgent")}
          checked={form.urgent}
          onChange={(event) => set({ urgent: event.currentTarget.checked })}
        />
        <Button
          size="compact-md"
          disabled={form.text.trim() === ""}
          loading={send.isPending}
          onClick={() => send.mutate()}
        >
          {t("messages.send")}
        </Button>
      </div>
      {send.isError && <Failure error={send.error} />}
      {query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      <ul className="messages-sent">
        {query.data?.items.slice(0, 8).map((item) => (
          <li key={item.id}>
            <span>
              {item.urgent && <strong>{t("messages.urgent")} · </strong>}
              {item.text}
            </span>
            <span className="sub">
              {item.team || t("messages.everybody")} · {item.sentBy} · {formatDateTime(item.sentAt, i18n.language)} ·{" "}
              {t("messages.read", { read: item.read, unread: item.unread })}
            </span>
          </li>
        ))}
      </ul>
      {query.data?.items.length === 0 && <Notice kind="info">{t("messages.none")}</Notice>}
    </Panel>
  );
}
