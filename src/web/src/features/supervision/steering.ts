import { z } from "zod";
import { ask } from "../../app/http";

/** Alert rules, targets and messages: `GET/PUT /api/v1/alert-rules`, `PUT /api/v1/wallboard/targets`, `GET/POST /api/v1/team-messages`, `PUT /api/v1/agents/{id}/state`. */
const ruleSchema = z.object({
  alertRuleId: z.number(),
  metric: z.string(),
  campaignId: z.number().nullish(),
  level: z.string(),
  raiseAt: z.number(),
  clearAt: z.number(),
  raiseAfterS: z.number(),
  clearAfterS: z.number(),
  owner: z.string(),
  enabled: z.boolean(),
  updatedAt: z.string(),
  updatedBy: z.string(),
});
export type AlertRule = z.infer<typeof ruleSchema>;

const metricSchema = z.object({ name: z.string(), unit: z.string(), formula: z.string(), above: z.boolean() });
export type AlertMetric = z.infer<typeof metricSchema>;

const rulesSchema = z.object({
  metrics: z.array(metricSchema),
  rules: z.array(ruleSchema),
  targets: z.array(z.string()),
});

export const rulesKey = ["alert-rules"] as const;
export const rulesQuery = {
  queryKey: rulesKey,
  queryFn: ({ signal }: { signal: AbortSignal }) => ask("/api/v1/alert-rules", { schema: rulesSchema, signal }),
};

export function putRule(rule: Omit<AlertRule, "alertRuleId" | "updatedAt" | "updatedBy">): Promise<void> {
  return ask("/api/v1/alert-rules", { method: "PUT", body: rule });
}

export function setTarget(metric: string, value: number | null): Promise<void> {
  return ask("/api/v1/wallboard/targets", { method: "PUT", body: { metric, value } });
}

const messagesSchema = z.object({
  teams: z.array(z.string()),
  items: z.array(
    z.object({
      id: z.number(),
      team: z.string(),
      text: z.string(),
      urgent: z.boolean(),
      sentBy: z.string(),
      sentAt: z.string(),
      until: z.string(),
      read: z.number(),
      unread: z.number(),
    }),
  ),
});
export const messagesKey = ["team-messages"] as const;
export const messagesQuery = {
  queryKey: messagesKey,
  queryFn: ({ signal }: { signal: AbortSignal }) => ask("/api/v1/team-messages", { schema: messagesSchema, signal }),
};

export function sendMessage(message: { text: string; team: string; minutes: number; urgent: boolean }): Promise<void> {
  return ask("/api/v1/team-messages", { method: "POST", body: message });
}

export function steerAgent(agent: string, state: string, reason: string): Promise<void> {
  return ask(`/api/v1/agents/${encodeURIComponent(agent)}/state`, { method: "PUT", body: { state, reason } });
}
