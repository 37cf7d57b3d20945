import { z } from "zod";
import { ask } from "../../app/http";

/** `/api/v1/report-schedules` (supervisors), `/api/v1/webhooks` and `/api/v1/tokens` (administrators). */
const scheduleSchema = z.object({
  id: z.number(),
  name: z.string(),
  report: z.string(),
  period: z.string(),
  campaignId: z.number().nullish(),
  format: z.string(),
  cron: z.string(),
  zone: z.string(),
  emails: z.array(z.string()),
  toFolder: z.boolean(),
  enabled: z.boolean(),
});
const runSchema = z.object({
  id: z.number(),
  scheduleId: z.number(),
  dueAt: z.string(),
  state: z.string(),
  tries: z.number(),
  fileName: z.string().nullish(),
  bytes: z.number().nullish(),
  sentAt: z.string().nullish(),
  lastError: z.string().nullish(),
});
const schedulesSchema = z.object({
  byEmail: z.boolean(),
  byFolder: z.boolean(),
  items: z.array(scheduleSchema),
  runs: z.array(runSchema),
});
export type Schedule = z.infer<typeof scheduleSchema>;
export type Run = z.infer<typeof runSchema>;

export const schedulesKey = ["report-schedules"] as const;
export const schedulesQuery = {
  queryKey: schedulesKey,
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    ask("/api/v1/report-schedules", { schema: schedulesSchema, signal }),
};

export interface NewSchedule {
  name: string;
  report: string;
  period: string;
  format: string;
  cron: string;
  zone: string;
  emails: string[];
  toFolder: boolean;
}
export const createSchedule = (schedule: NewSchedule) =>
  ask("/api/v1/report-schedules", { method: "POST", body: schedule });
export const runSchedule = (id: number) => ask(`/api/v1/report-schedules/${id}/run`, { method: "POST", body: {} });
export const deleteSchedule = (id: number) => ask(`/api/v1/report-schedules/${id}`, { method: "DELETE" });

const webhookSchema = z.object({
  id: z.number(),
  name: z.string(),
  url: z.string(),
  types: z.array(z.string()),
  enabled: z.boolean(),
  createdAt: z.string(),
  queued: z.number(),
  sent: z.number(),
  failed: z.number(),
  lastSentAt: z.string().nullish(),
  lastError: z.string().nullish(),
});
export type Webhook = z.infer<typeof webhookSchema>;

export const webhooksKey = ["webhooks"] as const;
export const webhooksQuery = {
  queryKey: webhooksKey,
  queryFn: ({ signal }: { signal: AbortSignal }) => ask("/api/v1/webhooks", { schema: z.array(webhookSchema), signal }),
};
const secretSchema = z.object({ secret: z.string() });
export const createWebhook = (webhook: { name: string; url: string; types: string[] }) =>
  ask("/api/v1/webhooks", { method: "POST", body: webhook, schema: secretSchema });
export const rotateWebhook = (id: number) =>
  ask(`/api/v1/webhooks/${id}/rotate`, { method: "POST", body: {}, schema: secretSchema });
export const replayWebhook = (id: number) => ask(`/api/v1/webhooks/${id}/replay`, { method: "POST", body: {} });
export const enableWebhook = (id: number, enabled: boolean) =>
  ask(`/api/v1/webhooks/${id}/enabled`, { method: "PUT", body: { enabled } });

const tokenSchema = z.object({
  id: z.number(),
  name: z.string(),
  scopes: z.array(z.string()),
  createdAt: z.string(),
  createdBy: z.string(),
  expiresAt: z.string(),
  lastUsedAt: z.string().nullish(),
  revokedAt: z.string().nullish(),
});
export type Token = z.infer<typeof tokenSchema>;

export const tokensKey = ["tokens"] as const;
export const tokensQuery = {
  queryKey: tokensKey,
  queryFn: ({ signal }: { signal: AbortSignal }) => ask("/api/v1/tokens", { schema: z.array(tokenSchema), signal }),
};
export const createToken = (token: { name: string; scopes: string[]; days: number }) =>
  ask("/api/v1/tokens", { method: "POST", body: token, schema: z.object({ token: z.string() }) });
export const revokeToken = (id: number) => ask(`/api/v1/tokens/${id}/revoke`, { method: "POST", body: {} });
