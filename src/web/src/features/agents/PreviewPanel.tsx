import { Button, TextInput } from "@mantine/core";
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePageTick } from "../../app/clock";
import { formatDateTime, formatDuration, formatMoney } from "../../app/format";
import { ApiProblem, ask } from "../../app/http";
import { codeText } from "../../app/i18n";
import { Fact, Facts } from "../../ui/Facts";
import { Empty, Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { type Preview, type PreviewedAccount, previewSchema, shownSchema } from "./contract";
import { useDesk } from "./desk";
import { clockKnown, deskNow } from "./deskState";
import { RefusedDial } from "./RefusedDial";

const path = "/api/v1/agent/preview";

const previewQuery = queryOptions({
  queryKey: ["agent", "preview"],
  queryFn: ({ signal }) => ask(path, { schema: previewSchema, signal }),
  refetchInterval: 60_000,
});

/** Preview dialling: one account at a time, looked at and then called, or put back with a reason. Shown to whom a preview campaign is open. */
export function PreviewPanel() {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const { desk: state } = useDesk();
  const preview = useQuery(previewQuery);
  const next = useMutation({
    mutationFn: () => ask(path, { method: "POST", body: {}, schema: shownSchema }),
    onSuccess: ({ shown }) =>
      cache.setQueryData(previewQuery.queryKey, (before: Preview | undefined) => before && { ...before, shown }),
  });
  if (!preview.data || (preview.data.campaigns.length === 0 && !preview.data.shown)) return null;
  const free = state.snapshot?.state === "Available";
  const { shown } = preview.data;
  return (
    <Panel title={t("preview.title")} side={<span className="sub">{preview.data.campaigns.join(" · ")}</span>}>
      {shown ? (
        <Shown
          key={shown.accountId}
          shown={shown}
          free={free}
          asked={next.isSuccess}
          onGone={() => {
            next.reset();
            void cache.invalidateQueries({ queryKey: previewQuery.queryKey });
          }}
        />
      ) : (
        <div className="stack">
          {next.data && !next.data.shown && <Empty title={t("preview.none")}>{t("preview.noneText")}</Empty>}
          <div>
            <Button size="compact-md" loading={next.isPending} disabled={!free} onClick={() => next.mutate()}>
              {t("preview.next")}
            </Button>{" "}
            {!free && <span className="sub">{t("work.beAvailable")}</span>}
          </div>
          {next.isError && <Failure error={next.error} />}
        </div>
      )}
    </Panel>
  );
}

function Shown(props: { shown: PreviewedAccount; free: boolean; asked: boolean; onGone: () => void }) {
  const { t, i18n } = useTranslation();
  const { shown, free, asked } = props;
  const [reason, setReason] = useState("");
  const call = useRef<HTMLButtonElement>(null);
  const dial = useMutation({
    mutationFn: () => ask(`${path}/dial`, { method: "POST", body: {} }),
    onSuccess: props.onGone,
  });
  const skip = useMutation({
    mutationFn: () => ask(`${path}/skip`, { method: "POST", body: { reason: reason.trim() } }),
    onSuccess: props.onGone,
  });
  // Who has asked for it by a key calls it by the next one.
  useEffect(() => {
    if (asked) call.current?.focus();
  }, [asked]);
  const money = (amount: number) => formatMoney(amount, i18n.language, shown.currency);
  const reasons = dial.error instanceof ApiProblem ? dial.error.reasons : [];
  return (
    <div className="stack">
      <p className="person-name">
        {shown.firstName} {shown.lastName}
      </p>
      <Facts>
        <Fact name={t("desk.creditor")}>
          {shown.creditor} <span className="sub">{shown.clientAccountNumber}</span>
        </Fact>
        <Fact name={t("desk.balance")}>{money(shown.balance)}</Fact>
        <Fact name={t("desk.pastDue")}>{money(shown.pastDue)}</Fact>
        <Fact name={t("preview.number")}>…{shown.last4}</Fact>
        {shown.localTime && <Fact name={t("desk.localTime")}>{shown.localTime}</Fact>}
        <Fact name={t("desk.language")}>{codeText(t, "language", shown.language)}</Fact>
        <Fact name={t("desk.attemptsLeft")}>{shown.attemptsLeft}</Fact>
        <Fact name={t("preview.lastCall")}>
          {shown.lastCallAt
            ? `${formatDateTime(shown.lastCallAt, i18n.language)} · ${codeText(t, "outcome", shown.lastCall ?? "")}`
            : t("preview.never")}
        </Fact>
        <Fact name={t("desk.campaign")}>{shown.campaign}</Fact>
        <Left until={shown.untilAt} />
      </Facts>
      <div className="preview-actions">
        <Button ref={call} size="compact-md" loading={dial.isPending} disabled={!free} onClick={() => dial.mutate()}>
          {t("work.dial")}
        </Button>
        <TextInput
          size="xs"
          label={t("preview.why")}
          maxLength={200}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Button
          size="compact-md"
          variant="default"
          loading={skip.isPending}
          disabled={reason.trim() === ""}
          onClick={() => skip.mutate()}
        >
          {t("preview.skip")}
        </Button>
      </div>
      {dial.isError &&
        (reasons.length > 0 ? (
          <RefusedDial refused={{ allowed: false, reasons: [...reasons], last4: shown.last4 }} />
        ) : (
          <Failure error={dial.error} />
        ))}
      {dial.isError && (
        <div>
          <Button size="compact-sm" variant="default" onClick={props.onGone}>
            {t("preview.other")}
          </Button>
        </div>
      )}
      {skip.isError && <Failure error={skip.error} />}
    </div>
  );
}

/** How long the account stays away from the list for this agent. */
function Left({ until }: { until: string }) {
  const { t } = useTranslation();
  const { desk: state, line } = useDesk();
  const tick = usePageTick();
  if (!clockKnown(state, line.simulated)) return null;
  const left = Date.parse(until) - deskNow(state, tick);
  return <Fact name={t("preview.left")}>{left > 0 ? formatDuration(left) : t("preview.over")}</Fact>;
}
