import { queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { ask, id } from "../../app/http";

/** `GET /api/v1/recordings`, `/calls`, `/calls/{id}/timeline`, and the scores and notes under `/api/v1/quality`. */

const nullable = z.string().nullish();

const recordingSchema = z.object({
  recordingSid: z.string(),
  attemptId: id,
  startedAt: z.string(),
  seconds: z.number().nullish(),
  state: z.enum(["Waiting", "Stored", "Missing", "Purged"]),
  clientAccountNo: nullable,
  client: nullable,
  campaign: nullable,
  agentName: nullable,
  outcome: nullable,
  last4: z.string(),
  pauses: z.number(),
  held: z.boolean(),
  lastError: nullable,
});
export type Recording = z.infer<typeof recordingSchema>;

export interface RecordingSearch {
  account: string;
  agent: string;
  outcome: string;
  from: string;
  to: string;
}

const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: id.nullish() });

/** Days become the instants that begin them, here; the end is the next day's. */
export function searchQuery(search: RecordingSearch, before: string | null) {
  const query = new URLSearchParams();
  for (const name of ["account", "agent", "outcome"] as const)
    if (search[name].trim() !== "") query.set(name, search[name].trim());
  if (search.from) query.set("from", new Date(`${search.from}T00:00:00`).toISOString());
  if (search.to) query.set("to", new Date(new Date(`${search.to}T00:00:00`).getTime() + 86_400_000).toISOString());
  if (before) query.set("before", before);
  return query.toString();
}

export const recordingsPage = (search: RecordingSearch, before: string | null, signal: AbortSignal) =>
  ask(`/api/v1/recordings?${searchQuery(search, before)}`, { schema: page(recordingSchema), signal });

export const listenLink = (sid: string) =>
  ask(`/api/v1/recordings/${encodeURIComponent(sid)}/link`, {
    method: "POST",
    schema: z.object({ url: z.string(), expiresAt: z.string() }),
  });

const callSchema = z.object({
  attemptId: id,
  direction: z.string(),
  mode: z.string(),
  state: z.string(),
  accountId: id.nullish(),
  clientAccountNo: nullable,
  campaign: nullable,
  agentId: id.nullish(),
  agent: nullable,
  last4: z.string(),
  treatment: nullable,
  answeredBy: nullable,
  abandoned: z.boolean(),
  disposition: nullable,
  createdAt: z.string(),
  answeredAt: nullable,
  endedAt: nullable,
  recordingSids: z.array(z.string()).nullish(),
});
export type Call = z.infer<typeof callSchema>;

const entrySchema = z.object({
  at: z.string(),
  kind: z.string(),
  code: z.string(),
  facts: z.record(z.string(), z.string()),
  twiml: nullable,
  until: nullable,
});
export type Entry = z.infer<typeof entrySchema>;

const timelineSchema = z.object({ call: callSchema, entries: z.array(entrySchema) });
export type Timeline = z.infer<typeof timelineSchema>;

export const timelineQuery = (attemptId: string) =>
  queryOptions({
    queryKey: ["timeline", attemptId],
    queryFn: ({ signal }) =>
      ask(`/api/v1/calls/${encodeURIComponent(attemptId)}/timeline`, { schema: timelineSchema, signal }),
  });

export const callsPage = (account: string, before: string | null, signal: AbortSignal) => {
  const query = new URLSearchParams();
  if (account.trim()) query.set("account", account.trim());
  if (before) query.set("before", before);
  return ask(`/api/v1/calls?${query}`, { schema: page(callSchema), signal });
};

export const scenarioUrl = (attemptId: string) => `/api/v1/calls/${encodeURIComponent(attemptId)}/scenario`;

const questionSchema = z.object({ id: z.string(), text: z.string(), weight: z.number(), autoFail: z.boolean() });
export type Question = z.infer<typeof questionSchema>;
const formSchema = z.object({
  formId: id,
  name: z.string(),
  version: z.number(),
  questions: z.array(questionSchema),
});
export type QaForm = z.infer<typeof formSchema>;

export const formsQuery = queryOptions({
  queryKey: ["quality", "forms"],
  queryFn: ({ signal }) => ask("/api/v1/quality/forms", { schema: z.array(formSchema), signal }),
});

