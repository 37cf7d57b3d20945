import { z } from "zod";
import { ask, id } from "../../app/http";

/** Who works where: `GET /api/v1/agents`, `PUT /api/v1/agents/{id}/assignment`, `GET /api/v1/teams`, `PUT /api/v1/teams/{name}`, `PUT /api/v1/access/users/{id}/lead`. */

export const blends = ["Blended", "Inbound", "Outbound"] as const;
export type Blend = (typeof blends)[number];
/** Five grades of proficiency; a skill without a grade is of the first. */
export const mostLevel = 5;

const memberSchema = z.object({
  agentId: id,
  name: z.string(),
  team: z.string(),
  skills: z.array(z.string()),
  blend: z.enum(blends).nullish(),
  works: z.enum(blends),
  state: z.string(),
  lead: z.boolean(),
});
export type Member = z.infer<typeof memberSchema>;

const teamSchema = z.object({ name: z.string(), blend: z.enum(blends), agents: z.number(), campaigns: z.array(id) });
export type Team = z.infer<typeof teamSchema>;

export const teamsKey = ["teams"] as const;

export const membersQuery = {
  queryKey: [...teamsKey, "members"],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    ask("/api/v1/agents", { schema: z.object({ items: z.array(memberSchema) }), signal }).then((body) => body.items),
};

export const teamsQuery = {
  queryKey: [...teamsKey, "teams"],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    ask("/api/v1/teams", { schema: z.object({ items: z.array(teamSchema) }), signal }).then((body) => body.items),
};

/** A skill as it is edited: its name, and how well it is mastered. */
export interface Proficiency {
  name: string;
  level: number;
}

/** "es:3" is es at level 3; "es" alone is level 1; what follows the last colon and is no number belongs to the name. */
export function readSkill(word: string): Proficiency {
  const colon = word.lastIndexOf(":");
  const level = colon > 0 ? Number(word.slice(colon + 1)) : Number.NaN;
  return Number.isInteger(level)
    ? { name: word.slice(0, colon), level: Math.min(mostLevel, Math.max(1, level)) }
    : { name: word, level: 1 };
}

/** The word for a skill; the first level is the bare name, as campaigns ask for it. */
export const writeSkill = (skill: Proficiency): string =>
  skill.level > 1 ? `${skill.name}:${skill.level}` : skill.name;

/** What the server would refuse, found while typing: small letters, digits and hyphens, and not the words kept for kinds of work. */
export const isSkillName = (name: string): boolean =>
  /^[a-z0-9][a-z0-9-]{0,37}$/.test(name) && !name.startsWith("serves-");

export function assign(member: string, body: { team: string; skills: string[]; blend: Blend | null }): Promise<void> {
  return ask(`/api/v1/agents/${encodeURIComponent(member)}/assignment`, { method: "PUT", body });
}

export function appointLead(member: string, lead: boolean): Promise<void> {
  return ask(`/api/v1/access/users/${encodeURIComponent(member)}/lead`, { method: "PUT", body: { lead } });
}

export function putTeam(name: string, body: { blend: Blend; campaigns: string[] }): Promise<void> {
  return ask(`/api/v1/teams/${encodeURIComponent(name)}`, {
    method: "PUT",
    body: { blend: body.blend, campaigns: body.campaigns.map(Number) },
  });
}
