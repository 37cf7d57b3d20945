import { queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { ask, id } from "../../app/http";
import type { Cadence } from "./cadence";
import type { ListFilter, MixPart } from "./listDesign";

/** `GET /api/v1/campaigns`, `POST /api/v1/campaigns`, and `POST /api/v1/campaigns/{id}/launch | pause | close`. */

const campaignSchema = z.object({
  campaignId: id,
  name: z.string(),
  mode: z.string(),
  state: z.string(),
  fromE164: z.string(),
  ringSeconds: z.number(),
  machineDetection: z.string(),
  machineTreatment: z.string(),
  noAgentTreatment: z.string(),
  abandonCap: z.coerce.number(),
  abandonWindowDays: z.number(),
  linesPerAgentMax: z.coerce.number(),
  maxLines: z.number(),
  maxAttempts: z.number(),
  retryMinutes: z.number(),
  wrapUpSeconds: z.number(),
  opensCron: z.string(),
  closesCron: z.string(),
  zone: z.string(),
});
export type Campaign = z.infer<typeof campaignSchema>;

export const campaignsKey = ["campaigns"] as const;

export const campaignsQuery = queryOptions({
  queryKey: campaignsKey,
  queryFn: ({ signal }) => ask("/api/v1/campaigns", { schema: z.array(campaignSchema), signal }),
});

export type Action = "launch" | "pause" | "close";

/** The actions that a state allows; the server has the last word. */
export function actionsOf(state: string): Action[] {
  switch (state) {
    case "Draft":
      return ["launch", "close"];
    case "Scheduled":
    case "Open":
      return ["pause", "close"];
    case "Paused":
      return ["launch", "close"];
    case "Closed":
      return ["launch"];
    default:
      return [];
  }
}

export function act(campaignId: string, action: Action): Promise<void> {
  return ask(`/api/v1/campaigns/${encodeURIComponent(campaignId)}/${action}`, { method: "POST", body: {} });
}

export const modes = ["Predictive", "Power", "Progressive", "Preview", "Manual", "Agentless"] as const;

export interface NewCampaign {
  name: string;
  client: string;
  mode: string;
  from: string;
  machineTreatment: string;
  noAgentTreatment: string;
  ringSeconds: number;
  abandonCap: number;
  maxLines: number;
  linesPerAgentMax: number;
  wrapUpSeconds: number;
  retryMinutes: number;
  maxAttempts: number;
  zone: string;
  powerRatio: number;
  priority: number;
  callsADay: number | null;
  callerIdPoolId: number | null;
  skills: string[];
}

/** What the builder adds to the form's plain fields. */
export interface CampaignDesign extends NewCampaign {
  filter: ListFilter;
  mix: MixPart[];
  order: string;
  cadence: Cadence | null;
  opensCron: string;
  closesCron: string;
  holidays: string;
}

export const newCampaign: NewCampaign = {
  name: "",
  client: "",
  mode: "Predictive",
  from: "",
  machineTreatment: "HangUp",
  noAgentTreatment: "Message",
  ringSeconds: 22,
  abandonCap: 0.03,
  maxLines: 200,
  linesPerAgentMax: 6,
  wrapUpSeconds: 45,
  retryMinutes: 180,
  maxAttempts: 20,
  zone: "America/New_York",
  powerRatio: 1.5,
  priority: 0,
  callsADay: null,
  callerIdPoolId: null,
  skills: [],
};

export function createCampaign(campaign: CampaignDesign): Promise<{ id: string; name: string; leads: number }> {
  return ask("/api/v1/campaigns", {
    method: "POST",
    body: campaign,
    schema: z.object({ id, name: z.string(), leads: z.number() }),
  });
}
