import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { ask } from "../../app/http";

/** `GET /api/v1/ivr/flows` and `POST /api/v1/ivr/preview`: the flows as graphs, and a fictional caller's way through one. */

const edgeSchema = z.object({
  trigger: z.string(),
  key: z.string().nullish(),
  to: z.string(),
  label: z.string(),
  guarded: z.boolean(),
});
export type FlowEdge = z.infer<typeof edgeSchema>;

const nodeSchema = z.object({
  id: z.string(),
  kind: z.string(),
  private: z.boolean(),
  giveUp: z.string().nullish(),
  edges: z.array(edgeSchema),
});
export type FlowNode = z.infer<typeof nodeSchema>;

const flowSchema = z.object({ name: z.string(), version: z.number(), start: z.string(), nodes: z.array(nodeSchema) });
export type Flow = z.infer<typeof flowSchema>;

const flowsSchema = z.object({
  languages: z.array(z.string()),
  problems: z.array(z.string()),
  flows: z.array(flowSchema),
});

const previewSchema = z.object({
  hint: z.string(),
  step: z.string(),
  verified: z.boolean(),
  ended: z.boolean(),
  isPaying: z.boolean(),
  outcome: z.string(),
  turns: z.array(z.object({ keys: z.string().nullish(), step: z.string(), lines: z.array(z.string()) })),
});
export type Preview = z.infer<typeof previewSchema>;

export const flowsQuery = queryOptions({
  queryKey: ["ivr", "flows"],
  queryFn: ({ signal }) => ask("/api/v1/ivr/flows", { schema: flowsSchema, signal }),
});

/** The whole call is played again for each key: the server keeps nothing of it. */
export const previewQuery = (flow: string, language: string, keys: readonly string[]) =>
  queryOptions({
    queryKey: ["ivr", "preview", flow, language, keys],
    queryFn: ({ signal }) =>
      ask("/api/v1/ivr/preview", { method: "POST", body: { flow, language, keys }, schema: previewSchema, signal }),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
