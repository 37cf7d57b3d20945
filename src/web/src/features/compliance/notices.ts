import { queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { ask, id } from "../../app/http";

/** The notices of debts under `/api/v1/compliance/validation-notices`: who is owed one, and those with a print house. */

const root = "/api/v1/compliance/validation-notices";

const dueSchema = z.object({ accountId: id, firstCommunicationAt: z.string(), dueOn: z.string(), late: z.boolean() });
export type Due = z.infer<typeof dueSchema>;

export const dueKey = ["notices", "due"] as const;
export const dueQuery = queryOptions({
  queryKey: dueKey,
  queryFn: ({ signal }) => ask(`${root}/due`, { schema: z.array(dueSchema), signal }),
});

const batchSchema = z.object({
  validationBatchId: id,
  mailOn: z.string(),
  madeAt: z.string(),
  madeBy: z.string(),
  notices: z.number(),
  state: z.enum(["HandedOver", "Sent", "Withdrawn"]),
  sentOn: z.string().nullish(),
  evidence: z.string().nullish(),
});
export type Batch = z.infer<typeof batchSchema>;

export const batchesKey = ["notices", "batches"] as const;
export const batchesQuery = queryOptions({
  queryKey: batchesKey,
  queryFn: ({ signal }) => ask(`${root}/batches`, { schema: z.array(batchSchema), signal }),
});

const madeSchema = z.object({
  validationBatchId: id.nullish(),
  notices: z.number(),
  leftOut: z.array(z.object({ accountId: id, reasons: z.array(z.string()) })),
});
export type Made = z.infer<typeof madeSchema>;
export type LeftOut = Made["leftOut"][number];

export const handOver = (mailOn: string): Promise<Made> =>
  ask(`${root}/batches`, { method: "POST", body: mailOn ? { mailOn } : {}, schema: madeSchema });

export const recordMailing = (batch: string, sentOn: string, evidence: string): Promise<void> =>
  ask(`${root}/batches/${encodeURIComponent(batch)}/sent`, { method: "POST", body: { sentOn, evidence } });

export const withdrawBatch = (batch: string, reason: string): Promise<void> =>
  ask(`${root}/batches/${encodeURIComponent(batch)}/withdraw`, { method: "POST", body: { reason } });

export const fileOf = (batch: string, file: "notices.csv" | "letters.txt"): string =>
  `${root}/batches/${encodeURIComponent(batch)}/${file}`;
