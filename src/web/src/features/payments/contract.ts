import { queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { ask, id } from "../../app/http";

/** `GET /api/v1/payments`, `GET /api/v1/refunds`, `GET /api/v1/payments/reconciliations` and what changes them: money that goes back, and the processor's files. */

const paymentSchema = z.object({
  paymentId: id,
  accountId: id,
  clientAccountNo: z.string(),
  amount: z.number(),
  currency: z.string(),
  method: z.string(),
  state: z.string(),
  receipt: z.string(),
  reference: z.string(),
  confirmationCode: z.string().nullish(),
  updatedAt: z.string(),
  returned: z.number(),
});
export type Payment = z.infer<typeof paymentSchema>;

const refundSchema = z.object({
  refundId: id,
  paymentId: id,
  accountId: id,
  reference: z.string(),
  kind: z.enum(["Refund", "Reversal"]),
  amount: z.number(),
  paid: z.number(),
  currency: z.string(),
  reason: z.string(),
  state: z.enum(["Requested", "Approved", "Rejected", "Done"]),
  requestedBy: z.string(),
  requestedAt: z.string(),
  decidedBy: z.string().nullish(),
  decidedAt: z.string().nullish(),
  processorReference: z.string().nullish(),
});
export type Refund = z.infer<typeof refundSchema>;

const fileSchema = z.object({
  reconciliationId: id,
  source: z.string(),
  fromAt: z.string(),
  untilAt: z.string(),
  runAt: z.string(),
  runBy: z.string(),
  lines: z.number(),
  matched: z.number(),
  resolved: z.number(),
  ourTotal: z.number(),
  theirTotal: z.number(),
  differences: z.number(),
});
export type ProcessorFile = z.infer<typeof fileSchema>;

const differenceSchema = z.object({
  reference: z.string(),
  difference: z.string(),
  ours: z.number().nullish(),
  theirs: z.number().nullish(),
});
export type Difference = z.infer<typeof differenceSchema>;

export const foundQuery = (wanted: string) =>
  queryOptions({
    queryKey: ["payments", "found", wanted],
    queryFn: ({ signal }) =>
      ask(`/api/v1/payments?q=${encodeURIComponent(wanted)}`, { schema: z.array(paymentSchema), signal }),
    enabled: wanted.length > 0,
  });

export const refundsQuery = queryOptions({
  queryKey: ["payments", "refunds"],
  queryFn: ({ signal }) => ask("/api/v1/refunds", { schema: z.array(refundSchema), signal }),
  refetchInterval: 30_000,
});

export const filesQuery = queryOptions({
  queryKey: ["payments", "files"],
  queryFn: ({ signal }) => ask("/api/v1/payments/reconciliations", { schema: z.array(fileSchema), signal }),
});

export const differencesQuery = (reconciliationId: string) =>
  queryOptions({
    queryKey: ["payments", "files", reconciliationId],
    queryFn: ({ signal }) =>
      ask(`/api/v1/payments/reconciliations/${encodeURIComponent(reconciliationId)}`, {
        schema: z.array(differenceSchema),
        signal,
      }),
  });

export const askRefund = (paymentId: string, body: { kind: Refund["kind"]; amount: number; reason: string }) =>
  ask(`/api/v1/payments/${encodeURIComponent(paymentId)}/refunds`, { method: "POST", body });

export const approveRefund = (refundId: string) =>
  ask(`/api/v1/refunds/${encodeURIComponent(refundId)}/approve`, { method: "POST", body: {} });

export const rejectRefund = (refundId: string) =>
  ask(`/api/v1/refunds/${encodeURIComponent(refundId)}/reject`, { method: "POST", body: { reason: null } });

export const finishRefund = (refundId: string, processorReference: string) =>
  ask(`/api/v1/refunds/${encodeURIComponent(refundId)}/done`, { method: "POST", body: { processorReference } });

export const uploadFile = async (file: File) =>
  ask("/api/v1/payments/reconciliations", { method: "POST", csv: await file.text() });
