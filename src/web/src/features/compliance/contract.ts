import { queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { ask, id } from "../../app/http";

/** `GET /api/v1/accounts/{id}/why`, `GET /api/v1/campaigns/{id}/funnel[/{code}]` and the policy under `/api/v1/compliance/policy`. */

const reasonSchema = z.object({
  code: z.string(),
  severity: z.enum(["Warn", "Defer", "Stop"]),
  basis: z.string(),
  citation: z.string(),
  policyRow: z.string(),
  clearsAt: z.string().nullish(),
  remedy: z.string(),
});
export type Reason = z.infer<typeof reasonSchema>;

const waySchema = z.object({
  phoneId: id,
  number: z.string(),
  lineType: z.string(),
  campaignId: id.nullish(),
  campaign: z.string().nullish(),
  mode: z.string(),
  verdict: z.enum(["Allow", "AllowWithConditions", "Deny"]),
  reasons: z.array(reasonSchema),
  conditions: z.array(z.object({ code: z.string(), citation: z.string(), policyRow: z.string(), text: z.string() })),
  retryAt: z.string().nullish(),
  packVersion: z.string(),
});
export type Way = z.infer<typeof waySchema>;

const pastSchema = z.object({
  decisionId: id,
  at: z.string(),
  lastAt: z.string(),
  repeats: z.number(),
  verdict: z.string(),
  mode: z.string(),
  channel: z.string().nullish(),
  reasons: z.array(z.string()),
  policyRows: z
    .array(z.string())
    .nullish()
    .transform((rows) => rows ?? []),
  citations: z.array(z.string()),
  retryAt: z.string().nullish(),
  packVersion: z.string(),
  factsHash: z.string(),
  campaignId: id.nullish(),
  attemptId: id.nullish(),
});
export type PastDecision = z.infer<typeof pastSchema>;

const whySchema = z.object({
  accountId: id,
  personId: id,
  at: z.string(),
  callable: z.boolean(),
  retryAt: z.string().nullish(),
  ways: z.array(waySchema),
  history: z.array(pastSchema),
  status: z.string().nullish(),
  statusReason: z.string().nullish(),
});
export type Why = z.infer<typeof whySchema>;

export const whyQuery = (accountId: string) =>
  queryOptions({
    queryKey: ["why", accountId],
    queryFn: ({ signal }) =>
      ask(`/api/v1/accounts/${encodeURIComponent(accountId)}/why`, { schema: whySchema, signal }),
    staleTime: 5_000,
  });

const stepSchema = z.object({ code: z.string(), leads: z.number(), href: z.string() });
export type Step = z.infer<typeof stepSchema>;

const funnelSchema = z.object({
  campaignId: id,
  at: z.string(),
  loaded: z.number(),
  excluded: z.array(stepSchema),
  due: z.number(),
  checkedNow: z.object({ evaluated: z.number(), callable: z.number(), denied: z.array(stepSchema) }),
});
export type Funnel = z.infer<typeof funnelSchema>;

export const funnelQuery = (campaignId: string) =>
  queryOptions({
    queryKey: ["funnel", campaignId],
    queryFn: ({ signal }) =>
      ask(`/api/v1/campaigns/${encodeURIComponent(campaignId)}/funnel`, { schema: funnelSchema, signal }),
    staleTime: 5_000,
  });

const leadSchema = z.object({ accountId: id, personId: id, notBefore: z.string() });
export type Lead = z.infer<typeof leadSchema>;

export const leadsQuery = (campaignId: string, code: string) =>
  queryOptions({
    queryKey: ["funnel", campaignId, code],
    queryFn: ({ signal }) =>
      ask(`/api/v1/campaigns/${encodeURIComponent(campaignId)}/funnel/${encodeURIComponent(code)}`, {
        schema: z.array(leadSchema),
        signal,
      }),
  });

/** A row of policy in the packs' own form. Only what the pages show by name is typed; the rest is kept as it came. */
const rowSchema = z
  .object({
    id: z.string(),
    jur: z.string(),
    kind: z.string(),
    code: z.string(),
    cite: z.string().nullish(),
    conf: z.string().nullish(),
    enforceAs: z.string().nullish(),
    enabled: z.boolean().nullish(),
    from: z.string().nullish(),
    note: z.string().nullish(),
  })
  .loose();
export type PolicyRow = z.infer<typeof rowSchema>;

const policySchema = z.object({
  version: z.string(),
  digest: z.string(),
  packs: z.array(z.object({ pack: z.string(), version: z.string(), rows: z.array(rowSchema) })),
});
export type Policy = z.infer<typeof policySchema>;

export const policyKey = ["policy"] as const;
export const policyQuery = queryOptions({
  queryKey: policyKey,
  queryFn: ({ signal }) => ask("/api/v1/compliance/policy", { schema: policySchema, signal }),
  staleTime: 30_000,
});

const impactSchema = z.object({
  from: z.string(),
  to: z.string(),
  decisions: z.number(),
  of: z.number(),
  deniesMore: z.number(),
  allowsMore: z.number(),
  examples: z
    .array(
      z.object({
        at: z.string(),
        accountId: id,
        mode: z.string(),
        allowedNow: z.boolean(),
        reasons: z.array(z.string()),
      }),
    )
    .nullish()
    .transform((examples) => examples ?? []),
  sentence: z.string(),
  note: z.string().nullish(),
});
export type Impact = z.infer<typeof impactSchema>;

/** The impact is stored with a change as JSON text. */
const storedImpact = z
  .string()
  .nullish()
  .transform((text) => (text ? impactSchema.parse(JSON.parse(text)) : null));

const changeSchema = z.object({
  policyRowId: id,
  pack: z.string(),
  rowId: z.string(),
  body: z.string(),
  reason: z.string(),
  effectiveFrom: z.string(),
  state: z.enum(["Proposed", "Approved", "Rejected", "Withdrawn"]),
  impact: storedImpact,
  proposedAt: z.string(),
  proposedBy: z.string(),
  decidedAt: z.string().nullish(),
  decidedBy: z.string().nullish(),
});
export type Change = z.infer<typeof changeSchema>;

export const changesKey = ["policy", "changes"] as const;
export const changesQuery = queryOptions({
  queryKey: changesKey,
  queryFn: ({ signal }) => ask("/api/v1/compliance/policy/changes", { schema: z.array(changeSchema), signal }),
});

export interface Proposal {
  pack: string;
  row: unknown;
  reason: string;
  effectiveFrom?: string;
}

export const previewChange = (proposal: Proposal): Promise<Impact> =>
  ask("/api/v1/compliance/policy/preview", { method: "POST", body: proposal, schema: impactSchema });

export const proposeChange = (proposal: Proposal): Promise<void> =>
  ask("/api/v1/compliance/policy/changes", { method: "POST", body: proposal });

export type Verdict = "approve" | "reject" | "withdraw";
export const decideChange = (change: string, verdict: Verdict): Promise<void> =>
  ask(`/api/v1/compliance/policy/changes/${encodeURIComponent(change)}/${verdict}`, { method: "POST", body: {} });