const scoreSchema = z.object({
  scoreId: id,
  form: z.string(),
  version: z.number(),
  attemptId: id,
  agent: z.string(),
  scorer: z.string(),
  scoredAt: z.string(),
  percent: z.number(),
  autoFailed: z.array(z.string()),
  note: z.string(),
});
export type Score = z.infer<typeof scoreSchema>;

export const scoresQuery = (attemptId: string) =>
  queryOptions({
    queryKey: ["quality", "scores", attemptId],
    queryFn: ({ signal }) =>
      ask(`/api/v1/quality/scores?attempt=${encodeURIComponent(attemptId)}`, { schema: page(scoreSchema), signal }),
  });

export const ownScoresQuery = queryOptions({
  queryKey: ["quality", "own-scores"],
  queryFn: ({ signal }) => ask("/api/v1/agent/scores", { schema: page(scoreSchema), signal }),
});

export const scoreCall = (body: {
  formId: string;
  attemptId: string;
  answers: Record<string, number | null>;
  note: string;
}) =>
  ask("/api/v1/quality/scores", {
    method: "POST",
    body: { ...body, formId: Number(body.formId), attemptId: Number(body.attemptId) },
    schema: z.object({ percent: z.number(), autoFailed: z.array(z.string()), agentId: id }),
  });

const noteSchema = z.object({
  noteId: id,
  agentId: id,
  agent: z.string(),
  attemptId: id.nullish(),
  atSeconds: z.number().nullish(),
  text: z.string(),
  writtenBy: z.string(),
  writtenAt: z.string(),
  seenAt: nullable,
  answer: nullable,
});
export type Note = z.infer<typeof noteSchema>;

export const notesQuery = (attemptId: string) =>
  queryOptions({
    queryKey: ["quality", "notes", attemptId],
    queryFn: ({ signal }) =>
      ask(`/api/v1/quality/notes?attempt=${encodeURIComponent(attemptId)}`, { schema: z.array(noteSchema), signal }),
  });

export const writeNote = (body: { agentId: string; attemptId: string; atSeconds: number | null; text: string }) =>
  ask("/api/v1/quality/notes", {
    method: "POST",
    body: { ...body, agentId: Number(body.agentId), attemptId: Number(body.attemptId) },
  });

/** The next version of a form; scores keep the version they answered. */
export const saveForm = (name: string, items: Question[]) =>
  ask(`/api/v1/quality/forms/${encodeURIComponent(name)}`, { method: "PUT", body: { items }, schema: formSchema });

/** One question a line, "id | weight | text", with an exclamation mark after the weight where a no fails the call; null where a line is not one. */
export function readQuestions(text: string): Question[] | null {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const found = lines.map((line) => /^\s*([\w-]{1,40})\s*\|\s*(\d+(?:\.\d+)?)\s*(!?)\s*\|\s*(\S.*?)\s*$/.exec(line));
  if (lines.length === 0 || found.includes(null)) return null;
  return found.map((part) => ({
    id: part?.[1] ?? "",
    weight: Number(part?.[2]),
    autoFail: part?.[3] === "!",
    text: part?.[4] ?? "",
  }));
}

export const questionLines = (questions: Question[]) =>
  questions.map((each) => `${each.id} | ${each.weight}${each.autoFail ? "!" : ""} | ${each.text}`).join("\n");

export const ownNotesQuery = queryOptions({
  queryKey: ["quality", "own-notes"],
  queryFn: ({ signal }) => ask("/api/v1/agent/notes", { schema: z.array(noteSchema), signal }),
});
export const answerNote = (noteId: string, text: string) =>
  ask(`/api/v1/agent/notes/${encodeURIComponent(noteId)}/answer`, { method: "POST", body: { text } });

const calibrationSchema = z.object({
  agents: z.array(
    z.object({ agentId: id, agent: z.string(), scores: z.number(), average: z.number(), autoFailed: z.number() }),
  ),
  scorers: z.array(z.object({ scorerId: id, scorer: z.string(), shared: z.number(), distance: z.number() })),
});
export type Calibration = z.infer<typeof calibrationSchema>;

export const calibrationQuery = queryOptions({
  queryKey: ["quality", "calibration"],
  queryFn: ({ signal }) => ask("/api/v1/quality/calibration", { schema: calibrationSchema, signal }),
});
