import { z } from "zod";
import { ask } from "../../app/http";

/** What a filter would take of a client's accounts: `POST /api/v1/campaigns/list-preview`, `GET /api/v1/campaigns/list-words`. */
export const ages = ["Current", "30", "60", "90", "120", "Older"] as const;
export const orders = [
  "BalanceHigh",
  "BalanceLow",
  "OldestDebt",
  "NewestPlacement",
  "LeastCalled",
  "Shuffled",
] as const;

export interface ListFilter {
  minBalance?: number | null;
  maxBalance?: number | null;
  ages?: string[];
  products?: string[];
  creditors?: string[];
  states?: string[];
  languages?: string[];
  notCalledForDays?: number | null;
}

export interface MixPart {
  age: string;
  weight: number;
}

const funnelSchema = z.object({
  accounts: z.number(),
  openWithBalance: z.number(),
  chosen: z.number(),
  reachable: z.number(),
  onHold: z.number(),
  inOtherCampaigns: z.number(),
  balance: z.coerce.number(),
  ages: z.array(z.object({ age: z.string(), accounts: z.number(), balance: z.coerce.number() })),
});
export type ListFunnel = z.infer<typeof funnelSchema>;

export function previewList(client: string, filter: ListFilter, signal?: AbortSignal): Promise<ListFunnel> {
  return ask("/api/v1/campaigns/list-preview", {
    method: "POST",
    body: { client, filter },
    schema: funnelSchema,
    signal,
  });
}

const wordsSchema = z.object({
  products: z.array(z.string()),
  creditors: z.array(z.string()),
  states: z.array(z.string()),
  languages: z.array(z.string()),
});

export function listWords(client: string, signal?: AbortSignal): Promise<z.infer<typeof wordsSchema>> {
  return ask(`/api/v1/campaigns/list-words?client=${encodeURIComponent(client)}`, { schema: wordsSchema, signal });
}

const poolsSchema = z.array(
  z.object({
    id: z.number(),
    name: z.string(),
    campaigns: z.array(z.string()),
    numbers: z.array(
      z.object({
        e164: z.string(),
        state: z.string(),
        reason: z.string(),
        changedAt: z.string(),
        calls: z.number(),
        answered: z.number(),
        health: z.object({ rate: z.number(), low: z.number(), high: z.number(), standing: z.string() }),
      }),
    ),
  }),
);
export type Pool = z.infer<typeof poolsSchema>[number];

export const poolsKey = ["caller-id-pools"] as const;
export const poolsQuery = {
  queryKey: poolsKey,
  queryFn: ({ signal }: { signal: AbortSignal }) => ask("/api/v1/caller-id-pools", { schema: poolsSchema, signal }),
};
