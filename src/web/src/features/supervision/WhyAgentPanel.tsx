import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { formatDuration } from "../../app/format";
import { ask, id } from "../../app/http";
import { codeText } from "../../app/i18n";
import { Empty, Failure } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { useServiceNow } from "./useServiceNow";

const lineSchema = z.object({
  items: z.array(
    z.object({
      attemptId: id,
      position: z.number(),
      queue: z.string(),
      enteredAt: z.string(),
      needs: z.array(z.string()),
      widensAt: z.string().nullish(),
      free: z.number(),
      busy: z.number(),
      away: z.number(),
    }),
  ),
});
const decisionsSchema = z.object({
  items: z.array(
    z.object({
      attemptId: id,
      agent: z.string(),
      queue: z.string(),
      why: z
        .object({
          reason: z.string(),
          needs: z.array(z.string()).nullish(),
          idleSeconds: z.number().nullish(),
          waitedSeconds: z.number().nullish(),
        })
        .loose(),
    }),
  ),
});

/** Why this agent, of the newest calls; and of who still waits: what for, and who of those who fit is free, busy or away. */
export function WhyAgentPanel() {
  const { t } = useTranslation();
  const now = useServiceNow();
  const line = useQuery({
    queryKey: ["routing", "line"],
    queryFn: ({ signal }) => ask("/api/v1/queues/line", { schema: lineSchema, signal }),
    refetchInterval: 2_000,
  });
  const decisions = useQuery({
    queryKey: ["routing", "decisions"],
    queryFn: ({ signal }) => ask("/api/v1/routing/decisions", { schema: decisionsSchema, signal }),
    refetchInterval: 5_000,
  });
  const skills = (needs: string[] | null | undefined) =>
    (needs ?? [])
      .filter((need) => !need.startsWith("serves-"))
      .map((need) => codeText(t, "skill", need))
      .join(", ");
  return (
    <Panel title={t("whyAgent.title")}>
      {line.isError && <Failure error={line.error} />}
      {decisions.isError && <Failure error={decisions.error} />}
      {line.data?.items.slice(0, 5).map((caller) => (
        <p key={caller.attemptId} className="why-line">
          <strong>{t("whyAgent.waits", { position: caller.position, queue: caller.queue })}</strong>{" "}
          {now !== null && formatDuration(now - Date.parse(caller.enteredAt))}
          {skills(caller.needs) && ` · ${skills(caller.needs)}`}
          <br />
          <span className="sub">
            {t("whyAgent.fit", { free: caller.free, busy: caller.busy, away: caller.away })}
            {caller.widensAt &&
              now !== null &&
              ` ${t("whyAgent.widens", { time: formatDuration(Date.parse(caller.widensAt) - now) })}`}
          </span>
        </p>
      ))}
      {decisions.data?.items.length === 0 && <Empty title={t("whyAgent.none")} />}
      <ul className="why-list">
        {decisions.data?.items.slice(0, 5).map((call) => (
          <li key={call.attemptId}>
            <strong>{call.agent}</strong> {codeText(t, "whyAgent.reason", call.why.reason)}
            {skills(call.why.needs) && `: ${skills(call.why.needs)}`}
            <span className="sub">
              {" "}
              {call.queue}
              {typeof call.why.idleSeconds === "number" &&
                ` · ${t("whyAgent.idle", { time: formatDuration(call.why.idleSeconds * 1000) })}`}
              {call.why.waitedSeconds
                ? ` · ${t("whyAgent.waited", { time: formatDuration(call.why.waitedSeconds * 1000) })}`
                : ""}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
